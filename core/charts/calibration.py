"""A network's reliability diagram, with the number of images in each bin below."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from core.charts import house
from core.charts.house import Figure, Mode
from core.content.words import Words
from core.interpret.results import Calibration

HEIGHT_PX = 460
LINE_FROM = 4  # percent: where the rotated label of the line starts, to fit in the chart
TICKS = range(0, 101, 20)
COUNTS_TOP, SHARES_BOTTOM = 0.2, 0.3  # of the plot's height


def calibration_figure(say: Words, mode: Mode, found: Calibration) -> Figure:
    """Accuracy against probability, one point per bin; on the dotted line both are equal."""
    width = 100 / len(found.images)
    middles = [width * (at + 0.5) for at in range(len(found.images))]
    hover = [_hover_text(say, found, at, width) for at in range(len(found.images))]
    orange = house.color("validation", mode)
    points = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": _percent(found.confidence),
        "y": _percent(found.accuracy),
        "connectgaps": True,
        "cliponaxis": False,
        "line": {"color": orange, "width": 2},
        "marker": {"color": orange, "size": 9},
        "text": hover,
        "hovertemplate": "%{text}<extra></extra>",
    }
    bars = {
        "type": "bar",
        "x": middles,
        "y": found.images.tolist(),
        "yaxis": "y2",
        "marker": {"color": house.color("ghost", mode, 0.6)},
        "text": [str(n) if n else "" for n in found.images],
        "textposition": "outside",
        "textfont": {"size": house.SMALL_PX},
        "cliponaxis": False,
        "hovertext": hover,
        "hoverinfo": "text",
    }
    return house.figure(
        [points, bars], mode, HEIGHT_PX, say("understand.calibration.chart"), showlegend=False, hovermode="closest",
        bargap=0.08, margin={"b": 52}, shapes=[_equal(say, mode)], **_axes(say, int(found.images.max())),
    )  # fmt: skip


def _equal(say: Words, mode: Mode) -> Figure:
    line = house.dotted_line(say("understand.calibration.equal"), mode, textposition="start", yanchor="bottom")
    return line | {"x0": LINE_FROM, "y0": LINE_FROM, "x1": 100, "y1": 100}


def _axes(say: Words, most: int) -> Figure:
    ticks = {"tickvals": list(TICKS), "ticktext": [f"{tick}%" for tick in TICKS]}
    return {
        "xaxis": {"title": {"text": say("understand.calibration.x")}, "range": [0, 101], "anchor": "y2", **ticks},
        "yaxis": {
            "title": {"text": say("understand.calibration.y")}, "range": [0, 103], "domain": [SHARES_BOTTOM, 1], **ticks
        },
        "yaxis2": {
            "title": {"text": say("understand.calibration.images")}, "range": [0, 1.3 * max(most, 1)],
            "domain": [0, COUNTS_TOP], "showgrid": False, "nticks": 3,
        },
    }  # fmt: skip


def _hover_text(say: Words, found: Calibration, at: int, width: float) -> str:
    if not found.images[at]:
        return say("understand.calibration.empty", low=round(width * at), high=round(width * (at + 1)))
    return say(
        "understand.calibration.bin", n=int(found.images[at]), confidence=float(found.confidence[at]),
        accuracy=float(found.accuracy[at]),
    )  # fmt: skip


def _percent(shares: NDArray[np.float64]) -> list[float | None]:
    return [None if math.isnan(share) else 100 * share for share in shares.tolist()]
