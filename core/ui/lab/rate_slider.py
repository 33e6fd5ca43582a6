"""The learning rate: a slider with fixed stops, so that a class shares runs, and a field for any other value."""

from __future__ import annotations

import math

import streamlit as st

from core.content.numbers import digits
from core.content.words import Words
from core.ui.following import is_present, widget_key
from core.ui.lab.fields import number_widget

RATES = (*(float(f"{m}e{e}") for e in range(-5, 1) for m in (1, 2, 3, 5)), 10.0)
SLIDER = "rate_slider"


def rate_slider(say: Words) -> None:
    """The slider and the field, side by side."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        stop = nearest_rate(st.session_state["learning_rate"])
        slider = widget_key(SLIDER, stop)
        st.select_slider(
            say("fields.learning_rate.label"), RATES, stop, key=slider, format_func=digits,
            on_change=_take_slider_rate, args=(slider,), help=say("fields.learning_rate.help"), width="stretch",
        )  # fmt: skip
        number_widget(say, "learning_rate", label="fields.learning_rate.typed", width=120)


def nearest_rate(rate: float) -> float:
    """The slider's nearest stop, by ratio."""
    return min(RATES, key=lambda stop: abs(math.log(stop / rate)))


def _take_slider_rate(slider: str) -> None:
    if is_present(SLIDER, slider):
        st.session_state["learning_rate"] = st.session_state[slider]
