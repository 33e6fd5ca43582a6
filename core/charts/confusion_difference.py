"""The difference of two confusion matrices, as one heatmap of counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.charts import house, tiles
from core.charts.house import Figure, Mode

HEIGHT_PX = 444
SAVE_PX = 32  # room above the cells for the save button, which is always visible on a phone


def confusion_difference_figure(
    difference: NDArray[np.int64], names: Sequence[str], texts: Mapping[str, str], mode: Mode
) -> Figure:
    """`difference` is (classes, columns), true class by prediction: how many more images the second network has there.
    `names` begins with the classes. A cell shows its number with its sign; `texts` has `taken`, `truth` and `hover`."""
    most = int(np.abs(difference).max()) or 1
    columns, rows = list(names[: difference.shape[1]]), list(names[: len(difference)])
    axis: dict[str, Any] = {"showgrid": False, "fixedrange": True, "automargin": True}
    heat = {
        "type": "heatmap",
        "z": difference.tolist(),
        "x": columns,
        "y": rows,
        "zmin": -most,
        "zmax": most,
        "colorscale": tiles.scale(mode),
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "hovertemplate": texts["hover"] + "<extra></extra>",
    }
    numbers = _numbers(difference, columns, rows, tiles.signed(difference.astype(np.float32), mode, most))
    return house.figure(
        [heat, numbers],
        mode,
        HEIGHT_PX,
        margin={"l": 44, "r": 8, "t": SAVE_PX, "b": 48},
        xaxis=axis | house.name_ticks(columns) | {"title": {"text": texts["taken"]}},
        yaxis=axis | house.name_ticks(rows) | {"title": {"text": texts["truth"]}, "autorange": "reversed"},
    )


def _numbers(
    difference: NDArray[np.int64], columns: Sequence[str], rows: Sequence[str], grounds: NDArray[np.uint8]
) -> Figure:
    """The numbers of the cells that differ, each readable on its background; a heatmap has only one text colour."""
    cells, differing = np.argwhere(difference).tolist(), difference != 0
    return {
        "type": "scatter",
        "mode": "text",
        "x": [columns[taken] for _, taken in cells],
        "y": [rows[truth] for truth, _ in cells],
        "text": [f"{n:+d}".replace("-", "−") for n in difference[differing].tolist()],
        "textfont": {"color": tiles.inks(grounds[differing])},
        "hoverinfo": "skip",
        "showlegend": False,
    }
