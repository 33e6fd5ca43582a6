"""Choices in the address by their stable names, whatever language their labels are in.

Streamlit's own binding of a widget to the address writes the label that the widget shows; numbers are bound by it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection

import streamlit as st

KEPT = "kept_choice_"  # before a key: (value, page, when the address was written to)
ADDRESS_LAG_S = 1.0  # so long a browser may still tell the address from before it was written to


def addressed_choice(key: str, options: Collection[str], default: str) -> str:
    """The value of the widget `key`, which is drawn after this call and without a default of its own.

    It follows the address when that was opened or gone back to, and the address follows the widget otherwise. On
    coming to a page the value is as it was left.
    """
    kept, page, written_at = st.session_state.get(KEPT + key, (default, None, -math.inf))
    asked, here = st.query_params.get(key), st.context.url
    came = key not in st.session_state or (page != here and asked is None)
    is_old = page == here and time.monotonic() - written_at < ADDRESS_LAG_S
    if came:
        value = asked or kept
    elif is_old or asked == _text(kept, default):
        value = st.session_state[key]
    else:
        value = asked or default
    value = value if value in options else default
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    if asked != _text(value, default):
        _write(key, _text(value, default))
        written_at = time.monotonic()
    st.session_state[KEPT + key] = (value, here, written_at)
    return value


def keep_choices() -> None:
    """For the callback of the language switch: Streamlit knows a choice by its label, and labels change now."""
    for name, kept in list(st.session_state.items()):
        key = str(name).removeprefix(KEPT)
        if key != name and key != "lang" and key in st.session_state:
            st.session_state[key] = kept[0]


def _text(value: str, default: str) -> str | None:
    return None if value == default else value


def _write(key: str, text: str | None) -> None:
    if text is None:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = text
