"""Widgets for values that are also set elsewhere: by a preset, a link, a run, or another widget.

The value is in the session under its own name; the widget shows it and reports the reader's changes.
"""

from __future__ import annotations

import streamlit as st

NUMBER = "number_of_widget_"  # before a name: a counter of the widgets that have shown it


def widget_key(name: str, value: object) -> str:
    """The key of the widget that shows `value`: a new key if the last widget has a different value.

    If the old widget were set instead, a browser that has not received it yet could send its old value as the reader's
    choice.
    """
    if st.session_state.get(_present_key(name), value) != value:
        renew(name)
    return _present_key(name)


def is_present(name: str, key: str) -> bool:
    """For a callback: whether this widget is the one that shows the value now."""
    return key == _present_key(name)


def renew(name: str) -> None:
    """Show the value in a new widget from now on."""
    st.session_state[NUMBER + name] = st.session_state.get(NUMBER + name, 0) + 1


def renew_named() -> None:
    """Use new widgets for values identified by a label, which may have changed. Numbers keep theirs, as a new value may
    be on its way from the browser."""
    for name in [str(key).removeprefix(NUMBER) for key in st.session_state if str(key).startswith(NUMBER)]:
        if not isinstance(st.session_state.get(_present_key(name)), int | float):
            renew(name)


def _present_key(name: str) -> str:
    return f"{name}_{st.session_state.setdefault(NUMBER + name, 0)}"
