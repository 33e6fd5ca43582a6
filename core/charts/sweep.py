"""The whole class as a sweep: final validation accuracy against learning rate, one point per run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.charts import house
from core.charts.house import Figure, Mode
from core.content.numbers import digits

HEIGHT_PX = 440
POINT_PX, MARK_PX = 14, 22  # visible from the last row
MOST_DECADES = 3  # up to this many decades, 3 × 10ⁿ is labelled too
TITLE_STANDOFF_PX = 32  # from a log axis, whose tick labels Plotly does not take into account


@dataclass(frozen=True)
class SweepPoint:
    """One run: its final accuracy and optimizer; `failed` if it collapsed or diverged."""

    run_id: str
    learning_rate: float
    accuracy: float
    optimizer: str
    label: str
    mine: bool
    failed: bool


def sweep_figure(
    points: Sequence[SweepPoint],
    texts: Mapping[str, str],
    mode: Mode,
    chance: float = 0.1,
    largest: float | None = None,
) -> Figure:
    """One trace per optimizer, by colour and marker; failed runs are crossed out, the reader's own are ringed. `chance`
    is the accuracy of guessing, `largest` that of always answering the largest class if one is much larger."""
    optimizers = list(dict.fromkeys(point.optimizer for point in points))
    data = [_trace([p for p in points if p.optimizer == name], name, at, mode) for at, name in enumerate(optimizers)]
    if failed := [point for point in points if point.failed]:
        data.append(_overlay(failed, texts["failed"], "x-thin", "text", mode))
    if mine := [point for point in points if point.mine]:
        data.append(_overlay(mine, texts["mine"], "circle-open", "primary", mode))
    return house.figure(
        data,
        mode,
        title=texts["sweep.title"],
        **house.legend_room(data, HEIGHT_PX),
        hovermode="closest",
        shapes=[
            house.level_line(texts[text], level, mode, "start")
            for text, level in (("guessing", chance), ("largest", largest))
            if level
        ],
        xaxis={
            "type": "log",
            "title": {"text": texts["axis.learning_rate"], "standoff": TITLE_STANDOFF_PX},
            **_rate_ticks(points),
        },
        yaxis=dict(house.ACCURACY),
    )


def _rate_ticks(points: Sequence[SweepPoint]) -> Figure:
    """Powers of ten, and 3 × 10ⁿ between them if a phone has room for them."""
    powers = [math.log10(point.learning_rate) for point in points] or [0.0]
    lowest, highest = math.floor(min(powers)), math.ceil(max(powers))
    first_digits = (1, 3) if highest - lowest <= MOST_DECADES else (1,)
    around = range(lowest - 1, highest + 2)  # the axis extends beyond the points
    ticks = [float(f"{digit}e{power}") for power in around for digit in first_digits]
    return {"tickvals": ticks, "ticktext": [digits(tick) for tick in ticks]}


def _trace(points: Sequence[SweepPoint], name: str, number: int, mode: Mode) -> Figure:
    color, _, symbol = house.run_look(number, mode)
    look = {"color": color, "symbol": symbol, "size": POINT_PX, "opacity": 0.8}
    return _markers(points, name, look) | {
        "text": [house.literal(point.label) for point in points],
        "customdata": [point.run_id for point in points],
        "hovertemplate": "%{text}<br>%{x} · %{y:.1%}<extra></extra>",
    }


def _overlay(points: Sequence[SweepPoint], name: str, symbol: str, role: str, mode: Mode) -> Figure:
    ink = house.color(role, mode)
    look = {"symbol": symbol, "size": MARK_PX, "color": ink, "line": {"color": ink, "width": 2}}
    return _markers(points, name, look) | {"hoverinfo": "skip"}


def _markers(points: Sequence[SweepPoint], name: str, look: Mapping[str, object]) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "cliponaxis": False,
        "x": [point.learning_rate for point in points],
        "y": [point.accuracy for point in points],
        "marker": dict(look),
    }
