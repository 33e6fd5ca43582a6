"""Helpers for the custom browser components."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_FOLDER = Path(__file__).parent


def component(
    name: str, html: str, *, js: Sequence[str], css: Sequence[str] = (), isolate_styles: bool = True
) -> ComponentRenderer:
    """A custom component; `html` is its markup or a file name. Files are relative to this folder, joined in order."""
    frame = _read(html) if html.endswith(".html") else html
    styles = "\n".join(map(_read, css)) or None
    scripts = "\n".join(map(_read, ("common.js", *js)))
    return st.components.v2.component(name, html=frame, css=styles, js=scripts, isolate_styles=isolate_styles)


def _read(file: str) -> str:
    return (_FOLDER / file).read_text(encoding="utf-8")


def component_value(key: str, name: str) -> Any:
    """In a callback: a value sent by the component. None if another widget's callback runs, or if the component's page
    was left just before."""
    component: Any = st.session_state.get(key)
    return None if component is None else component.get(name)


def no_op() -> None:
    """An empty callback, which makes the attribute exist from the first script run."""
