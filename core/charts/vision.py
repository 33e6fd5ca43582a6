"""Charts of the page on vision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.charts import house
from core.charts.evidence import AS_OF, TORCHVISION, Evidence, chart, labels, table_row
from core.charts.house import Figure, Mode
from core.content.words import Words
from core.facts.tables import Row
from core.survey.vision import work_rows

LARGEST_PX = 46  # diameter of the marker with the most parameters
LABELLED = {
    "alexnet": "middle right", "squeezenet_1_1": "top right", "vgg_19": "bottom center", "resnet_34": "bottom center",
    "resnet_152": "bottom center", "mobilenet_v2": "bottom center", "efficientnet_b0": "top center",
    "efficientnetv2_l": "top left", "vit_b_16": "bottom center", "vit_l_16": "bottom center",
}  # fmt: skip
TICKS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50]


def work_evidence(say: Words, mode: Mode, transformers: bool = False) -> Evidence:
    """ImageNet top-1 against multiply-adds per image; a marker's area is proportional to the number of parameters."""
    shown = {"cnn": work_rows("cnn")} | ({"transformer": work_rows("transformer")} if transformers else {})
    every = [row for rows in shown.values() for row in rows]
    largest = max(row.number("parameters") for row in every)
    looks = {"cnn": ("training", "circle"), "transformer": ("fourth", "diamond")}
    data = [_networks(say, rows, kind, *looks[kind], largest, mode) for kind, rows in shown.items()]
    x = {"title": {"text": say("vision.chart.x")}, "type": "log", "tickvals": TICKS, "range": [-0.98, 2.2]}
    y = {"title": {"text": say("vision.chart.y")}, "ticksuffix": "%", "range": [53, 92]}
    return Evidence(
        figure=chart(data, say("vision.chart.title"), x, y, mode, legend_lines=3, showlegend=True),
        alt=say("vision.chart.alt"),
        rows=[_table_row(say, row) for row in every],
        sources=[TORCHVISION],
        as_of=AS_OF,
    )


def _networks(say: Words, rows: Sequence[Row], kind: str, role: str, symbol: str, largest: float, mode: Mode) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": say(f"vision.chart.{kind}"),
        "x": [row.number("gflops") for row in rows],
        "y": [row.number("top1_percent") for row in rows],
        "marker": {
            "color": house.color(role, mode, 0.35),
            "line": {"color": house.color(role, mode), "width": 1.5},
            "symbol": symbol,
            "size": [row.number("parameters") for row in rows],
            "sizemode": "area",
            "sizeref": 2 * largest / LARGEST_PX**2,
            "sizemin": 3,
        },
        **labels(rows, [row["model"] for row in rows], LABELLED),
        "customdata": [[row["model"], row.number("parameters") / 1e6] for row in rows],
        "hovertemplate": "%{customdata[0]}<br>" + say("vision.chart.hover") + "<extra></extra>",
    }


def _table_row(say: Words, row: Row) -> dict[str, Any]:
    return table_row(
        say, "vision.table", model=row["model"], published=row["published"], work=row["gflops"],
        top1=row["top1_percent"], parameters=row["parameters"], weights=row["weights_or_setting"],
        source=row["source_url"],
    )  # fmt: skip
