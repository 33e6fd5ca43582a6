"""A tour in six steps, on a card above the page. The address holds the step, so it can be left and resumed."""

from __future__ import annotations

import streamlit as st

from core.config import RunConfig
from core.content.words import Words
from core.settings import PROJECT
from core.ui.buttons import button
from core.ui.chosen import put_config
from core.ui.fields import DEFAULTS

KEY = "tour"
STEPS = range(1, 7)
PAGES = {1: "home", 2: "train", 3: "train", 4: "train", 5: "train", 6: "home"}
# What a step sets before the learner acts.
SETTINGS: dict[int, RunConfig] = {
    2: DEFAULTS,
    4: DEFAULTS.replaced(learning_rate=0.01),
    5: DEFAULTS.replaced(learning_rate=0.1),
}


def tour_card(say: Words) -> None:
    """The present step, if a tour is under way, and the ways on, back and out."""
    step = tour_step()
    if not step:
        return
    with st.container(border=True, key="tour_card"):
        st.markdown(f"**{say('tour.step', n=step, of=len(STEPS))} · {say(f'tour.{step}.title')}**")
        st.markdown(say(f"tour.{step}.text"))
        with st.container(horizontal=True):
            if step + 1 in STEPS:
                _way(say, "next", step + 1, "arrow_forward", primary=True)
            if step > 1:
                _way(say, "back", step - 1, "arrow_back")
            _way(say, "done" if step == len(STEPS) else "leave", 0, "close")


def tour_button(say: Words) -> None:
    """The way into the tour."""
    if not tour_step():
        _way(say, "start", 1, "tour")


def tour_step() -> int:
    """The step of the tour, 0 outside of it."""
    text = st.query_params.get(KEY, "")
    return int(text) if text.isdigit() and int(text) in STEPS else 0


def _way(say: Words, name: str, to: int, icon: str, primary: bool = False) -> None:
    if button(say(f"tour.{name}"), icon, primary=primary, key=f"tour_{name}"):
        go_to_step(to)


def go_to_step(step: int) -> None:
    """Open the step's page with its settings; 0 leaves the tour."""
    kept = {key: value for key, value in st.query_params.items() if key in ("lang", "run")}
    if step in SETTINGS:
        put_config(SETTINGS[step])
    page = PAGES.get(step, "train" if st.session_state.get("page") == "train" else "home")
    st.switch_page(PROJECT / "pages" / f"{page}.py", query_params=kept | ({KEY: str(step)} if step else {}))
