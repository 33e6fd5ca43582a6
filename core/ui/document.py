"""Fixes to the document that Streamlit lacks:

- its language, by which screen readers choose a voice and browsers a Han font
- in forced-colours mode, sliders, switches, tabs and choices that are otherwise drawn by colour alone
- a visible focus on links and on a chart's buttons
- paper that stays light, charts that fit it, and pictures of them in the font of the page
- names, results and choices that are not cut off when letters are large
- keyboard access to popovers, and a focus that moves on when its button goes away
- touch scrolling past a chart
- a clipboard for the copy buttons over plain http, where browsers offer none
- the end of the session when another tab has switched the browser to the next learner
"""

from __future__ import annotations

from core.ui.components import component

_component = component(
    "trendlab_document",
    "<span hidden></span>",
    js=["app_root.js", "picture_font.js", "document.js"],
    css=["document.css"],
    isolate_styles=False,
)


def complete_document(language: str) -> None:
    _component(key="document", data=[language])  # why in a list: core/ui/lab/live_chart.py
