"""The two training charts, loss and accuracy: traces defined once, for the live chart and for the polling fallback.

A skeleton has every trace, but no points. A trace's `meta` says what belongs in it: `{"run": id, "series": name}`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from core.charts import house
from core.charts.ended import with_end
from core.charts.house import Figure, Mode
from core.content.numbers import digits, half_up
from core.models import NUM_CLASSES

Number = float | None
SMOOTHING = 0.6  # default of the reader's slider, from 0 to 0.95
GUESS = "guess"  # the only series whose points are in the skeleton
GHOST_SYMBOLS = ("circle-open", "square-open", "triangle-up-open")  # one for each possible ghost
EXPLODED = 3  # times the chance loss
AT_THE_TOP = {"textposition": "end", "xanchor": "right"}  # a falling loss leaves room there
MARKER_ROOM = 1.015  # keeps the last epoch's marker from being cut off


@dataclass(frozen=True)
class CurveRun:
    """A run as the charts need it. `changes` are `(step, learning_rate)`; `guess` is the expected loss over the share
    of the run from 0 to 1; `chance` is the accuracy of guessing, `largest` that of always answering the largest class
    if one is much larger; `ended_at` the step at which it diverged."""

    id: str
    label: str
    steps_per_epoch: int
    total_steps: int
    changes: Sequence[tuple[int, float]] = ()
    guess: tuple[Sequence[float], Sequence[float]] | None = None
    chance: float = 1 / NUM_CLASSES
    largest: float | None = None
    ended_at: int | None = None


@dataclass(frozen=True)
class RunPoints:
    """The measurements of a run: `points` as in the event stream, `[step, loss]` for k = 0, otherwise
    `[first_step, mean, min, max]` of buckets of 2^k steps; `epochs` as in the stream's epoch events."""

    points: Sequence[Sequence[Number]] = ()
    k: int = 0
    epochs: Sequence[Mapping[str, Any]] = ()


def training_figures(
    main: CurveRun, ghosts: Sequence[CurveRun], texts: Mapping[str, str], mode: Mode
) -> dict[str, Figure]:
    """The skeletons `loss` and `accuracy` of a run in colour, and of at most three earlier ones in grey.

    `texts` are the texts below `live`.
    """
    style, ghosts = _Style(texts, mode), ghosts[-len(GHOST_SYMBOLS) :]
    loss = [style.ghost(run, "loss_smooth", symbol) for run, symbol in zip(ghosts, GHOST_SYMBOLS, strict=False)]
    accuracy = [style.ghost(run, "val_accuracy", symbol) for run, symbol in zip(ghosts, GHOST_SYMBOLS, strict=False)]
    last_epoch = max(run.total_steps / run.steps_per_epoch for run in (main, *ghosts))
    figures: dict[str, Figure] = {
        "loss": style.figure(
            loss + style.guess(main) + style.main_loss(main),
            "loss.title",
            last_epoch,
            style.rate_marks(main, **AT_THE_TOP),
            loss_axis(),
        ),
        "accuracy": style.figure(
            accuracy + style.main_accuracy(main),
            "accuracy.title",
            last_epoch,
            [*style.rate_marks(main, textposition="middle"), style.chance_line(main)],
            dict(house.ACCURACY),
        ),
    }
    num_rows = min(house.MOST_LEGEND_ROWS, 1 + len(ghosts) + (main.guess is not None))  # on a phone; equal in both
    figures = {name: house.with_legend_rows(figure, num_rows) for name, figure in figures.items()}
    return with_end(figures, main.ended_at, main.steps_per_epoch, texts, mode) if main.ended_at else figures


def filled(
    figures: Mapping[str, Figure], runs: Sequence[CurveRun], curves: Mapping[str, RunPoints]
) -> dict[str, Figure]:
    """The skeletons filled with points, ready for `st.plotly_chart(..., theme=None)`; `curves` are by run id."""
    by_id = {run.id: run for run in runs}
    drawn = deepcopy(dict(figures))
    for trace in (trace for figure in drawn.values() for trace in figure["data"]):
        run, series = by_id[trace["meta"]["run"]], trace["meta"]["series"]
        if series == GUESS:
            continue
        trace.update(_arrays(series, run, curves.get(run.id, RunPoints())))
    return drawn


def smooth(values: Sequence[Number], weight: float) -> list[Number]:
    """Exponential moving average without initial bias: the weights always add up to one."""
    mean, bias, means = 0.0, 1.0, list[Number]()
    for value in values:
        if value is None:
            means.append(None)
            continue
        mean, bias = weight * mean + (1 - weight) * value, bias * weight
        means.append(mean / (1 - bias))
    return means


