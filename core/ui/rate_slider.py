"""The learning rate: a slider whose stops make a class meet in the same runs, and a field for any other value."""

from __future__ import annotations

import math

import streamlit as st

from core.content.words import Words
from core.ui.fields import number_widget

RATES = (*(float(f"{m}e{e}") for e in range(-5, 1) for m in (1, 2, 3, 5)), 10.0)
SLIDER_NUMBER = "rate_slider_number"


def rate_slider(say: Words) -> None:
    """Both, side by side."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        stop = nearest_rate(st.session_state["learning_rate"])
        slider = _slider_at(stop)
        st.select_slider(
            say("fields.learning_rate.label"), RATES, stop, key=slider, format_func=_plain,
            on_change=_take_slider_rate, args=(slider,), help=say("fields.learning_rate.help"), width="stretch",
        )  # fmt: skip
        number_widget(say, "learning_rate", label="fields.learning_rate.typed", width=120)


def nearest_rate(rate: float) -> float:
    """The slider's stop that lies nearest, by ratio."""
    return min(RATES, key=lambda stop: abs(math.log(stop / rate)))


def _slider_at(stop: float) -> str:
    """The key of the rate's slider: a new one when the rate was changed elsewhere.

    Were the old one moved, a browser that does not know of it yet would tell its old place as the learner's wish.
    """
    if st.session_state.get(_slider_key(), stop) != stop:
        st.session_state[SLIDER_NUMBER] += 1
    return _slider_key()


def _slider_key() -> str:
    return f"rate_slider_{st.session_state.setdefault(SLIDER_NUMBER, 0)}"


def _take_slider_rate(slider: str) -> None:
    if slider == _slider_key():
        st.session_state["learning_rate"] = st.session_state[slider]


def _plain(rate: float) -> str:
    return f"{rate:.5f}".rstrip("0").rstrip(".")
