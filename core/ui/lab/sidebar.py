"""On a phone the open sidebar covers the page. Streamlit folds it there when something beside it is pressed, and has no
other way."""

from __future__ import annotations

from core.ui.components import component

_component = component("trendlab_beside_sidebar", "<span hidden></span>", js=["lab/sidebar.js"])


def fold_sidebar() -> None:
    """Where it lies beside the page, it stays as it is."""
    _component(key="beside_sidebar")
