"""The level, that is, how many settings a learner sees: in the address, and remembered for the next visit."""

from __future__ import annotations

import streamlit as st

from core.content.words import Words
from core.runs.service import RunService
from core.ui.address import addressed_choice
from core.ui.lab.chosen import Level
from core.ui.session import owner

REMEMBERED = "remembered_level"


def chosen_level(runs: RunService) -> Level:
    """The level of the page; initially the one that this browser chose last."""
    if REMEMBERED not in st.session_state:
        known = runs.preference(owner(), "level")
        st.session_state[REMEMBERED] = known if known in tuple(Level) else Level.FIRST
    return Level(addressed_choice("level", tuple(Level), st.session_state[REMEMBERED]))


def level_switch(say: Words, runs: RunService) -> None:
    """First, More, Expert."""
    st.segmented_control(
        say("level.choose"), list(Level), format_func=lambda each: say(f"level.{each}"), key="level", required=True,
        help=say("level.help"), on_change=_remember, args=(runs,), width="stretch",
    )  # fmt: skip


def _remember(runs: RunService) -> None:
    runs.prefer(owner(), "level", str(st.session_state["level"]))
