"""Buttons, primary or secondary, readable in light and dark mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.ui.drawing import page_mode

ON_PRIMARY = "violet"  # defined in the dark theme as dark text for its light blue, where white is unreadable
ANSWERED = "answered_click"  # the key of the button whose callback was called last


def button(
    label: str, icon: str, *, key: str, primary: bool = False, on_click: Callable[..., object] | None = None,
    args: tuple[Any, ...] = (), **how: Any,
) -> bool:  # fmt: skip
    """`icon` is the name of a Material symbol; further arguments are passed to `st.button`.

    A restarted server may receive a click before it has drawn the button, so that Streamlit finds no callback; such a
    click is handled here.
    """
    if primary and page_mode() == "dark" and not how.get("disabled"):  # a disabled button has the page's background
        shown, how["type"] = f":{ON_PRIMARY}[{label}]", "primary"
    else:
        shown, how["icon"], how["type"] = label, f":material/{icon}:", "primary" if primary else "secondary"
    call = _answer if on_click else None
    is_clicked = st.button(shown, key=key, on_click=call, args=(key, on_click, args), **how)
    if is_clicked and on_click and st.session_state.pop(ANSWERED, None) != key:
        on_click(*args)
        st.rerun()
    return is_clicked


def _answer(key: str, on_click: Callable[..., object], args: tuple[Any, ...]) -> None:
    on_click(*args)  # first, as any access to the session may abort this for a newer script run
    st.session_state[ANSWERED] = key
