"""The text of server-sent events (WHATWG HTML, section 9.2). Each is at most about 1 KB, however long the run."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from core.live.buckets import Point
from core.runs.views import RunView
from core.training import Evaluation

POINTS_PER_EVENT = 12  # of the longest numbers: an event stays below 1 KB


def event(name: str, data: dict[str, Any]) -> str:
    """One event as sent over the wire."""
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'), allow_nan=False)}\n\n"


def metrics_data(run_id: str, k: int, points: list[Point]) -> dict[str, Any]:
    return {"run": run_id, "k": k, "points": points}


def in_portions(points: list[Point]) -> Iterable[list[Point]]:
    """Split the points so that each event stays small."""
    for start in range(0, len(points), POINTS_PER_EVENT):
        yield points[start : start + POINTS_PER_EVENT]


def epoch_data(run_id: str, evaluation: Evaluation) -> dict[str, Any]:
    return {
        "run": run_id,
        "epoch": evaluation.epoch,
        "step": evaluation.step,
        "train_loss": _number(evaluation.train_loss),
        "val_loss": _number(evaluation.val_loss),
        "train_accuracy": _number(evaluation.train_accuracy),
        "val_accuracy": _number(evaluation.val_accuracy),
    }


def state_data(view: RunView) -> dict[str, Any]:
    return {
        "run": view.id,
        "state": view.state.value,
        "step": view.step,
        "epoch": round(view.epoch, 3),
        "total_steps": view.total_steps,
        "steps_per_epoch": view.steps_per_epoch,
        "images_per_s": view.images_per_s and round(view.images_per_s),
        "left_s": None if view.left_s is None else round(view.left_s, 1),
        "place": view.place,
        "waiting": view.waiting,
        "shared": view.shared,
        "finding": view.finding,
        "finding_step": view.finding_step,
        "pace": view.pace,
        "learning_rate": view.learning_rate,
    }


def _number(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None
