"""Artificial rows, as if from training, for the store and for runs too long to train in a test."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from core.config import RunConfig
from core.runs.files import SavedFiles
from core.runs.records import Intent, Pace, Run, Trajectory
from core.runs.store import Store
from core.training import Evaluation, SliceResult, Snapshot
from tests.parts import OWNER

LEASE = "the test's engine"


def new_trajectory(**values: Any) -> Trajectory:
    """A trajectory at step 0, with ten steps per epoch."""
    fresh = Trajectory(
        id=secrets.token_hex(16), key=secrets.token_hex(32), config=RunConfig(), changes=(), environment="here",
        data_sha256=None, steps_per_epoch=10, parent_id=None, parent_step=0, step=0, slices=0, evaluating=False,
        checkpoint=None, checkpoint_step=0, finding=None, finding_step=None, error=None, train_s=0.0, images_per_s=None,
        created_at=time.time(), updated_at=time.time(),
    )  # fmt: skip
    return replace(fresh, **values)


def new_run(trajectory: Trajectory, **values: Any) -> Run:
    """A going, public run to the end of the tenth epoch."""
    steps = 10 * trajectory.steps_per_epoch
    fresh = Run(
        id=secrets.token_hex(16), owner=OWNER, name="", public=True, intent=Intent.GOING, pace=Pace.FULL,
        allowed_step=steps, target_step=steps, recorded=False, created_at=time.time(), trajectory=trajectory,
    )  # fmt: skip
    return replace(fresh, **values)


def branch_of(parent: Trajectory, at: int, **values: Any) -> Trajectory:
    """A trajectory that shares its parent's history up to a step."""
    return new_trajectory(parent_id=parent.id, parent_step=at, step=at, checkpoint_step=at, **values)


def evaluation(epoch: int, step: int, **values: Any) -> Evaluation:
    measured = Evaluation(epoch, step, 1.5 / epoch, 0.5, 1.25 / epoch, 0.625, 0.125, 0.75, 0.0)
    return replace(measured, **values)


def slice_result(before: Trajectory, losses: Sequence[float], **values: Any) -> SliceResult:
    """The slice that adds these losses to a trajectory."""
    step = before.checkpoint_step + len(losses)
    plain = SliceResult(
        checkpoint=b"", metrics=np.array(losses, np.float32), step=step, done=False, evaluating=False, evaluations=(),
        snapshots=(), finding=None, finding_step=None, train_s=0.5, best_step_s=0.01,
    )  # fmt: skip
    result = replace(plain, **values)
    shots = tuple(Snapshot(e.epoch, np.zeros((1, 10), np.float16), None) for e in result.evaluations)
    return replace(result, snapshots=shots)


def saved(result: SliceResult, checkpoint: str = "checkpoint") -> SavedFiles:
    return SavedFiles(
        checkpoint=f"{checkpoint}-{result.step}",
        logits=tuple(f"logits-{shot.epoch}" for shot in result.snapshots),
        weights=(None,) * len(result.snapshots),
    )


def commit(store: Store, before: Trajectory, losses: Sequence[float], **values: Any) -> bool:
    """Lease a trajectory and commit a slice."""
    result = slice_result(before, losses, **values)
    return store.lease(before, LEASE, 60.0) and store.commit_slice(before, LEASE, result, saved(result))


def noisy_losses(steps: int, seed: int = 0) -> np.ndarray:
    """Float32 losses that fall as a network's do."""
    noise = np.random.default_rng(seed).exponential(0.1, steps)
    return (2.3 * np.exp(-np.arange(steps) / steps * 3) + noise).astype(np.float32)


def add_finished_run(store: Store, steps_per_epoch: int, epochs: int, scale: float = 1.0, **run_values: Any) -> Run:
    """A complete run in the store, as if trained in one slice."""
    steps = steps_per_epoch * epochs
    config = RunConfig(epochs=epochs)
    trajectory = new_trajectory(steps_per_epoch=steps_per_epoch, config=config)
    store.add_trajectory(trajectory)
    measured = tuple(evaluation(n, n * steps_per_epoch) for n in range(1, epochs + 1))
    assert commit(store, trajectory, list(noisy_losses(steps) * scale), evaluations=measured, done=True)
    run = new_run(replace(trajectory, step=steps), allowed_step=steps, target_step=steps, **run_values)
    store.add_run(run)
    return run


def same(one: Evaluation, other: Evaluation) -> bool:
    """Whether all fields are equal, with NaN equal to itself."""
    pairs = [(getattr(one, name), getattr(other, name)) for name in Evaluation.__dataclass_fields__]
    return all(a == b or (math.isnan(a) and math.isnan(b)) for a, b in pairs)
