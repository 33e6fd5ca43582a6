"""The points of the survey's charts are in view, and in the table below."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest

from core.charts.applications import speech_evidence
from core.charts.deep import depth_evidence
from core.charts.evidence import Evidence
from core.charts.landmarks import all_evidence, opening_evidence
from core.charts.language import mmlu_evidence
from core.charts.outlook import forecast_evidence
from core.charts.paths import paths_evidence
from core.charts.privacy import DATA_SETS, cost_evidence
from core.charts.scale import chips_evidence, roofline_evidence
from core.charts.scale_calculators import laws_evidence, memory_evidence
from core.charts.split import split_evidence
from core.charts.tasks import task_evidence
from core.charts.vision import work_evidence
from core.content.words import Words
from core.survey.fits import year_of
from core.survey.landmarks import MEASURES
from core.survey.language import COMPUTE, SIZE, TASKS
from core.survey.scaling import GOPHER_FLOP

SAY = Words("en")
DATE = re.compile(r"20\d\d-\d\d")
CHARTS = {
    "depth": lambda: depth_evidence(SAY, "light", transformers=True),
    "work": lambda: work_evidence(SAY, "light", transformers=True),
    "speech": lambda: speech_evidence(SAY, "light"),
    "compute": lambda: mmlu_evidence(SAY, "light", COMPUTE),
    "size": lambda: mmlu_evidence(SAY, "light", SIZE),
    "split": lambda: split_evidence(SAY, "light", tried_b=(70, 280), at_b=70, revealed=True),
    "forecast": lambda: forecast_evidence(SAY, "light", guesses=(1e12, 2e12), revealed=True),
    "ratio": lambda: chips_evidence(SAY, "light", "ratio"),
    "roof": lambda: roofline_evidence(SAY, "light", "h100_sxm5"),
    "memory": lambda: memory_evidence(SAY, "light", "adam_mixed", 7.5e9, 64, 2e9, "h100_sxm5"),
    "laws": lambda: laws_evidence(SAY, "light", GOPHER_FLOP),
    "paths": lambda: paths_evidence(SAY, "light", "valley", 0.01),
    "home": partial(opening_evidence, SAY, "light", (2.965e11, "2026-11-23", "own_run")),
    **{measure: partial(all_evidence, SAY, "light", measure) for measure in MEASURES},
    **{task: partial(task_evidence, SAY, "light", task) for task in TASKS},
    **{name: partial(cost_evidence, SAY, "light", name) for name in DATA_SETS},
}


def told(value: Any, row: Mapping[str, Any]) -> set[str]:
    """The columns of a row that hold a coordinate; numbers are rounded there, and dates are not years."""
    return {head for head, cell in row.items() if is_same(value, cell)}


def is_same(value: Any, cell: Any) -> bool:
    if isinstance(value, str):
        return isinstance(cell, str) and cell != "" and value.startswith(cell)
    if isinstance(cell, str):
        return bool(DATE.match(cell)) and value == pytest.approx(year_of(cell))
    return cell is not None and value == pytest.approx(cell, rel=0.005, abs=0.005)


def is_row(point: tuple[Any, Any], row: Mapping[str, Any]) -> bool:
    """Whether a row holds both coordinates, each in a column of its own."""
    x, y = (told(value, row) for value in point)
    return bool(x and y and len(x | y) > 1)


def is_inside(value: Any, axis: Mapping[str, Any]) -> bool:
    """Whether a coordinate is in the range of its axis, which for a logarithmic one is of powers of ten."""
    low, high = axis.get("range", (value, value))
    if axis.get("type") == "log" and "range" in axis:
        low, high = 10**low, 10**high
    return bool(low <= value <= high)


@pytest.mark.parametrize("build", CHARTS.values(), ids=list(CHARTS))
def test_every_point_is_in_view_and_in_a_row_of_the_table(build: Callable[[], Evidence]) -> None:
    chart = build()
    layout = chart.figure["layout"]
    traces = [t for t in chart.figure["data"] if t["type"] == "bar" or "markers" in t.get("mode", "")]
    models = [t for t in traces if t.get("name") != SAY("outlook.chart.guess")]
    points = [point for trace in models for point in zip(trace["x"], trace["y"], strict=True) if None not in point]
    assert points
    assert [point for point in points if not any(is_row(point, row) for row in chart.rows)] == []
    assert [(x, y) for x, y in points if not is_inside(x, layout["xaxis"]) or not is_inside(y, layout["yaxis"])] == []
