"""Charts of the page on deep networks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from core.charts import house
from core.charts.evidence import AS_OF, TORCHVISION, Evidence, chart, labels, name_apart, table_row
from core.charts.house import Figure, Mode
from core.content.words import Words
from core.facts.tables import Row, table
from core.survey.depth import depth_rows

NEWER = "resnet_50_newer_recipe_v2"
LABELLED = {
    "alexnet": "middle right", "vgg_19": "top center", "resnet_18": "bottom right", "resnet_50": "bottom right",
    "densenet_121": "bottom center", "googlenet": "middle right",
}  # fmt: skip
APART, APART_PX = "resnet_152", (0, -30)


def depth_evidence(say: Words, mode: Mode, transformers: bool = False) -> Evidence:
    """ImageNet top-1 against depth, with families joined, and an arrow to ResNet-50 with a newer recipe."""
    cnns = depth_rows("cnn")
    newer = table("imagenet_top1")[NEWER]
    data = [_family(say, rows, mode) for rows in _families(cnns) if len(rows) > 1]
    data.append(_networks(say, cnns, "cnn", "training", "circle", mode))
    data.append(_networks(say, [newer], "newer", "validation", "star", mode))
    shown = [*cnns, newer]
    if transformers:
        others = depth_rows("transformer")
        data.append(_networks(say, others, "transformer", "fourth", "diamond", mode))
        shown += others
    x = {"title": {"text": say("deep.chart.x")}, "type": "log", "tickvals": [8, 12, 18, 34, 50, 101, 201]}
    y = {"title": {"text": say("deep.chart.y")}, "ticksuffix": "%"}
    figure = chart(
        data, say("deep.chart.title"), x, y, mode, legend_lines=3, annotations=[_arrow(newer, mode), _apart(mode)]
    )
    return Evidence(
        figure=figure,
        alt=say("deep.chart.alt"),
        rows=[_table_row(say, row) for row in shown],
        sources=[TORCHVISION],
        as_of=AS_OF,
    )


def _families(rows: Sequence[Row]) -> list[list[Row]]:
    families: dict[str, list[Row]] = {}
    for row in rows:
        families.setdefault(row["family"], []).append(row)
    return [sorted(family, key=lambda row: row.number("depth_layers")) for family in families.values()]


def _family(say: Words, rows: Sequence[Row], mode: Mode) -> Figure:
    return _xy(rows) | {
        "mode": "lines",
        "name": say("deep.chart.family", family=rows[0]["family"]),
        "line": {"color": house.color("ghost", mode), "width": 1.5},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _networks(say: Words, rows: Sequence[Row], key: str, role: str, symbol: str, mode: Mode) -> Figure:
    return _xy(rows) | {
        "mode": "markers+text",
        "name": say(f"deep.chart.{key}"),
        "marker": {"color": house.color(role, mode), "symbol": symbol, "size": 11},
        **labels(rows, [row["model"] for row in rows], LABELLED),
        "customdata": [_name(say, row) for row in rows],
        "hovertemplate": "%{customdata}<br>" + say("deep.chart.hover") + "<extra></extra>",
    }


def _xy(rows: Sequence[Row]) -> Figure:
    return {
        "type": "scatter",
        "x": [row.number("depth_layers") for row in rows],
        "y": [row.number("top1_percent") for row in rows],
    }


def _apart(mode: Mode) -> Figure:
    """The name of the deepest ResNet, apart from its neighbours."""
    row = table("imagenet_top1")[APART]
    depth, accuracy = math.log10(row.number("depth_layers")), row.number("top1_percent")
    return name_apart(row["model"], depth, accuracy, APART_PX, mode)


def _arrow(newer: Row, mode: Mode) -> Figure:
    """From the old recipe of ResNet-50 to the new one."""
    older = table("imagenet_top1")["resnet_50"]
    return {
        "x": math.log10(newer.number("depth_layers")), "y": newer.number("top1_percent"),
        "ax": math.log10(older.number("depth_layers")), "ay": older.number("top1_percent"),
        "xref": "x", "yref": "y", "axref": "x", "ayref": "y", "showarrow": True, "arrowhead": 2, "arrowwidth": 2,
        "arrowcolor": house.color("validation", mode), "text": "", "standoff": 8, "startstandoff": 8,
    }  # fmt: skip


def _name(say: Words, row: Row) -> str:
    return say("deep.chart.newer") if row["key"] == NEWER else str(row["model"])


def _table_row(say: Words, row: Row) -> dict[str, Any]:
    return table_row(
        say, "deep.table", model=_name(say, row), published=row["published"], depth=row["depth_layers"],
        top1=row["top1_percent"], parameters=row["parameters"], weights=row["weights_or_setting"],
        source=row["source_url"],
    )  # fmt: skip
