"""Which trajectory a run points at: an existing equal one, a new one, or a branch of another."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import replace

from core.config import RunConfig
from core.datasets.prepared import read_meta
from core.errors import NoWorkers
from core.runs.cluster import Cluster
from core.runs.records import Run, Trajectory
from core.runs.store import Store
from core.training.schedule import Change


class Branches:
    """Finds or adds trajectories. Equal keys give equal numbers: settings, changes, data and arithmetic."""

    def __init__(self, store: Store, cluster: Cluster) -> None:
        self._store, self._cluster = store, cluster

    def find_equal(self, config: RunConfig) -> Trajectory | None:
        """The newest trajectory with these settings that has not failed."""
        return self._store.find_trajectory(self._key(config, (), read_meta(config.dataset)["sha256"]))

    def new(self, config: RunConfig, nonce: str = "") -> Trajectory:
        """A new trajectory; with a nonce no other run will share it."""
        data = read_meta(config.dataset)
        trajectory = Trajectory(
            id=secrets.token_hex(16), key=self._key(config, (), data["sha256"], nonce), config=config, changes=(),
            environment=self._cluster.environment(), data_sha256=data["sha256"],
            steps_per_epoch=config.steps_per_epoch(data["num_train"]),
            parent_id=None, parent_step=0, step=0, slices=0, evaluating=False, checkpoint=None, checkpoint_step=0,
            finding=None, finding_step=None, error=None, train_s=0.0, images_per_s=None,
            created_at=time.time(), updated_at=time.time(),
        )  # fmt: skip
        self._store.add_trajectory(trajectory)
        return trajectory

    def fork(self, run: Run, change: Change) -> Trajectory:
        """A branch at the run's current step, sharing all history before it. It continues from the parent's checkpoint
        or, if that is past the step, retraces the parent's steps from the start: the numbers are the same."""
        parent, at = run.trajectory, run.step
        changes = (*(c for c in parent.changes if c[0] < at), change)
        key = self._key(parent.config, changes, parent.data_sha256 or read_meta(parent.config.dataset)["sha256"])
        if equal := self._store.find_trajectory(key):
            return equal
        reachable = parent.checkpoint_step <= at
        is_found = parent.finding_step is not None and parent.finding_step <= at and not parent.diverged
        branch = replace(
            parent, id=secrets.token_hex(16), key=key, changes=changes, parent_id=parent.id, parent_step=at, step=at,
            slices=0, evaluating=parent.evaluating and at == parent.step,
            checkpoint=parent.checkpoint if reachable else None,
            checkpoint_step=parent.checkpoint_step if reachable else 0,
            finding=parent.finding if is_found else None, finding_step=parent.finding_step if is_found else None,
            created_at=time.time(), updated_at=time.time(),
        )  # fmt: skip
        self._store.add_trajectory(branch)
        return branch

    def _key(self, config: RunConfig, changes: Sequence[Change], data_sha256: str, nonce: str = "") -> str:
        if not self._cluster.environment():
            raise NoWorkers
        parts = [config.path_id, list(changes), self._cluster.environment(), data_sha256, nonce]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
