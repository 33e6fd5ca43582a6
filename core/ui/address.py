"""Choices in the address by their stable names, whatever language their labels are in and whether they are drawn.

Streamlit's own binding of a widget to the address writes the label that it shows, and forgets what is not drawn.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")

KEPT = "kept_choice_"  # before a key: (value, page, when the address was written to)
ADDRESS_LAG_S = 1.0  # so long a browser may still tell the address from before it was written to


def addressed(key: str, default: T, parse: Callable[[str], T]) -> T:
    """The value of the widget `key`, which is drawn after this call and without a default of its own, or not at all.

    It follows the address when that was opened or gone back to, and the address follows it otherwise. On coming to a
    page the value is as it was left. `parse` reads the address' text; where it raises ValueError, the default counts.
    """
    kept, page, written_at = st.session_state.get(KEPT + key, (default, None, -math.inf))
    told, here = st.query_params.get(key), st.context.url
    asked = default if told is None else _parsed(told, default, parse)
    came = key not in st.session_state or (page != here and told is None)
    is_old = page == here and time.monotonic() - written_at < ADDRESS_LAG_S
    if came:
        value = kept if told is None else asked
    elif is_old or asked == kept:
        value = kept if st.session_state[key] is None else st.session_state[key]
    else:
        value = asked
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    text = None if value == default else _text(value)
    if told != text:
        _write(key, text)
        written_at = time.monotonic()
    st.session_state[KEPT + key] = (value, here, written_at)
    return value


def addressed_choice(key: str, options: Collection[str], default: str) -> str:
    """The same for one of a few names."""

    def parse(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    value = addressed(key, default, parse)
    if value not in options:  # what was left here is not offered any more
        put(key, default)
        return default
    return value


def put(key: str, value: object) -> None:
    """Set what a widget holds, whatever the address says; before it is drawn, or in a callback."""
    st.session_state[key] = value
    st.session_state[KEPT + key] = (value, st.context.url, time.monotonic())


def keep_choices() -> None:
    """For the callback of the language switch: Streamlit knows a choice by its label, and labels change now."""
    for name, kept in list(st.session_state.items()):
        key = str(name).removeprefix(KEPT)
        if key != name and key != "lang" and key in st.session_state:
            st.session_state[key] = kept[0]


def _parsed(told: str, default: Any, parse: Callable[[str], Any]) -> Any:
    try:
        return parse(told)
    except ValueError:
        return default


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _write(key: str, text: str | None) -> None:
    if text is None:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = text
