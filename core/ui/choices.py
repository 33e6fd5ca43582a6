"""Choices that are kept in the address: segmented buttons, pills and select boxes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import streamlit as st

from core.content.words import Words
from core.ui.address import addressed_choice

FIRST = "first_choice_"  # before a key: the option that applies if the address has none


def choose(
    say: Words, key: str, options: Collection[str], label: str, names: str, *, pills: bool = False, **how: Any
) -> str:
    """The option in the address, by default the first. `label` is the text key of the label, `names` that of an option,
    with a placeholder for it. `how` is passed to Streamlit; pills wrap to a second line if needed."""
    chosen = addressed_choice(key, options, next(iter(options)))
    draw = st.pills if pills else st.segmented_control
    draw(say(label), list(options), key=key, required=True, format_func=lambda each: say(names.format(each)), **how)
    return chosen


def pick(
    key: str, options: Collection[str], label: str, named: Callable[[str], str] = str, default: str = "", **how: Any
) -> str:
    """The same as a select box: `label` is the label itself, and `named` gives the text of an option."""
    chosen = addressed_choice(key, options, default or _first(key, options))
    st.selectbox(label, list(options), key=key, format_func=named, **how)
    return chosen


def _first(key: str, options: Collection[str]) -> str:
    """The first option at the reader's first visit, while it is offered, so that new options do not change a choice."""
    name = FIRST + key
    if st.session_state.get(name) not in options:
        st.session_state[name] = next(iter(options))
    return str(st.session_state[name])
