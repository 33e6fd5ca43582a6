"""Charts of a run that diverged, drawn so that the few steps before are visible."""

from __future__ import annotations

import math
from collections.abc import Mapping

from core.charts import house
from core.charts.house import Figure, Mode

FEW = 0.25  # of the charts' width: a run that ended earlier is drawn over the full width, by steps
MOST_TICKS = 8
ROOM = 0.04  # of the width, on either side
BELOW_FIRST_GRID_LINE = 0.97  # of the height; the grid line of 100% is at 0.98
NUM_POWERS = 6  # that are labelled


def with_end(
    figures: Mapping[str, Figure], ended_at: int, steps_per_epoch: int, texts: Mapping[str, str], mode: Mode
) -> dict[str, Figure]:
    """The two training charts of a run that diverged at step `ended_at` (counted from 1): a line marks the end, losses
    are on a log axis, and if most of the planned run is missing only its start is shown."""
    for figure in figures.values():
        layout = figure["layout"]
        layout["shapes"].append(house.upright_line("", (ended_at - 1) / steps_per_epoch, mode))
        layout["annotations"] = [_corner_text(texts["ended"].format(step=ended_at))]
        if ended_at < FEW * layout["xaxis"]["range"][1] * steps_per_epoch:
            layout["xaxis"] |= _by_steps(ended_at, steps_per_epoch, texts)
    figures["loss"]["layout"]["yaxis"] = {**house.POWERS, "nticks": NUM_POWERS}
    for trace in figures["loss"]["data"]:
        if trace["meta"]["series"] == "loss_raw":
            trace |= {"mode": "lines+markers", "marker": {"color": trace["line"]["color"], "size": 6}}
    return dict(figures)


def _corner_text(text: str) -> Figure:
    """An annotation in the corner that a rising loss leaves free."""
    corner = {
        "xref": "paper",
        "yref": "paper",
        "x": 0.02,
        "y": BELOW_FIRST_GRID_LINE,
        "xanchor": "left",
        "yanchor": "top",
    }
    return corner | {"text": text, "align": "left"}


def _by_steps(ended_at: int, steps_per_epoch: int, texts: Mapping[str, str]) -> Figure:
    """An axis from the first step to the last; a step is drawn at its start."""
    width = max(1, ended_at - 1) / steps_per_epoch
    every = math.ceil(ended_at / MOST_TICKS)
    steps = list(range(1, ended_at + 1, every))
    return {
        "title": {"text": texts["axis.steps"]},
        "range": [-ROOM * width, (1 + ROOM) * width],
        "tickvals": [(step - 1) / steps_per_epoch for step in steps],
        "ticktext": [str(step) for step in steps],
    }
