"""Several runs in one chart: loss and validation accuracy over steps, epochs, images or seconds; seeds as a band."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.charts import house
from core.charts.house import Figure, Mode
from core.charts.training import SMOOTHING, loss_axis, smooth
from core.models import NUM_CLASSES

Axis = Literal["epoch", "step", "images", "seconds"]
Curve = tuple[list[float], list[float | None]]
AXES: tuple[Axis, ...] = ("epoch", "step", "images", "seconds")
BAND_OPACITY = 0.18
GRID = 200  # points of a band
SPARSE_MARKERS = 8  # on a line of many points; dashes alone are hard to tell apart


@dataclass(frozen=True)
class ComparedRun:
    """A run to draw: `steps` and `losses` of its (thinned) loss curve, `epochs` as in the stream's epoch events.

    `group` is equal for runs that differ only in their seed; `chance` and `chance_loss` are the accuracy and the loss
    of guessing, `largest` the accuracy of always answering the largest class if one is much larger.
    """

    id: str
    label: str
    group: str
    seed: int
    steps: Sequence[float]
    losses: Sequence[float | None]
    epochs: Sequence[Mapping[str, Any]]
    steps_per_epoch: int
    images_per_epoch: int
    step_s: float
    chance: float = 1 / NUM_CLASSES
    chance_loss: float = math.log(NUM_CLASSES)
    largest: float | None = None

    def scale(self, axis: Axis) -> float:
        """The length of one step on that axis."""
        per_step: dict[Axis, float] = {
            "epoch": 1 / self.steps_per_epoch,
            "step": 1.0,
            "images": self.images_per_epoch / self.steps_per_epoch,
            "seconds": self.step_s,
        }
        return per_step[axis]


def compare_figures(
    runs: Sequence[ComparedRun], axis: Axis, texts: Mapping[str, str], mode: Mode, *, band: bool
) -> dict[str, Figure]:
    """The charts `loss` and `accuracy`. With `band`, runs that differ only in their seed become one line in a band."""
    figures: dict[str, Figure] = {}
    end = max((_end(run, axis) for run in runs), default=0.0)
    levels = {
        "loss": {("guessing", run.chance_loss) for run in runs},
        "accuracy": {("largest", run.largest) if run.largest else ("guessing", run.chance) for run in runs},
    }
    for name, without_learning in levels.items():
        data = _traces(runs, name, axis, texts, mode, band)
        layout = _layout(name, axis, texts, mode, without_learning, end) | house.legend_room(data)
        figures[name] = house.figure(data, mode, title=texts[f"{name}.title"], **layout)
    return figures


def last_values(figure: Figure) -> dict[str, float]:
    """The last value of each line of such a figure, by its name."""
    lines = {
        unescape(trace["name"].replace(house.LINE_BREAK, " ")): trace["y"]
        for trace in figure["data"]
        if "name" in trace
    }
    ends = {name: next((value for value in reversed(y) if value is not None), None) for name, y in lines.items()}
    return {name: end for name, end in ends.items() if end is not None}


def _end(run: ComparedRun, axis: Axis) -> float:
    """The end of the run's measurements; the last loss point is earlier, as it covers several steps."""
    last: float = max([0.0, *run.steps, *(epoch["step"] for epoch in run.epochs)])
    return last * run.scale(axis)


def _traces(
    runs: Sequence[ComparedRun], name: str, axis: Axis, texts: Mapping[str, str], mode: Mode, band: bool
) -> list[Figure]:
    seeds, groups = dict[str, set[int]](), dict[str, list[ComparedRun]]()
    for run in runs:
        seeds.setdefault(run.group, set()).add(run.seed)
    for run in runs:  # the same seed twice, as by two learners, makes no band
        groups.setdefault(run.group if band and len(seeds[run.group]) > 1 else run.id, []).append(run)
    data: list[Figure] = []
    for number, members in enumerate(groups.values()):
        curves, label = [_curve(run, name, axis) for run in members], members[0].label
        if len(members) == 1:
            data.append(_line(*curves[0], label, number, name, mode))
            continue
        x, low, mean, high = _spread(curves)
        mean_label = texts["seeds"].format(label=label, n=len(seeds[members[0].group]))
        data += [_area(x, low, high, number, mode), _line(x, mean, mean_label, number, name, mode)]
    return data


def _curve(run: ComparedRun, name: str, axis: Axis) -> Curve:
    if name == "loss":
        steps, values = run.steps, smooth(run.losses, SMOOTHING)
    else:
        steps, values = ([epoch[key] for epoch in run.epochs] for key in ("step", "val_accuracy"))
    return [step * run.scale(axis) for step in steps], values


def _spread(curves: Sequence[Curve]) -> tuple[list[float], ...]:
    """Minimum, mean and maximum of several curves over their common range: x, low, mean, high."""
    sound = [_sound(x, y) for x, y in curves]
    if any(not len(x) for x, _ in sound):
        return [], [], [], []
    first, last = max(x[0] for x, _ in sound), min(x[-1] for x, _ in sound)
    x = np.linspace(first, last, GRID) if last > first else np.array([first])  # runs of one epoch have a single point
    rows = np.stack([np.interp(x, *curve) for curve in sound])
    return x.tolist(), rows.min(0).tolist(), rows.mean(0).tolist(), rows.max(0).tolist()


def _sound(x: Sequence[float], y: Sequence[float | None]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    pairs = np.array([(at, value) for at, value in zip(x, y, strict=True) if value is not None]).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _line(x: Sequence[float], y: Sequence[float | None], label: str, number: int, name: str, mode: Mode) -> Figure:
    color, dash, symbol = house.run_look(number, mode)
    by_epoch = name == "accuracy" and len(x) <= GRID / 2
    return {
        "type": "scatter",
        "name": house.legend_name(label),
        "x": list(x),
        "y": list(y),
        "mode": "lines+markers",
        "cliponaxis": name == "loss",  # an accuracy of 0 % has its whole marker, a loss may leave the chart at the top
        "line": {"color": color, "width": 2.25, "dash": dash},
        "marker": {"color": color, "size": 7, "symbol": symbol, "maxdisplayed": 0 if by_epoch else SPARSE_MARKERS},
        "hovertemplate": "%{y:.1%}" if name == "accuracy" else "%{y:.4g}",
    }


def _area(x: Sequence[float], low: Sequence[float], high: Sequence[float], number: int, mode: Mode) -> Figure:
    color, _, _ = house.run_look(number, mode)
    return {
        "type": "scatter",
        "x": [*x, *reversed(x)],
        "y": [*high, *reversed(low)],
        "mode": "lines",
        "line": {"width": 0},
        "fill": "toself",
        "fillcolor": house.faded(color, BAND_OPACITY),
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _layout(
    name: str, axis: Axis, texts: Mapping[str, str], mode: Mode, levels: set[tuple[str, float]], end: float
) -> Figure:
    accuracy = name == "accuracy"
    return {
        "hovermode": "x unified",
        "shapes": [_level(texts, *min(levels), accuracy, mode)] if len(levels) == 1 else [],
        "xaxis": {
            "title": {"text": texts[f"axis.{axis}"]},
            "layer": "below traces",
            "rangemode": "tozero",
            "autorangeoptions": {"include": end},
        },
        "yaxis": dict(house.ACCURACY) if accuracy else loss_axis(),
    }


def _level(texts: Mapping[str, str], text: str, level: float, accuracy: bool, mode: Mode) -> Figure:
    return house.level_line(texts[text], level, mode, yanchor="bottom" if accuracy else "top")
