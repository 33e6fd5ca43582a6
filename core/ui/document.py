"""What Streamlit leaves out of the document: its language, by which screen readers choose a voice and browsers a Han
font; under a contrast theme, the rails, switches and choices that are drawn by colours alone; and a clipboard for its
copy buttons where the page came by plain http from another machine, as in a class: there browsers give none."""

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
      if (!navigator.clipboard) Object.defineProperty(navigator, "clipboard", { value: { writeText } });
    }

    async function writeText(text) {
      const field = document.createElement("textarea");
      const focused = document.activeElement;
      field.value = text;
      field.style = "position: fixed; opacity: 0";
      document.body.append(field);
      field.select();
      const isCopied = document.execCommand("copy");
      field.remove();
      focused?.focus({ preventScroll: true });
      if (!isCopied) throw new Error("the browser copies nothing");
    }
    """,
    isolate_styles=False,
)


def complete_document(language: str) -> None:
    _component(key="document", data=[language])  # why in a list: core/ui/live_chart.py
