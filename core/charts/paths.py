"""Several optimizers' paths down one surface."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.charts import house
from core.charts.evidence import AS_OF, Evidence, chart, sources_of
from core.charts.house import Figure, Mode
from core.content.words import Words
from core.facts.tables import table
from core.survey.paths import RULES, SURFACES, Path, Surface, path

HEIGHT_PX = 460  # six names need more legend lines than other charts
GRID = 81  # points of the surface along each axis
LEVELS = 14
# Traces: the surface, then all paths, then the markers at their ends.
LINES = range(1, 1 + len(RULES))
HEADS = range(1 + len(RULES), 1 + 2 * len(RULES))


def paths_evidence(say: Words, mode: Mode, surface: str, learning_rate: float) -> Evidence:
    """The surface as contours, each optimizer's path, and a marker at its end."""
    ground = SURFACES[surface]
    paths = {name: path(name, ground, learning_rate) for name in RULES}
    data = [_heights(ground, mode)]
    data += [_line(name, taken, number, mode) for number, (name, taken) in enumerate(paths.items())]
    data += [_head(name, taken, number, mode) for number, (name, taken) in enumerate(paths.items())]
    (left, right), (bottom, top) = ground.box
    title = say("deep.paths.title", surface=say(f"deep.surface.{surface}"), rate=f"{learning_rate:g}")
    figure = chart(
        data,
        title,
        {"title": {"text": say("deep.paths.x")}, "range": [left, right]},
        {"title": {"text": say("deep.paths.y")}, "range": [bottom, top], "showgrid": False},
        mode,
        shapes=[_lowest(place, mode) for place in ground.lowest],
        height=HEIGHT_PX,
        margin={"b": house.BOTTOM_PX},
        legend={"y": house.legend_top(HEIGHT_PX)},
    )
    return Evidence(
        figure=figure,
        alt=say("deep.paths.alt", surface=say(f"deep.surface.{surface}"), rate=f"{learning_rate:g}"),
        rows=[row for name, taken in paths.items() for row in _rows(say, name, taken, ground)],
        sources=[ground.source, *sources_of(table("optimizers")[name] for name in RULES)],
        as_of=AS_OF,
    )


def short_name(name: str) -> str:
    """An optimizer's name, short enough for a legend."""
    return str(table("optimizers")[name]["name"]).split(" ", 1)[0]


def _heights(ground: Surface, mode: Mode) -> Figure:
    """Contours of the loss, equally spaced in its logarithm, so that the floor of a valley is visible."""
    (left, right), (bottom, top) = ground.box
    x, y = np.linspace(left, right, GRID), np.linspace(bottom, top, GRID)
    loss = ground.loss(*np.meshgrid(x, y))
    grey = house.color("ghost", mode)
    return {
        "type": "contour",
        "x": x.round(4).tolist(),
        "y": y.round(4).tolist(),
        "z": np.log10(loss - min(ground.loss(*place) for place in ground.lowest) + 0.1).round(4).tolist(),
        "ncontours": LEVELS,
        "contours": {"coloring": "lines"},
        "colorscale": [[0, grey], [1, grey]],
        "line": {"width": 1},
        "opacity": 0.45,
        "showscale": False,
        "hoverinfo": "skip",
    }


def _line(name: str, taken: Path, number: int, mode: Mode) -> Figure:
    color, dash, _ = house.run_look(number, mode)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": short_name(name),
        "x": taken.points[:, 0].round(5).tolist(),
        "y": taken.points[:, 1].round(5).tolist(),
        "line": {"color": color, "dash": dash, "width": 2},
        "legendgroup": name,
        "showlegend": False,
        "hovertemplate": f"{short_name(name)}<br>%{{x:.3f}}, %{{y:.3f}}<extra></extra>",
    }


def _head(name: str, taken: Path, number: int, mode: Mode) -> Figure:
    x, y = taken.points[-1].round(5).tolist()
    color, _, symbol = house.run_look(number, mode)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": short_name(name),
        "x": [x],
        "y": [y],
        "marker": {"color": color, "symbol": symbol, "size": 12},
        "legendgroup": name,
        "hoverinfo": "skip",
    }


def _lowest(place: tuple[float, float], mode: Mode) -> Figure:
    """A ring around a minimum, of fixed size on the screen."""
    ring = {"type": "circle", "xsizemode": "pixel", "ysizemode": "pixel", "xanchor": place[0], "yanchor": place[1]}
    return ring | {"x0": -9, "x1": 9, "y0": -9, "y1": 9, "line": {"color": house.color("text", mode), "width": 2}}


def _rows(say: Words, name: str, taken: Path, ground: Surface) -> list[dict[str, Any]]:
    columns = [say(f"deep.paths.{key}") for key in ("optimizer", "step", "first", "second", "loss")]
    label = short_name(name)
    points = enumerate(taken.points.tolist())
    return [dict(zip(columns, (label, step, x, y, float(ground.loss(x, y))), strict=True)) for step, (x, y) in points]
