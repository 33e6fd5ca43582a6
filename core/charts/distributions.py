"""The distribution of a layer's numbers over the epochs, and its number of dead units."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.charts import house
from core.charts.house import Figure, Mode
from core.content.words import Words
from core.interpret.anatomy import Histogram, LayerNumbers

HEIGHT_PX, TITLE_PX = 360, 40
OVERLAP = 1.7  # ridge height, as a multiple of their spacing
ROW_PX = 34


def ridges_figure(
    say: Words, mode: Mode, title: str, epochs: Sequence[int], spread: Sequence[Histogram], chosen: int
) -> Figure:
    """One ridge per epoch, the first at the back, all scaled to the same height. The chosen epoch's is coloured."""
    ridges = [
        _ridge(mode, row, epoch, histogram, is_chosen=epoch == chosen)
        for row, (epoch, histogram) in enumerate(zip(epochs, spread, strict=True))
    ]
    y = {
        "title": {"text": say("understand.distributions.epoch")}, "tickvals": list(range(len(epochs))),
        "ticktext": [str(epoch) for epoch in epochs], "range": [len(epochs) - 0.7, -OVERLAP], "showgrid": False,
        "fixedrange": True,
    }  # fmt: skip
    x = {"fixedrange": True, "nticks": 5, "zeroline": True, "zerolinecolor": house.color("border", mode)}
    margin = {"l": 48, "r": 8, "t": TITLE_PX, "b": 36}
    return house.figure(ridges, mode, HEIGHT_PX, title, showlegend=False, margin=margin, xaxis=x, yaxis=y)


def dead_figure(say: Words, mode: Mode, epochs: Sequence[int], layers: Sequence[Sequence[LayerNumbers]]) -> Figure:
    """The dead units of each layer (row) at each epoch (column): number as text, share as colour."""
    rows = [row for row, layer in enumerate(layers[0]) if layer.dead is not None]
    dead = [[(epoch[row].dead or 0, epoch[row].units) for epoch in layers] for row in rows]
    heat = {
        "type": "heatmap", "x": [str(epoch) for epoch in epochs],
        "y": [f"{layers[0][row].path} ({layers[0][row].units})" for row in rows],
        "z": [[number / units for number, units in row] for row in dead],
        "text": [[str(number) for number, _ in row] for row in dead], "texttemplate": "%{text}",
        "textfont": {"size": house.FONT_PX, "color": house.color("text", mode)}, "hoverinfo": "skip",
        "zmin": 0, "zmax": 1, "showscale": False, "xgap": 2, "ygap": 2,
        "colorscale": [[0, house.color("surface", mode)], [1, house.color("validation", mode, 0.8)]],
    }  # fmt: skip
    return house.figure(
        [heat], mode, TITLE_PX + 48 + ROW_PX * len(rows), say("understand.distributions.dead_title"),
        margin={"l": 8, "r": 8, "t": TITLE_PX, "b": 48},
        xaxis={"type": "category", "fixedrange": True, "title": {"text": say("understand.distributions.epoch")}},
        yaxis={"autorange": "reversed", "automargin": True, "fixedrange": True, "showgrid": False},
    )  # fmt: skip


def _ridge(mode: Mode, row: int, epoch: int, histogram: Histogram, *, is_chosen: bool) -> Figure:
    edges = np.linspace(histogram.low, histogram.high, len(histogram.counts) + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    heights = histogram.counts / max(int(histogram.counts.max()), 1) * OVERLAP
    color = house.color("primary" if is_chosen else "ghost", mode)
    return {
        "type": "scatter", "mode": "lines", "x": [edges[0], *middles.tolist(), edges[-1]],
        "y": [row, *(row - heights).tolist(), row], "line": {"color": color, "width": 2.5 if is_chosen else 1},
        "fill": "toself", "fillcolor": house.faded(color, 0.35 if is_chosen else 0.15), "name": str(epoch),
        "hoverinfo": "skip",
    }  # fmt: skip
