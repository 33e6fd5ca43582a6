"""Closes the sidebar on a phone, where it covers the page. Streamlit has no API for this; it closes the sidebar only
when something outside is pressed."""

from __future__ import annotations

from core.ui.components import component

_component = component("trendlab_beside_sidebar", "<span hidden></span>", js=["lab/sidebar.js"])


def fold_sidebar() -> None:
    """Close the sidebar if it covers the page; a sidebar next to the page stays open."""
    _component(key="beside_sidebar")
