"""What was measured of the trajectories: losses, evaluations and snapshots as rows."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, and_, func, insert, select

from core.runs.files import SavedFiles
from core.runs.records import Curve, SavedNetwork, Trajectory
from core.runs.tables import evaluations, losses, snapshots, trajectories
from core.training import Evaluation, SliceResult

LOSS_BYTES = 4


def append(db: Connection, before: Trajectory, result: SliceResult, files: SavedFiles) -> None:
    """Add a slice to its trajectory; what retraces known steps is known already."""
    first_step = result.step - len(result.metrics)
    fresh = result.metrics[max(0, before.step - first_step) :]
    if len(fresh):
        values = fresh.astype("<f4").tobytes()
        db.execute(insert(losses).values(trajectory_id=before.id, first_step=result.step - len(fresh), values=values))
    for evaluation, logits, weights in zip(result.evaluations, files.logits, files.weights, strict=True):
        retraced = evaluation.step < before.step or (evaluation.step == before.step and not before.evaluating)
        if not retraced:
            db.execute(insert(evaluations).values(**asdict(evaluation), trajectory_id=before.id))
            shot = {"epoch": evaluation.epoch, "logits_file": logits, "weights_file": weights}
            db.execute(insert(snapshots).values(**shot, trajectory_id=before.id))


def read_curve(db: Connection, trajectory_id: str, since: int) -> Curve:
    """The losses after step `since` and the measurements from it on, the ancestors' part included."""
    parts: list[NDArray[np.float32]] = []
    measured: dict[int, Evaluation] = {}
    until: int | None = None
    next_id: str | None = trajectory_id
    while next_id:
        parent_step, parent_id = db.execute(ancestry(next_id)).one()
        parts.append(_own_losses(db, next_id, max(since, parent_step), until))
        for evaluation in _own_evaluations(db, next_id, since, until):
            measured.setdefault(evaluation.epoch, evaluation)
        until = parent_step if until is None else min(parent_step, until)
        next_id = parent_id if until > since else None
    return Curve(np.concatenate(parts[::-1]), tuple(measured[epoch] for epoch in sorted(measured)))


def read_networks(db: Connection, trajectory_id: str, until: int) -> list[SavedNetwork]:
    """What was kept of the epochs that end at step `until` or before, in their order, the ancestors' part included."""
    found: dict[int, SavedNetwork] = {}
    next_id: str | None = trajectory_id
    while next_id:
        parent_step, parent_id = db.execute(ancestry(next_id)).one()
        query = (
            select(snapshots.c.epoch, evaluations.c.step, snapshots.c.logits_file, snapshots.c.weights_file)
            .join(
                evaluations,
                and_(
                    evaluations.c.trajectory_id == snapshots.c.trajectory_id, evaluations.c.epoch == snapshots.c.epoch
                ),
            )
            .where(snapshots.c.trajectory_id == next_id, evaluations.c.step <= until)
        )
        for row in db.execute(query).all():
            found.setdefault(row.epoch, SavedNetwork(*row))
        until, next_id = min(until, parent_step), parent_id
    return [found[epoch] for epoch in sorted(found)]


def read_accuracies(db: Connection, trajectory_ids: Collection[str]) -> dict[str, list[tuple[int, float]]]:
    """(step, validation accuracy) of the trajectories' own epochs, in order."""
    query = (
        select(evaluations.c.trajectory_id, evaluations.c.step, evaluations.c.val_accuracy)
        .where(evaluations.c.trajectory_id.in_(trajectory_ids))
        .order_by(evaluations.c.epoch)
    )
    found: dict[str, list[tuple[int, float]]] = {}
    for trajectory_id, step, accuracy in db.execute(query).all():
        found.setdefault(trajectory_id, []).append((step, accuracy))
    return found


def ancestry(trajectory_id: str) -> Select[Any]:
    """Where a trajectory branched off, and from which."""
    return select(trajectories.c.parent_step, trajectories.c.parent_id).where(trajectories.c.id == trajectory_id)


def _own_losses(db: Connection, trajectory_id: str, since: int, until: int | None) -> NDArray[np.float32]:
    """The trajectory's own losses of the steps after `since` up to `until`; a row holds the steps after its first."""
    reached = losses.c.first_step + func.length(losses.c["values"]) / LOSS_BYTES
    query = (
        select(losses.c.first_step, losses.c["values"])
        .where(losses.c.trajectory_id == trajectory_id, reached > since)
        .order_by(losses.c.first_step)
    )
    rows = db.execute(query).all()
    if not rows:
        return np.empty(0, np.float32)
    first = rows[0].first_step
    joined = np.frombuffer(b"".join(row[1] for row in rows), dtype="<f4")
    return joined[max(0, since - first) : None if until is None else max(0, until - first)]


def _own_evaluations(db: Connection, trajectory_id: str, since: int, until: int | None) -> list[Evaluation]:
    query = select(evaluations).where(evaluations.c.trajectory_id == trajectory_id, evaluations.c.step >= since)
    if until is not None:
        query = query.where(evaluations.c.step <= until)
    return [_evaluation(row._mapping) for row in db.execute(query).all()]


def _evaluation(values: Any) -> Evaluation:
    # SQL has no NaN: what was not a number comes back as nothing.
    own: dict[str, Any] = {name: math.nan if value is None else value for name, value in values.items()}
    del own["trajectory_id"]
    return Evaluation(**own)


def images_per_s(before: Trajectory, result: SliceResult) -> float | None:
    """The speed of a slice, or the last known one."""
    if not len(result.metrics) or result.train_s <= 0:
        return before.images_per_s
    return len(result.metrics) * before.config.batch_size / result.train_s