class _Style:
    """The look of everything in one mode and language."""

    def __init__(self, texts: Mapping[str, str], mode: Mode) -> None:
        self.texts, self.mode = texts, mode

    def main_loss(self, run: CurveRun) -> list[Figure]:
        return [
            self._trace(
                run, "loss_range", "trace.range",
                mode="lines", line={"width": 0}, fill="toself", fillcolor=self._color("training", 0.14),
                showlegend=False, hoverinfo="skip",
            ),
            self._trace(
                run, "loss_raw", "trace.raw",
                mode="lines", line={"color": self._color("training", 0.4), "width": 1}, showlegend=False,
                hovertemplate=f"%{{y:.4g}} · {self.texts['hover.step']}",
            ),
            self._trace(
                run, "loss_smooth", "trace.training",
                mode="lines", line={"color": self._color("training"), "width": 2.5}, hovertemplate="%{y:.4g}",
            ),
            self._trace(run, "val_loss", "trace.validation", hovertemplate="%{y:.4g}", **self._validation()),
        ]  # fmt: skip

    def main_accuracy(self, run: CurveRun) -> list[Figure]:
        blue = self._color("training")
        return [
            self._trace(
                run, "train_accuracy", "trace.training",
                mode="lines+markers", line={"color": blue, "width": 2.5},
                marker={"color": blue, "size": 6, "symbol": "circle"}, hovertemplate="%{y:.1%}",
            ),
            self._trace(
                run, "val_accuracy", "trace.validation",
                hovertemplate=f"%{{y:.1%}} · {self.texts['hover.step']}", **self._validation(),
            ),
        ]  # fmt: skip

    def ghost(self, run: CurveRun, series: str, symbol: str) -> Figure:
        """An earlier run, drawn behind the current one and listed after it."""
        grey, by_epoch = self._color("ghost"), series == "val_accuracy"
        trace = self._trace(
            run, series, "trace.ghost",
            mode="lines+markers", line={"color": grey, "width": 1.5, "dash": "dot"},
            marker={"color": grey, "size": 6, "symbol": symbol, "maxdisplayed": 0 if by_epoch else 8},
            hovertemplate="%{y:.1%}" if by_epoch else "%{y:.4g}", legendrank=2000,
        )  # fmt: skip
        return trace | {"name": house.literal(run.label)}

    def guess(self, run: CurveRun) -> list[Figure]:
        """The guessed curve, scaled to the steps of the run."""
        if run.guess is None:
            return []
        x, y = run.guess
        line = {"color": self._color("third"), "width": 3, "dash": "dash"}
        trace = self._trace(run, GUESS, "trace.guess", mode="lines", line=line, hoverinfo="skip", legendrank=1500)
        epochs = (run.ended_at or run.total_steps) / run.steps_per_epoch
        return [trace | {"x": [share * epochs for share in x], "y": list(y)}]

    def rate_marks(self, run: CurveRun, **place: str) -> list[Figure]:
        """A line where the learning rate changed; the labels run along the lines, so that close ones stay apart."""
        words = self.texts["rate_mark"]
        return [
            house.upright_line(
                words.format(rate=digits(rate)), step / run.steps_per_epoch, self.mode, yanchor="top", **place
            )
            for step, rate in run.changes
        ]

    def chance_line(self, run: CurveRun) -> Figure:
        """The accuracy that needs no learning."""
        level, text = (run.largest, "largest") if run.largest else (run.chance, "chance")
        return house.level_line(self.texts[text].format(percent=half_up(level, ".0%")), level, self.mode)

    def figure(self, data: list[Figure], title: str, last_epoch: float, shapes: list[Figure], yaxis: Figure) -> Figure:
        xaxis = {
            "title": {"text": self.texts["axis.epochs"]},
            "range": [0, last_epoch * MARKER_ROOM],
            "unifiedhovertitle": {"text": self.texts["hover.epoch"]},
        }
        return house.figure(
            data, self.mode, house.CHART_HEIGHT_PX, self.texts[title], hovermode="x unified", hoverdistance=60,
            shapes=shapes, xaxis=xaxis, yaxis=yaxis,
        )  # fmt: skip

    def _validation(self) -> Figure:
        orange = self._color("validation")
        return {
            "mode": "lines+markers",
            "line": {"color": orange, "width": 2, "dash": "dash"},
            "marker": {"color": orange, "size": 7, "symbol": "diamond"},
        }

    def _trace(self, run: CurveRun, series: str, name: str, **look: Any) -> Figure:
        meta = {"run": run.id, "series": series}
        return {"type": "scatter", "name": self.texts[name], "meta": meta, "x": [], "y": [], **look}

    def _color(self, role: str, opacity: float = 1.0) -> str:
        return house.color(role, self.mode, opacity)


def loss_axis() -> Figure:
    """An axis on which an exploding loss leaves the chart at the top, so that earlier values stay readable."""
    top = EXPLODED * math.log(NUM_CLASSES)  # initial weights have ten outputs for any number of classes
    return {"type": "linear", "rangemode": "tozero", "tickformat": "~g", "autorangeoptions": {"clipmax": top}}


def _arrays(series: str, run: CurveRun, curve: RunPoints) -> Figure:
    """The arrays of a trace, by the name in its `meta`."""
    if series == "loss_range":
        return _range(run, curve)
    if series.startswith("loss"):
        xs, losses = _losses(run, curve)
        ys = smooth(losses, SMOOTHING) if series == "loss_smooth" else losses
        return {"x": xs, "y": ys, "customdata": [(point[0] or 0) + 1 for point in curve.points]}
    steps = [epoch["step"] for epoch in curve.epochs]
    return {
        "x": [step / run.steps_per_epoch for step in steps],
        "y": [epoch[series] for epoch in curve.epochs],
        "customdata": steps,
    }


def _losses(run: CurveRun, curve: RunPoints) -> tuple[list[float], list[Number]]:
    """Epochs done (the middle of a bucket) and losses."""
    middle = ((1 << curve.k) - 1) / 2
    last_step = run.total_steps - 1
    xs = [min((point[0] or 0) + middle, last_step) / run.steps_per_epoch for point in curve.points]
    return xs, [point[1] for point in curve.points]


def _range(run: CurveRun, curve: RunPoints) -> Figure:
    """The outline of the band between minimum and maximum loss of each bucket: along the top and back below."""
    xs, _ = _losses(run, curve)
    edges = [(x, p[2], p[3]) for x, p in zip(xs, curve.points, strict=True) if len(p) > 3 and p[2] is not None]
    outline = [(x, high) for x, _, high in edges] + [(x, low) for x, low, _ in reversed(edges)]
    return {"x": [x for x, _ in outline], "y": [y for _, y in outline]}
