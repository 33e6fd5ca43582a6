"""The number of images in each class of a reader's own data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.charts import house
from core.charts.house import Figure, Mode

ROW_PX = 28
AROUND_PX = 138  # title, axis and two rows of legend, as long names leave a phone no room for one


def class_counts_figure(
    names: Sequence[str], train: Sequence[int], validation: Sequence[int], texts: Mapping[str, str], mode: Mode
) -> Figure:
    """One bar per class, training before validation; `texts` are the texts below `own.holds`."""
    height = AROUND_PX + ROW_PX * len(names)
    parts = (("training", train, ""), ("validation", validation, "/"))
    bars = [
        {
            "type": "bar", "orientation": "h", "name": texts[role], "y": list(names), "x": list(counts),
            "marker": {
                "color": house.color(role, mode),
                "pattern": {"shape": hatch, "fillmode": "overlay", "fgcolor": house.color("background", mode)},
            },
            "hovertemplate": "%{y} · %{x}",
        }
        for role, counts, hatch in parts
    ]  # fmt: skip
    return house.figure(
        bars, mode, height, texts["chart_title"], barmode="stack", margin={"l": 8, "r": 12, "t": 44, "b": 82},
        legend={"y": 50 / height, "traceorder": "normal"},
        xaxis={"rangemode": "tozero", "showgrid": True},
        yaxis=house.name_ticks(names) | {"autorange": "reversed", "showgrid": False, "automargin": True},
    )  # fmt: skip
