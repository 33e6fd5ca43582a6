"""The document's language, by which screen readers choose a voice and browsers a Han font: Streamlit says English."""

from __future__ import annotations

import streamlit as st

_component = st.components.v2.component(
    "trendlab_language",
    html="<span hidden></span>",
    js="""
    export default function ({ data: [language] }) {
      document.documentElement.lang = language;
    }
    """,
)


def tell_language(language: str) -> None:
    _component(key="language", data=[language])  # why in a list: core/ui/live_chart.py
