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

KEPT = "kept_choice_"  # before a key: (value, visit, when the address was written to)
VISIT = "visit"  # (address of the page, how many times a reader came to a page)
ADDRESS_LAG_S = 1.0  # so long a browser may still tell the address from before it was written to


def addressed(key: str, default: T, parse: Callable[[str], T]) -> T:
    """The value of the widget `key`, which is drawn after this call and without a default of its own, or not at all.

    It follows the address when that was opened or gone back to, and the address follows it otherwise. On coming to a
    page the value is as it was left. `parse` reads the address' text; where it raises ValueError, the default counts.
    """
    before, visit, written_at = st.session_state.get(KEPT + key, (default, 0, -math.inf))
    told, now = st.query_params.get(key), _visit()
    asked = default if told is None else _parsed(told, default, parse)
    came = key not in st.session_state or visit != now
    if came:
        value = before if told is None else asked
    elif time.monotonic() - written_at < ADDRESS_LAG_S or asked == before:
        value = before if st.session_state[key] is None else st.session_state[key]
    else:
        value = asked
    if came or st.session_state[key] != value:  # a browser that comes back must be told, even what is as it was
        st.session_state[key] = value
    text = None if value == default else _text(value)
    if told != text:
        _write(key, text)
        written_at = time.monotonic()
    st.session_state[KEPT + key] = (value, now, written_at)
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
    st.session_state[KEPT + key] = (value, _visit(), time.monotonic())


def kept(key: str) -> object:
    """What the widget held when the page was last drawn; for a callback."""
    return st.session_state[KEPT + key][0]


def keep_choices() -> None:
    """For the callback of the language switch: Streamlit knows a choice by its label, and labels change now."""
    for name, held in list(st.session_state.items()):
        key = str(name).removeprefix(KEPT)
        if key != name and key != "lang" and key in st.session_state:
            st.session_state[key] = held[0]


def _visit() -> int:
    """Which visit to a page this is; going from page to page and back makes a new one."""
    page, count = st.session_state.get(VISIT, (None, 0))
    if page != st.context.url:
        st.session_state[VISIT] = (st.context.url, count := count + 1)
    return int(count)


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
