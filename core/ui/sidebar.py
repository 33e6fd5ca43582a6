"""On a phone the open sidebar covers the page. Streamlit folds it there when something beside it is pressed, and has no
other way."""

from __future__ import annotations

import streamlit as st

_component = st.components.v2.component(
    "trendlab_beside_sidebar",
    html="<span hidden></span>",
    js="""
    export default function ({ parentElement }) {
      parentElement.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, composed: true }));
    }
    """,
)


def fold_sidebar() -> None:
    """Where it lies beside the page, it stays as it is."""
    _component(key="beside_sidebar")
