"""The benchmark table with goals and figures, also as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles

from tests.bench.goals import Goal


@dataclass(frozen=True)
class Figure:
    """A measured value in the goal's unit. `spread` is text: minimum and maximum, or percentiles, and the number."""

    value: float
    spread: str = ""
    note: str = ""


@dataclass(frozen=True)
class NotMeasured:
    """Why a row has no figure on this machine."""

    reason: str


@dataclass(frozen=True)
class Broken:
    """The error of a failed measurement. Its row counts as missed."""

    reason: str


Outcome = Figure | NotMeasured | Broken


def middle(values: Sequence[float], note: str = "") -> Figure:
    """The median, with the minimum and maximum."""
    return Figure(median(values), f"{_short(min(values))} to {_short(max(values))}, n={len(values)}", note)


def worst(values: Sequence[float], note: str = "") -> Figure:
    """The maximum."""
    return Figure(max(values), f"from {_short(min(values))}, n={len(values)}", note)


def p95(values: Sequence[float], note: str = "") -> Figure:
    """The 95th percentile, with the median and the maximum."""
    return Figure(
        percentile(values, 95), f"p50 {_short(median(values))}, max {_short(max(values))}, n={len(values)}", note
    )


def percentile(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]


def is_met(goal: Goal, outcome: Outcome) -> bool | None:
    """Whether the goal is met; None if this machine cannot measure it."""
    if isinstance(outcome, NotMeasured):
        return None
    if isinstance(outcome, Broken):
        return False
    return outcome.value >= goal.limit if goal.sense == ">=" else outcome.value <= goal.limit


def render(goals: Sequence[Goal], outcomes: Mapping[str, Outcome]) -> str:
    """The table as text, one line per row."""
    head = ("name", "what", "goal", "measured", "spread", "")
    lines = [head, *(_cells(goal, outcomes[goal.name]) for goal in goals if goal.name in outcomes)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    rows = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([rows[0], "-" * len(rows[0]), *rows[1:]])


def _cells(goal: Goal, outcome: Outcome) -> tuple[str, ...]:
    target = f"{goal.sense} {_short(goal.limit)} {goal.unit}"
    if not isinstance(outcome, Figure):
        verdict = "BROKEN" if isinstance(outcome, Broken) else "not measured"
        return goal.name, goal.what, target, "-", outcome.reason, verdict
    verdict = "met" if is_met(goal, outcome) else "MISSED"
    spread = "; ".join(part for part in (outcome.spread, outcome.note) if part)
    return goal.name, goal.what, target, f"{_short(outcome.value)} {goal.unit}", spread, verdict


def write_json(path: Path, goals: Sequence[Goal], outcomes: Mapping[str, Outcome]) -> None:
    rows = [
        {"name": g.name, "what": g.what, "goal": g.limit, "sense": g.sense, "unit": g.unit}
        | vars(outcomes[g.name])
        | {"met": is_met(g, outcomes[g.name])}
        for g in goals
        if g.name in outcomes
    ]
    path.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=2) + "\n", encoding="utf-8")


def machine() -> str:
    """The machine on which the figures were measured."""
    names = [line.split(":")[1].strip() for line in _cpuinfo() if line.startswith("model name")]
    cpu, load = next(iter(names), platform.machine()), os.getloadavg()[0]
    python = platform.python_version()
    return f"{os.cpu_count()} cores of {cpu}, torch {version('torch')}, Python {python}, load {load:.1f}"


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"
