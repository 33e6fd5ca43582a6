"""Charts of published figures on the Scale page: accelerators, and the roofline of one accelerator."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from core.charts import house
from core.charts.evidence import AS_OF, Evidence, chart, labels, table_row
from core.charts.house import Figure, Mode
from core.content.words import Words
from core.facts.tables import Row, known, table
from core.survey.roofline import INTENSITIES, attainable_tflops, flop_per_byte

FIRST = "tesla_p100_sxm2"  # the reference for the others
SPEED, BANDWIDTH = "peak_tflops_16bit_dense", "memory_bandwidth_gb_s"
SHORT = {
    "tesla_p100_sxm2": "P100", "tesla_v100_sxm2_16_gb": "V100", "a100_sxm_80_gb": "A100", "h100_sxm5": "H100",
    "b300_blackwell_ultra": "B300", "h20": "H20", "tpu_v7_ironwood": "TPU v7",
}  # fmt: skip
INTENSITY_RANGE = (0.1, 10_000.0)  # FLOP per byte
View = Literal["growth", "ratio"]
VIEWS: tuple[View, ...] = ("growth", "ratio")
LABELLED: Mapping[View, Mapping[str, str]] = {  # label positions that hide no other point
    "growth": {
        "tesla_p100_sxm2": "bottom center", "tesla_v100_sxm2_16_gb": "top left", "a100_sxm_80_gb": "top center",
        "h100_sxm5": "top left", "tpu_v7_ironwood": "top center",
    },
    "ratio": {
        "tesla_p100_sxm2": "top center", "tesla_v100_sxm2_16_gb": "top left", "a100_sxm_80_gb": "bottom center",
        "h100_sxm5": "middle left", "b300_blackwell_ultra": "bottom center", "h20": "top center",
    },
}  # fmt: skip


def released_chips() -> list[Row]:
    """Accelerators with a known 16-bit speed, bandwidth and release date."""
    return known(table("accelerators"), "released", SPEED, BANDWIDTH)


def chips_evidence(say: Words, mode: Mode, view: View = "growth") -> Evidence:
    """Speed and bandwidth as multiples of the P100's, or their ratio in FLOP per byte."""
    rows = released_chips()
    if view == "growth":
        first = table("accelerators")[FIRST]
        speeds = [row.number(SPEED) / first.number(SPEED) for row in rows]
        bandwidths = [row.number(BANDWIDTH) / first.number(BANDWIDTH) for row in rows]
        data = [
            _pairs(rows, speeds, bandwidths, mode),
            _chips(say, rows, speeds, "speed", "training", "circle", mode) | _labels(rows, view),
            _chips(say, rows, bandwidths, "bandwidth", "validation", "diamond", mode),
        ]
        y = {"title": {"text": say("scale.chart.y_growth")}, "type": "log", "tickvals": [0.5, 1, 2, 5, 10, 20, 50, 100]}
    else:
        ratios = [flop_per_byte(row) for row in rows]
        data = [_chips(say, rows, ratios, "ratio", "third", "square", mode) | _labels(rows, view)]
        y = {"title": {"text": say("scale.chart.y_ratio")}, "rangemode": "tozero"}
    x = {"title": {"text": say("scale.chart.x")}, "type": "date", "range": ["2015-09-01", "2026-09-01"]}
    return Evidence(
        figure=chart(data, say(f"scale.chart.title_{view}"), x, y, mode),
        alt=say(f"scale.chart.alt_{view}"),
        rows=[_chip_row(say, row) for row in rows],
        sources=list(dict.fromkeys((row["name"], row["source_url"]) for row in rows)),
        as_of=AS_OF,
    )


