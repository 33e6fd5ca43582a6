"""What every component of our own needs."""

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
    """One of our own; `html` is its frame or the file of it. Files stand below this folder, and are joined in order."""
    frame = _read(html) if html.endswith(".html") else html
    styles = "\n".join(map(_read, css)) or None
    scripts = "\n".join(map(_read, ("common.js", *js)))
    return st.components.v2.component(name, html=frame, css=styles, js=scripts, isolate_styles=isolate_styles)


def _read(file: str) -> str:
    return (_FOLDER / file).read_text(encoding="utf-8")


def told(key: str, name: str) -> Any:
    """In a callback: what the component tells. None for another thing's callback, and where its page was left just
    before: what comes late finds no component any more."""
    component: Any = st.session_state.get(key)
    return None if component is None else component.get(name)


def nothing() -> None:
    """A callback makes the attribute exist from the first run on."""
