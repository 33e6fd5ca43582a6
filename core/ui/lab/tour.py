"""A tour in six steps, on a card above the page. The address holds the step, so it can be left and resumed."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from core.config import RunConfig
from core.content.words import Words
from core.ui.lab.chosen import address_of, arrive_with
from core.ui.lab.fields import DEFAULTS
from core.ui.shell import is_at, page_file, page_link

KEY = "tour"
SEEN = "tour_seen"  # the step whose settings were applied last
LEFT = "tour_left"  # the step to resume at
EM_SPACE = "\u2003"
STEPS = range(1, 7)
PAGES = {1: "home", 2: "train", 3: "train", 4: "train", 5: "train", 6: "home"}
# Settings that a step applies once, when the learner reaches it.
SETTINGS: dict[int, RunConfig] = {
    2: DEFAULTS,
    4: DEFAULTS.replaced(learning_rate=0.01),
    5: DEFAULTS.replaced(learning_rate=0.1),
}


def follow_tour(page: str) -> None:
    """Switch to the page of the step in the address, once, so that Back works. The step's settings are applied once,
    too, unless the address gives others."""
    step = _addressed_step()
    if step != st.session_state.get(SEEN, 0):
        if step and PAGES[step] != page:
            st.switch_page(page_file(PAGES[step]), query_params=st.query_params.to_dict())
        if step in SETTINGS:
            arrive_with(SETTINGS[step])
    st.session_state[SEEN] = step


def tour_card(say: Words) -> None:
    """The current step, if a tour is active, with buttons for next, back and leave."""
    step = tour_step()
    if not step:
        return
    st.session_state[LEFT] = step
    with st.container(border=True, key="tour_card", gap="xsmall"):
        head = f"**{say('tour.step', n=step, of=len(STEPS))} · {say(f'tour.{step}.title')}**"
        st.markdown(f"{head}{EM_SPACE}{say(f'tour.{step}.text')}")
        with st.container(horizontal=True, vertical_alignment="center"):
            if step + 1 in STEPS:
                _way(say, "next", step + 1, "arrow_forward")
            if step > 1:
                _way(say, "back", step - 1, "arrow_back")
            _way(say, "done" if step == len(STEPS) else "leave", 0, "close")


def tour_buttons(say: Words) -> None:
    """Buttons to start the tour, or to resume it."""
    if tour_step():
        return
    left = st.session_state.get(LEFT, 1)
    with st.container(horizontal=True, vertical_alignment="center"):
        _way(say, "start", 1, "tour")
        if 1 < left < len(STEPS):
            _way(say, "resume", left, "resume")


def tour_step() -> int:
    """The step of the tour, 0 outside it. After Back from another page, the nearest step on this page."""
    asked = _addressed_step()
    here = [step for step in STEPS if is_at(PAGES[step])]
    return min(here, key=lambda step: abs(step - asked)) if asked else 0


def _addressed_step() -> int:
    text = st.query_params.get(KEY, "")
    return int(text) if text.isdigit() and int(text) in STEPS else 0


def _way(say: Words, name: str, to: int, icon: str) -> None:
    """A button; to another page a link, as `st.switch_page` makes two entries in the browser's history."""
    label, page = say(f"tour.{name}", n=to), PAGES.get(to, "train" if is_at("train") else "home")
    kept = {key: value for key, value in st.query_params.items() if key in ("lang", "run")}
    address = kept | ({KEY: str(to)} | address_of(SETTINGS.get(to, DEFAULTS)) if to else {})
    if not is_at(page):
        page_link(page, f"**{label}**", icon, address)
    elif st.button(label, icon=f":material/{icon}:", key=f"tour_{name}", type=_weight(name)):
        st.switch_page(page_file(page), query_params=address)


def _weight(name: str) -> Literal["secondary", "tertiary"]:
    """Back and Leave have no border, so that they are never more prominent than Next, even where that is a link."""
    return "tertiary" if name in ("back", "leave") else "secondary"
