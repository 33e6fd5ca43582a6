"""The loss surface around a network, as a contour map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.charts import house
from core.charts.house import Figure, Mode
from core.content.words import Words

HEIGHT_PX = 520
TICKS = tuple(factor * 10.0**power for power in range(-4, 7) for factor in (1, 2, 5))
MAX_TICKS = 6


def surface_figure(
    say: Words, mode: Mode, steps: Sequence[float], losses: Sequence[Sequence[float]], title: str
) -> Figure:
    """`losses` has a row for each step along the second direction, a column for each along the first. Contours and
    colours follow the logarithm of the loss. The cross in the middle is the network itself."""
    sizes = np.array(losses)
    logs = np.log10(np.clip(np.where(np.isfinite(sizes), sizes, np.nan), 1e-4, None))
    ticks = [tick for tick in TICKS if np.nanmin(logs) <= np.log10(tick) <= np.nanmax(logs)]
    ticks = ticks[:: max(1, -(-len(ticks) // MAX_TICKS))]
    bar = {
        "orientation": "h", "y": -0.16, "yanchor": "top", "thickness": 14, "len": 1, "ticklabelposition": "outside",
        "tickvals": [float(np.log10(tick)) for tick in ticks], "ticktext": [f"{tick:g}" for tick in ticks],
        "title": {"text": say("understand.surface.loss"), "side": "top", "font": {"size": house.SMALL_PX}},
    }  # fmt: skip
    surface = {
        "type": "contour", "x": list(steps), "y": list(steps), "z": [[_or_none(each) for each in row] for row in logs],
        "text": [[f"{each:.3g}" for each in row] for row in sizes], "ncontours": 14, "colorbar": bar,
        "contours": {"coloring": "heatmap"}, "line": {"color": house.color("text", mode, 0.35), "width": 1},
        "colorscale": [[0, house.color("background", mode)], [0.5, house.color("primary", mode)],
                       [1, house.color("text", mode)]],
        "hovertemplate": say("understand.surface.loss") + " %{text}<extra></extra>",
    }  # fmt: skip
    here = {
        "type": "scatter", "mode": "markers+text", "x": [0], "y": [0], "text": [say("understand.surface.here")],
        "textposition": "top center", "hoverinfo": "skip", "textfont": {"color": house.color("text", mode)},
        "marker": {"symbol": "x", "size": 13, "color": house.color("validation", mode),
                   "line": {"width": 1.5, "color": house.color("background", mode)}},
    }  # fmt: skip
    axis = {"range": [-1, 1], "fixedrange": True, "tickvals": [-1, -0.5, 0, 0.5, 1], "showgrid": False}
    return house.figure(
        [surface, here], mode, HEIGHT_PX, title, showlegend=False, margin={"l": 52, "r": 12, "t": 44, "b": 124},
        xaxis=axis | {"title": {"text": say("understand.surface.along")}},
        yaxis=axis | {"title": {"text": say("understand.surface.across")}},
    )  # fmt: skip


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