def roofline_evidence(say: Words, mode: Mode, chip: str) -> Evidence:
    """The speed that one accelerator can reach at each arithmetic intensity in FLOP per byte, with four workloads."""
    row = table("accelerators")[chip]
    ridge, peak = flop_per_byte(row), row.number(SPEED)
    ends = [INTENSITY_RANGE[0], ridge, INTENSITY_RANGE[1]]
    reached = {name: attainable_tflops(row, intensity) for name, intensity in INTENSITIES.items()}
    roof = {
        "type": "scatter", "mode": "lines", "x": ends, "y": [attainable_tflops(row, each) for each in ends],
        "line": {"color": house.color("training", mode), "width": 3}, "name": row["name"], "hoverinfo": "skip",
    }  # fmt: skip
    kinds = {
        "type": "scatter", "mode": "markers+text", "x": list(INTENSITIES.values()), "y": list(reached.values()),
        "text": [say(f"scale.work.{name}") for name in INTENSITIES], "textfont": {"size": house.SMALL_PX},
        "textposition": ["bottom right", "bottom right", "top left", "top left"],
        "marker": {"color": house.color("validation", mode), "symbol": "diamond", "size": 12},
        "name": say("scale.roof.kinds"), "hovertemplate": say("scale.roof.hover") + "<extra></extra>",
    }  # fmt: skip
    x = {"title": {"text": say("scale.roof.x")}, "type": "log", "dtick": 1, **house.WHOLE}
    y = {"title": {"text": say("scale.roof.y")}, "type": "log", "dtick": 1, **house.WHOLE}
    x["range"] = [math.log10(each) for each in INTENSITY_RANGE]
    y["range"] = [math.log10(roof["y"][0]) - 0.1, math.log10(peak) + 0.5]  # room for the upper label
    table_rows = [
        table_row(
            say, "scale.table", work=say(f"scale.work.{name}"), intensity=round(intensity, 2),
            reached=round(reached[name], 2), share=round(100 * reached[name] / peak, 1),
        )
        for name, intensity in INTENSITIES.items()
    ]  # fmt: skip
    return Evidence(
        figure=chart([roof, kinds], say("scale.roof.title", chip=row["name"]), x, y, mode),
        alt=say("scale.roof.alt", chip=row["name"], ridge=round(ridge)),
        rows=table_rows,
        sources=[(row["name"], row["source_url"])],
        as_of=AS_OF,
    )


def _chips(
    say: Words, rows: Sequence[Row], values: Sequence[float], name: str, role: str, symbol: str, mode: Mode
) -> Figure:
    """The accelerators; figures from third parties are hollow."""
    own = [row["source"].startswith("Vendor") for row in rows]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": say(f"scale.chart.{name}"),
        "x": [row["released"] for row in rows],
        "y": list(values),
        "customdata": [
            [row["name"], row.number(SPEED), row.number(BANDWIDTH), round(flop_per_byte(row))] for row in rows
        ],
        "hovertemplate": say("scale.chart.hover") + "<extra></extra>",
        "marker": {
            "color": house.color(role, mode),
            "symbol": [symbol if each else f"{symbol}-open" for each in own],
            "size": 10,
        },
    }


def _labels(rows: Sequence[Row], view: View) -> Figure:
    names = labels(rows, [SHORT.get(row["key"], "") for row in rows], LABELLED[view])
    return {"mode": "markers+text", "cliponaxis": False, **names}


def _pairs(rows: Sequence[Row], upper: Sequence[float], lower: Sequence[float], mode: Mode) -> Figure:
    """A thin line from each chip's bandwidth to its speed."""
    return {
        "type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": False,
        "x": [each for row in rows for each in (row["released"], row["released"], None)],
        "y": [each for pair in zip(upper, lower, strict=True) for each in (*pair, None)],
        "line": {"color": house.color("ghost", mode, 0.45), "width": 1},
    }  # fmt: skip


def _chip_row(say: Words, row: Row) -> dict[str, Any]:
    return table_row(
        say, "scale.table", chip=row["name"], released=row["released"], speed=row[SPEED], bandwidth=row[BANDWIDTH],
        ratio=round(flop_per_byte(row)), source=row["source_url"],
    )  # fmt: skip
