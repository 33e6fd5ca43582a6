"""Widgets that show what is set elsewhere too: by a preset, a link, a run, or another widget.

What is set stands in the session under its own name; a widget shows it and tells the reader's wish.
"""

from __future__ import annotations

import streamlit as st

NUMBER = "number_of_widget_"  # before a name: how many widgets have shown it


def widget_key(name: str, value: object) -> str:
    """The key of the widget that shows `value`: a new one where the last one holds something else.

    Were that one set anew, a browser that has not heard of it yet would tell its old value as the reader's wish.
    """
    if st.session_state.get(_present_key(name), value) != value:
        renew(name)
    return _present_key(name)


def is_present(name: str, key: str) -> bool:
    """Whether it is this widget that shows it now; for a callback."""
    return key == _present_key(name)


def renew(name: str) -> None:
    """Let another widget show it from now on."""
    st.session_state[NUMBER + name] = st.session_state.get(NUMBER + name, 0) + 1


def renew_named() -> None:
    """Let other widgets show what is told by a label, which may be one that is no more. A number stays one, and may be
    on its way."""
    for name in [str(key).removeprefix(NUMBER) for key in st.session_state if str(key).startswith(NUMBER)]:
        if not isinstance(st.session_state.get(_present_key(name)), int | float):
            renew(name)


def _present_key(name: str) -> str:
    return f"{name}_{st.session_state.setdefault(NUMBER + name, 0)}"
