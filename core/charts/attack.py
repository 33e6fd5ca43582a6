"""How a network's answer changes with the size of an adversarial step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.charts.house import Figure, Mode, color, figure, upright_line
from core.interpret.adversarial import Adversarial

HEIGHT_PX = 320


def step_figure(found: Adversarial, names: Sequence[str], texts: Mapping[str, str], mode: Mode) -> Figure:
    """The probabilities of the original answer and of the class that replaces it; a line where the answer changes.
    `texts` has `title`, `levels`, `probability`, `first`, `other` and `changes`."""
    first = int(found.shares[0].argmax())
    at = len(found.shares) - 1 if found.levels is None else found.levels
    others = np.where(np.arange(len(names)) == first, -1, found.shares[at])
    second = int(others.argmax())
    steps = list(range(len(found.shares)))
    lines = [
        _line(steps, found, first, texts["first"].format(name=names[first]), color("training", mode), "solid"),
        _line(steps, found, second, texts["other"].format(name=names[second]), color("validation", mode), "dash"),
    ]
    drawn = figure(
        lines, mode, HEIGHT_PX, texts["title"], margin={"l": 62, "r": 12, "t": 44, "b": 100},
        xaxis={"title": {"text": texts["levels"]}, "range": [0, len(steps) - 1], "fixedrange": True},
        yaxis={"title": {"text": texts["probability"]}, "range": [0, 1.02], "tickformat": ".0%", "fixedrange": True},
    )  # fmt: skip
    if found.levels is not None:
        at_the_top = {"textposition": "end", "textangle": 0, "yanchor": "bottom"}
        drawn["layout"]["shapes"] = [upright_line(texts["changes"], found.levels, mode, **at_the_top)]
    return drawn


def _line(steps: list[int], found: Adversarial, of: int, name: str, shade: str, dash: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": steps,
        "y": found.shares[:, of].round(4).tolist(),
        "name": name,
        "line": {"color": shade, "width": 2.5, "dash": dash},
        "hovertemplate": "%{x}: %{y:.0%}<extra>" + name + "</extra>",
    }
