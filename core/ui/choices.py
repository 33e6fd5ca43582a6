"""Choices that are kept in the address: buttons of which one is pressed, and lists that open."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import streamlit as st

from core.content.words import Words
from core.ui.address import addressed_choice

FIRST = "first_choice_"  # before a key: the option that counts where the address tells none


def choose(
    say: Words, key: str, options: Collection[str], label: str, names: str, *, pills: bool = False, **how: Any
) -> str:
    """The option that the address tells, at first the first. `label` is the key of what is asked, `names` that of an
    option, with a place for it. `how` goes to Streamlit; pills go on in a second line where one is too short."""
    chosen = addressed_choice(key, options, next(iter(options)))
    draw = st.pills if pills else st.segmented_control
    draw(say(label), list(options), key=key, required=True, format_func=lambda each: say(names.format(each)), **how)
    return chosen


def pick(
    key: str, options: Collection[str], label: str, named: Callable[[str], str] = str, default: str = "", **how: Any
) -> str:
    """The same from a list: `label` is what is asked, in words, and `named` words an option."""
    chosen = addressed_choice(key, options, default or _first(key, options))
    st.selectbox(label, list(options), key=key, format_func=named, **how)
    return chosen


def _first(key: str, options: Collection[str]) -> str:
    """What stood first when the reader came, while it is offered: what comes to stand before it moves no choice."""
    name = FIRST + key
    if st.session_state.get(name) not in options:
        st.session_state[name] = next(iter(options))
    return str(st.session_state[name])
