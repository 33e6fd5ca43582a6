"""What every component of our own needs."""

from __future__ import annotations

from typing import Any

import streamlit as st


def told(key: str, name: str) -> Any:
    """In a callback: what the component tells. None for another thing's callback, and where its page was left just
    before: what comes late finds no component any more."""
    component: Any = st.session_state.get(key)
    return None if component is None else component.get(name)


def nothing() -> None:
    """A callback makes the attribute exist from the first run on."""
