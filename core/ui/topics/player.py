"""A chart whose lines grow step by step, with a play button and a slider."""

from __future__ import annotations

from collections.abc import Sequence

from core.charts.house import Figure
from core.content.words import Words
from core.live.plotly_route import PLOTLY_URL
from core.ui.components import component
from core.ui.drawing import picture_config

_component = component(
    "trendlab_player",
    "topics/player/frame.html",
    css=["topics/player/style.css"],
    js=["app_root.js", "lab/live_chart/plotly.js", "topics/player/main.js"],
    isolate_styles=False,  # Plotly's styles do not reach into a shadow root
)


def player(say: Words, figure: Figure, key: str, alt: str, *, lines: Sequence[int], heads: Sequence[int]) -> None:
    """Draw a figure; the traces `lines` grow by one point per step, and `heads` mark their ends, in the same order."""
    data = {
        "figure": figure,
        "lines": list(lines),
        "heads": list(heads),
        "steps": max(len(figure["data"][line]["x"]) for line in lines) - 1,
        "alt": alt,
        "lang": say.language,
        "texts": say.by_prefix("player"),
        "config": picture_config(say, key),
        "plotlyUrl": PLOTLY_URL,
    }
    _component(key=f"player_{key}", data=[data])  # why in a list: core/ui/lab/live_chart.py
