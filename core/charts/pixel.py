"""Charts of how one output of a layer is calculated: its map, the factors, and the largest products."""

from __future__ import annotations

import numpy as np

from core.charts import house
from core.charts.house import Figure, Mode
from core.charts.tiles import NEGATIVE, POSITIVE, scale
from core.content.words import Words
from core.interpret.anatomy import Floats

MAP_PX, GRID_PX, BARS_PX = 320, 240, 340
TITLE_PX = 40
MAX_BARS = 10
PALE = 4
HIDDEN = {"visible": False, "fixedrange": True}


def map_figure(say: Words, mode: Mode, numbers: Floats, row: int, column: int) -> Figure:
    """A channel's map (height, width) with one place framed. Each point's `customdata` is its row and column."""
    rows, columns = np.indices(numbers.shape)
    places = np.stack([rows.ravel(), columns.ravel()], axis=1)
    hover_texts = [
        say("understand.pixel.hover", row=place[0] + 1, column=place[1] + 1, number=float(numbers[tuple(place)]))
        for place in places
    ]
    points = {
        "type": "scatter", "mode": "markers", "x": columns.ravel().tolist(), "y": rows.ravel().tolist(),
        "customdata": places.tolist(), "text": hover_texts,
        "marker": {"symbol": "square", "size": MAP_PX / max(numbers.shape), "opacity": 0},
        "hoverinfo": "text", "selected": {"marker": {"opacity": 0}}, "unselected": {"marker": {"opacity": 0}},
    }  # fmt: skip
    frame = {
        "type": "rect", "x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5,
        "line": {"color": house.color("validation", mode), "width": 3},
    }  # fmt: skip
    heat, around = _heat(mode, numbers, float(np.abs(numbers).max())), _square(numbers)
    title = say("understand.pixel.map")
    return house.figure([heat, points], mode, MAP_PX, title, shapes=[frame], hovermode="closest", **around)


def grid_figure(mode: Mode, title: str, numbers: Floats, limit: float) -> Figure:
    """A few numbers (height, width) as text on their colours, which are pale enough to read on."""
    heat = _heat(mode, numbers, PALE * limit) | {
        "text": [[f"{round(each, 2) + 0.0:.2f}" for each in row] for row in numbers.tolist()],  # no -0.00
        "texttemplate": "%{text}", "textfont": {"size": house.FONT_PX, "color": house.color("text", mode)},
        "xgap": 2, "ygap": 2,
    }  # fmt: skip
    return house.figure([heat], mode, GRID_PX, title, **_square(numbers))


def products_figure(say: Words, mode: Mode, inputs: Floats, weights: Floats) -> Figure:
    """The largest products of a sum as bars, and the total of all others. `inputs` and `weights` are (units,)."""
    products = inputs * weights
    order = np.argsort(-np.abs(products), kind="stable")
    shown, others = order[:MAX_BARS], order[MAX_BARS:]
    names = [
        say("understand.pixel.product", number=int(each) + 1, input=float(inputs[each]), weight=float(weights[each]))
        for each in shown
    ]
    sizes = [float(products[each]) for each in shown]
    if len(others):
        names.append(say("understand.pixel.others", n=len(others)))
        sizes.append(float(products[others].sum()))
    bars = {
        "type": "bar", "orientation": "h", "x": sizes, "y": names, "hoverinfo": "skip",
        "text": [f"{size:+.3f}" for size in sizes], "textposition": "auto", "cliponaxis": False,
        "marker": {"color": [house.color(POSITIVE if size >= 0 else NEGATIVE, mode) for size in sizes]},
    }  # fmt: skip
    return house.figure(
        [bars], mode, BARS_PX, say("understand.pixel.products_title"), showlegend=False,
        margin={"l": 8, "r": 16, "t": TITLE_PX, "b": 28}, xaxis={"fixedrange": True},
        yaxis={"autorange": "reversed", "automargin": True, "fixedrange": True},
    )  # fmt: skip


def _heat(mode: Mode, numbers: Floats, limit: float) -> Figure:
    return {
        "type": "heatmap", "z": numbers.tolist(), "zmin": -(limit or 1), "zmax": limit or 1,
        "colorscale": scale(mode), "showscale": False, "hoverinfo": "skip",
    }  # fmt: skip


def _square(numbers: Floats) -> Figure:
    height, width = numbers.shape
    return {
        "margin": {"l": 4, "r": 4, "t": TITLE_PX, "b": 4},
        "xaxis": HIDDEN | {"range": [-0.5, width - 0.5], "constrain": "domain"},
        "yaxis": HIDDEN | {"range": [height - 0.5, -0.5], "constrain": "domain", "scaleanchor": "x"},
        "showlegend": False,
    }
