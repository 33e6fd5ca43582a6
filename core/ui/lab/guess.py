"""Predict first: which of four drawn curves a learner expects, asked next to the Train button, never required."""

from __future__ import annotations

from functools import cache

import streamlit as st

from core.charts import house
from core.charts.house import Mode
from core.content.words import Words
from core.diagnosis.shape import GUESSES, Guess, shape_key, sketch
from core.ui.buttons import button
from core.ui.drawing import page_mode
from core.ui.lab.tour import tour_step

GUESS = "guess"
OPEN = "guess_open"
WIDTH_PX, HEIGHT_PX, MARGIN_PX = 140, 54, 6  # minimum size: all four fit on the screen of a phone
ROW_PX = 608  # wide enough for a projector; below the tour's card there is room for only one row of four


def guess_popover(say: Words) -> None:
    """A button that opens the four curves, and shows which one was chosen."""
    chosen = st.session_state.get(GUESS, "")
    label = say("predict.chosen", guess=say(shape_key(chosen, "label"))) if chosen else say("predict.ask")
    # Drawn even while closed, as the browser positions it before its size is known.
    with st.popover(label, icon=":material/psychology_alt:", key=OPEN, on_change="rerun"):
        st.markdown(say("predict.question"))
        a_row = 4 if tour_step() else 2
        with st.container(width=ROW_PX), st.grid(a_row, min_column_width=WIDTH_PX):
            for kind in GUESSES:
                with st.container(gap="xxsmall"):
                    _choice(say, kind, kind == chosen)


def _choice(say: Words, kind: Guess, is_chosen: bool) -> None:
    st.image(_picture(kind, page_mode()), width="stretch", alt="")  # the button below names it
    button(
        say(shape_key(kind, "label")), "check" if is_chosen else "draw", primary=is_chosen, key=f"guess_{kind}",
        on_click=_choose, args=(kind,), width="stretch",
    )  # fmt: skip


def _choose(kind: str) -> None:
    st.session_state[GUESS] = kind
    st.session_state[OPEN] = False


@cache
def _picture(kind: Guess, mode: Mode) -> str:
    """A small drawing of a loss curve as SVG."""
    x, y = sketch(kind)
    width, height = WIDTH_PX - 2 * MARGIN_PX, HEIGHT_PX - 2 * MARGIN_PX
    top = max(y)
    points = " ".join(
        f"{MARGIN_PX + a * width:.1f},{MARGIN_PX + (1 - b / top) * height:.1f}" for a, b in zip(x, y, strict=True)
    )
    axis = f"M{MARGIN_PX} {MARGIN_PX}V{HEIGHT_PX - MARGIN_PX}H{WIDTH_PX - MARGIN_PX}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX} {HEIGHT_PX}">'
        f'<path d="{axis}" fill="none" stroke="{house.color("border", mode)}" stroke-width="1.5"/>'
        f'<polyline points="{points}" fill="none" stroke="{house.color("third", mode)}" stroke-width="3"/></svg>'
    )
