"""What Streamlit leaves out of the document: its language, by which screen readers choose a voice and browsers a Han
font; and, under a contrast theme, the rails, switches and choices that are drawn by colours alone."""

from __future__ import annotations

import streamlit as st

_component = st.components.v2.component(
    "trendlab_document",
    html="<span hidden></span>",
    css="""
    @media (forced-colors: active) {
      .stSlider, .stCheckbox, .stButtonGroup, .stButton { forced-color-adjust: none; }
    }
    """,
    js="""
    export default function ({ data: [language] }) {
      document.documentElement.lang = language;
    }
    """,
    isolate_styles=False,
)


def complete_document(language: str) -> None:
    _component(key="document", data=[language])  # why in a list: core/ui/live_chart.py
