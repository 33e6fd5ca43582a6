"""What Streamlit leaves out of the document: its language, by which screen readers choose a voice and browsers a Han
font; under a contrast theme, the rails, switches and choices that are drawn by colours alone; a focus that is seen on
links and on a chart's buttons; charts that fit the paper they are printed on; a way by keys into a popover, on from a
button that goes away, and for a finger past a chart; a clipboard for its copy buttons where the page came by plain http
from another machine, as in a class: there browsers give none; and a session that ends when another tab made the browser
the next learner's."""

from __future__ import annotations

from core.ui.components import component

_component = component(
    "trendlab_document",
    "<span hidden></span>",
    js=["app_root.js", "document.js"],
    css=["document.css"],
    isolate_styles=False,
)


def complete_document(language: str) -> None:
    _component(key="document", data=[language])  # why in a list: core/ui/lab/live_chart.py
