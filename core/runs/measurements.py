"""Measurements of the trajectories: losses, evaluations and snapshots as rows."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import asdict
from typing import Any

import numpy as np
from sqlalchemy import Connection, and_, bindparam, case, func, insert, literal, select

from core.runs.files import SavedFiles
from core.runs.records import Curve, SavedNetwork, Trajectory
from core.runs.tables import evaluations, losses, snapshots, trajectories
from core.training import Evaluation, SliceResult

LOSS_BYTES = 4
SPEED_SLICES = 4  # about so many of the last slices tell the speed
TO_THE_END = 2**31 - 1  # the last step that an INTEGER column can hold

# Statements are built once, as in queries.py.
ADD_LOSSES, ADD_EVALUATION, ADD_SNAPSHOT = insert(losses), insert(evaluations), insert(snapshots)
# Each of some trajectories (`root`) with its ancestors, and the last step shared with each.
_OWN = (
    select(trajectories.c.id.label("root"), trajectories.c.id, literal(TO_THE_END).label("until"))
    .where(trajectories.c.id.in_(bindparam("ids", expanding=True)))
    .cte("line", recursive=True)
)
_LINE = _OWN.union_all(
    select(
        _OWN.c.root,
        trajectories.c.parent_id,
        case((trajectories.c.parent_step < _OWN.c.until, trajectories.c.parent_step), else_=_OWN.c.until),
    ).where(trajectories.c.id == _OWN.c.id, trajectories.c.parent_id.is_not(None))
)
_MEASURED = and_(evaluations.c.trajectory_id == _LINE.c.id, evaluations.c.step <= _LINE.c.until)
LOSSES = (
    select(losses.c.first_step, losses.c["values"], _LINE.c.until)
    .where(
        losses.c.trajectory_id == _LINE.c.id,
        losses.c.first_step < _LINE.c.until,
        losses.c.first_step + func.length(losses.c["values"]) / LOSS_BYTES > bindparam("since"),
    )
    .order_by(losses.c.first_step)
)
EVALUATIONS = (
    select(evaluations).where(_MEASURED, evaluations.c.step >= bindparam("since")).order_by(evaluations.c.epoch)
)
SNAPSHOTS = (
    select(snapshots.c.epoch, evaluations.c.step, snapshots.c.logits_file, snapshots.c.weights_file)
    .join(
        evaluations,
        and_(evaluations.c.trajectory_id == snapshots.c.trajectory_id, evaluations.c.epoch == snapshots.c.epoch),
    )
    .where(_MEASURED, evaluations.c.step <= bindparam("until"))
    .order_by(snapshots.c.epoch)
)
ACCURACIES = (
    select(_LINE.c.root, evaluations.c.step, evaluations.c.val_accuracy).where(_MEASURED).order_by(evaluations.c.epoch)
)


def append(db: Connection, before: Trajectory, result: SliceResult, files: SavedFiles) -> None:
    """Add a slice to its trajectory, without the steps that it only retraced."""
    first_step = result.step - len(result.metrics)
    fresh = result.metrics[max(0, before.step - first_step) :]
    if len(fresh):
        values = fresh.astype("<f4").tobytes()
        row = {"trajectory_id": before.id, "first_step": result.step - len(fresh), "values": values}
        db.execute(ADD_LOSSES, row)
    for evaluation, logits, weights in zip(result.evaluations, files.logits, files.weights, strict=True):
        if not before.is_done_up_to(evaluation.step):
            db.execute(ADD_EVALUATION, {**asdict(evaluation), "trajectory_id": before.id})
            shot = {"epoch": evaluation.epoch, "logits_file": logits, "weights_file": weights}
            db.execute(ADD_SNAPSHOT, {**shot, "trajectory_id": before.id})


def read_curve(db: Connection, trajectory_id: str, since: int) -> Curve:
    """The losses after step `since` and the measurements from that step on, including the ancestors'."""
    asked = {"ids": [trajectory_id], "since": since}
    parts = [np.empty(0, np.float32)]
    for first_step, values, until in db.execute(LOSSES, asked).all():
        parts.append(np.frombuffer(values, "<f4")[max(0, since - first_step) : until - first_step])
    measured = {row.epoch: _evaluation(row._mapping) for row in db.execute(EVALUATIONS, asked).all()}
    return Curve(np.concatenate(parts), tuple(measured.values()))


def read_networks(db: Connection, trajectory_id: str, until: int) -> list[SavedNetwork]:
    """The saved networks of epochs that end at step `until` or before, in order, including the ancestors'."""
    rows = db.execute(SNAPSHOTS, {"ids": [trajectory_id], "until": until}).all()
    return list({row.epoch: SavedNetwork(*row) for row in rows}.values())  # a branch may have measured an epoch, too


def read_accuracies(db: Connection, trajectory_ids: Collection[str]) -> dict[str, list[tuple[int, float]]]:
    """(step, validation accuracy) of the trajectories' epochs, in order, including the ancestors'."""
    found: dict[str, list[tuple[int, float]]] = {}
    for trajectory_id, step, accuracy in db.execute(ACCURACIES, {"ids": list(trajectory_ids)}).all():
        found.setdefault(trajectory_id, []).append((step, accuracy))
    return found


def _evaluation(values: Any) -> Evaluation:
    # SQL has no NaN: it comes back as NULL.
    own: dict[str, Any] = {name: math.nan if value is None else value for name, value in values.items()}
    del own["trajectory_id"]
    return Evaluation(**own)


def images_per_s(before: Trajectory, result: SliceResult) -> float | None:
    """The mean speed of the last few slices, as that of a single one jumps on a busy machine. A first slice, of a step
    or two, mostly measures start-up time."""
    if before.slices == 0 or not len(result.metrics) or result.train_s <= 0:
        return before.images_per_s
    now = len(result.metrics) * before.config.batch_size / result.train_s
    share = max(1 / before.slices, 1 / SPEED_SLICES)
    return 1 / (share / now + (1 - share) / (before.images_per_s or now))
