"""Where two networks' confusions differ: one heatmap of counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.charts import house, tiles
from core.charts.house import Figure, Mode

HEIGHT_PX = 420


def confusion_difference_figure(
    difference: NDArray[np.int64], names: Sequence[str], texts: Mapping[str, str], mode: Mode
) -> Figure:
    """`difference` is (classes, classes), truth by taken: how many more images the second network has there. A cell
    tells it with its sign; `texts` has `taken`, `truth` and `hover`."""
    most = int(np.abs(difference).max()) or 1
    told = [["" if not n else f"{n:+d}".replace("-", "−") for n in row] for row in difference.tolist()]
    axis: dict[str, Any] = {"type": "category", "showgrid": False, "fixedrange": True, "automargin": True}
    return {
        "data": [
            {
                "type": "heatmap",
                "z": difference.tolist(),
                "x": list(names),
                "y": list(names),
                "zmin": -most,
                "zmax": most,
                "colorscale": tiles.scale(mode),
                "showscale": False,
                "xgap": 1,
                "ygap": 1,
                "text": told,
                "texttemplate": "%{text}",
                "hovertemplate": texts["hover"] + "<extra></extra>",
            }
        ],
        "layout": {
            "template": house.template(mode),
            "height": HEIGHT_PX,
            "margin": {"l": 44, "r": 8, "t": 8, "b": 48},
            "xaxis": axis | {"title": {"text": texts["taken"]}},
            "yaxis": axis | {"title": {"text": texts["truth"]}, "autorange": "reversed"},
        },
    }
