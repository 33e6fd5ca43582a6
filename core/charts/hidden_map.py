"""The validation images as represented by the last hidden layer, as points in the plane."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.charts import house
from core.charts.house import Figure, Mode
from core.content.plain import columns
from core.content.words import Words

Points = NDArray[np.floating]
Classes = NDArray[np.integer]

PLOT_PX = 476
LEGEND_PX, ROW_PX, LETTER_PX = 84, 20, 7  # the legend with short names, a row of longer ones, the width of a letter
SHORT = 6  # columns (two per Chinese character) of a name among the points; longer ones would overlap
SIDE_BY_SIDE = 16  # columns of a name with its number, two of which fit beside each other on a phone
ROOM = 0.06  # beside the outermost points, as a share of the whole
GLIDE_MS = 500  # duration of the transition from one epoch's positions to the next
SYMBOLS = (*house.RUN_SYMBOLS, "x", "triangle-down", "pentagon", "hexagram")
MORE_ROLES = ("training", "validation", "text", "ghost")  # colours beyond those of six runs


def turned(maps: Sequence[Points]) -> list[Points]:
    """Maps of the same points (images, 2), each rotated or mirrored as a whole so that its points are as close as
    possible to those of the next map (orthogonal Procrustes, which keeps distances); the last one is unchanged."""
    result = list(maps[-1:])
    for points in reversed(maps[:-1]):
        left, _, right = np.linalg.svd(points.T @ result[0])
        result.insert(0, points @ (left @ right))
    return result


def map_figure(
    say: Words, mode: Mode, names: Sequence[str], points: Points, truths: Classes, taken: Classes, within: Points
) -> Figure:
    """One marker per image, in the colour and symbol of its class, with the class name in the middle of the class, or
    its number if names are long; a ring around misclassified images. The axes have room for all points `within`.
    `customdata` is the image's number."""
    present = np.unique(truths).tolist()
    is_short = max(columns(names[each]) for each in present) <= SHORT
    marks = names if is_short else [str(number) for number in range(len(names))]
    labels = [house.legend_name(name if is_short else f"{at}·{name}") for at, name in enumerate(names)]
    traces = [_class(say, mode, number, names, points, truths, taken) | {"name": labels[number]} for number in present]
    wrong = truths != taken
    ring = {
        "type": "scatter", "mode": "markers", "showlegend": False, "hoverinfo": "skip",
        "x": points[wrong, 0].tolist(), "y": points[wrong, 1].tolist(),
        "customdata": np.flatnonzero(wrong)[:, None].tolist(),
        "marker": {"symbol": "circle-open", "size": 16, "color": house.color("text", mode), "line": {"width": 2}},
    }  # fmt: skip
    below_px, legend = _legend([labels[number] for number in present], is_short)
    height = PLOT_PX + below_px
    legend["y"] = (below_px - 8) / height
    x, y = (_axis(within[:, side]) for side in range(2))
    return house.figure(
        [*traces, ring], mode, height, hovermode="closest", margin={"l": 8, "r": 8, "t": 8, "b": below_px},
        xaxis=x, yaxis=y | {"scaleanchor": "x"}, legend=legend, clickmode="event+select",
        annotations=_marks(mode, marks, points, truths),
        transition={"duration": GLIDE_MS, "easing": "cubic-in-out"},
    )  # fmt: skip


def _legend(labels: Sequence[str], is_short: bool) -> tuple[int, Figure]:
    """The height of the legend in px, and its layout: on a phone, long names are below each other."""
    width = max(map(columns, labels))
    if width > SIDE_BY_SIDE:
        return 24 + ROW_PX * sum(1 + label.count(house.LINE_BREAK) for label in labels), {"orientation": "v"}
    below_px = LEGEND_PX if is_short else 24 + ROW_PX * -(-len(labels) // 2)
    return below_px, {"entrywidth": 22 + LETTER_PX * width}


def _axis(numbers: Points) -> Figure:
    low, high = float(numbers.min()), float(numbers.max())
    room = (high - low) * ROOM or 1.0
    return {
        "range": [low - room, high + room], "showticklabels": False, "ticks": "", "fixedrange": True,
        "showgrid": False, "showline": True, "mirror": True,
    }  # fmt: skip


def _class(
    say: Words, mode: Mode, number: int, names: Sequence[str], points: Points, truths: Classes, taken: Classes
) -> Figure:
    own = np.flatnonzero(truths == number)
    colors = (*house.RUN_COLORS[mode], *(house.color(role, mode) for role in MORE_ROLES))
    return {
        "type": "scatter", "mode": "markers",
        "x": points[own, 0].tolist(), "y": points[own, 1].tolist(), "customdata": own[:, None].tolist(),
        "text": [say("understand.map.hover", n=int(image) + 1, truth=names[number], taken=names[taken[image]])
                 for image in own],
        "hoverinfo": "text", "unselected": {"marker": {"opacity": 0.9}},
        "marker": {"symbol": SYMBOLS[number], "size": 8, "color": colors[number], "opacity": 0.9},
    }  # fmt: skip


def _marks(mode: Mode, marks: Sequence[str], points: Points, truths: Classes) -> list[Figure]:
    middles = {number: np.median(points[truths == number], axis=0) for number in np.unique(truths).tolist()}
    return [
        {
            "x": float(x), "y": float(y), "text": f"<b>{marks[number]}</b>", "showarrow": False,
            "font": {"size": house.TITLE_PX, "color": house.color("text", mode)}, "borderpad": 0,
            "bgcolor": house.color("background", mode, 0.6),
        }
        for number, (x, y) in middles.items()
    ]  # fmt: skip
