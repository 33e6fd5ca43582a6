"""A map of the pixels that a network's answer depends on, overlaid on the picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.charts import house
from core.charts.house import Figure, Mode
from core.interpret.explanations import Map

WIDTH_PX = 250
MARGIN_PX = 8
LEGEND_PX = 40
# In both modes the picture is drawn in dark greys, with the map in the same colours over it.
FOR, AGAINST = "#F2B63C", "#A070FF"
DARKEST, LIGHTEST = 16, 100
MOST_OPAQUE = 0.95
SIGNS_SHOWN = 8  # for each sign, on its strongest pixels
SIGNED_FROM = 0.35  # of the strongest pixel


def explanation_figure(
    picture: NDArray[np.uint8], strength: Map, texts: Mapping[str, str], mode: Mode, *, is_signed: bool
) -> Figure:
    """`picture` is (24, 24, channels), `strength` (24, 24). The strongest pixel has the full colour; if the sign means
    for or against, the strongest pixels show it. `texts` has `for`, `against`, `none`, `most` and `hover`."""
    most = float(np.abs(strength).max()) or 1.0
    data = [_below(picture), _map(strength, most, texts, mode, is_signed)]
    if is_signed:
        data += [_signs(strength, most, 1, "+"), _signs(strength, most, -1, "−")]
    rows, columns = strength.shape
    hidden = {"visible": False, "fixedrange": True, "constrain": "domain"}
    return house.figure(
        data,
        mode,
        WIDTH_PX + LEGEND_PX,
        width=WIDTH_PX,
        margin={"l": MARGIN_PX, "r": MARGIN_PX, "t": MARGIN_PX, "b": MARGIN_PX + LEGEND_PX},
        showlegend=False,
        xaxis=hidden | {"range": [-0.5, columns - 0.5]},
        yaxis=hidden | {"range": [rows - 0.5, -0.5], "scaleanchor": "x"},
    )


def _below(picture: NDArray[np.uint8]) -> Figure:
    grey = DARKEST + picture.mean(-1, keepdims=True) / 255 * (LIGHTEST - DARKEST)
    return {"type": "image", "z": grey.astype(int).repeat(3, -1).tolist(), "hoverinfo": "skip"}


def _map(strength: Map, most: float, texts: Mapping[str, str], mode: Mode, is_signed: bool) -> Figure:
    full = house.faded(FOR, MOST_OPAQUE)
    scale = [[0, house.faded(FOR, 0)], [1, full]]
    ticks: dict[str, Any] = {"tickvals": [0, most], "ticktext": [texts["none"], texts["most"]]}
    if is_signed:
        scale = [[0, house.faded(AGAINST, MOST_OPAQUE)], [0.5, house.faded(AGAINST, 0)], [0.5, scale[0][1]], [1, full]]
        ticks = {"tickvals": [-most, 0, most], "ticktext": [f"− {texts['against']}", "0", f"+ {texts['for']}"]}
    return {
        "type": "heatmap",
        "z": strength.round(6).tolist(),
        "zmin": -most if is_signed else 0,
        "zmax": most,
        "colorscale": scale,
        "hovertemplate": texts["hover"] + "<extra></extra>",
        "colorbar": _legend(mode) | ticks,
    }


def _legend(mode: Mode) -> Figure:
    return {
        "orientation": "h",
        "x": 0.5,
        "y": 0,
        "yanchor": "top",
        "ypad": 10,
        "xpad": 0,
        "len": 0.8,
        "thickness": 10,
        "bgcolor": "rgba(0, 0, 0, 0)",
        "outlinecolor": house.color("border", mode),
        "tickfont": {"size": house.SMALL_PX},
    }


def _signs(strength: Map, most: float, side: int, sign: str) -> Figure:
    towards = side * strength
    strongest = np.argsort(-towards, axis=None)[:SIGNS_SHOWN]
    rows, columns = np.unravel_index(strongest, strength.shape)
    is_strong = towards[rows, columns] >= SIGNED_FROM * most
    return {
        "type": "scatter",
        "mode": "text",
        "x": columns[is_strong].tolist(),
        "y": rows[is_strong].tolist(),
        "text": [sign] * int(is_strong.sum()),
        "textfont": {"size": house.SMALL_PX, "color": "#000000"},
        "hoverinfo": "skip",
    }
