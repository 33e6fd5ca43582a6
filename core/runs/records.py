"""The values that the store returns, and the states that follow from them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.config import RunConfig
from core.training import Evaluation
from core.training.schedule import Change, set_rate_at


class Intent(StrEnum):
    """What the learner wants a run to do."""

    GOING = "going"
    PAUSED = "paused"
    STOPPED = "stopped"


class Pace(StrEnum):
    """How fast a run may go: full speed, one epoch per second, or one step per click."""

    FULL = "full"
    EPOCH = "epoch"
    STEP = "step"


EPOCH_PACE_S = 1.0
RUN_ID = re.compile(r"[0-9a-f]{32}")


class State(StrEnum):
    """What a learner sees of a run. The last four are final until the learner acts."""

    QUEUED = "queued"
    TRAINING = "training"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    DIVERGED = "diverged"
    FAILED = "failed"
    OUTDATED = "outdated"


FINAL = frozenset({State.FINISHED, State.STOPPED, State.DIVERGED, State.FAILED, State.OUTDATED})


@dataclass(frozen=True)
class Trajectory:
    """The computation that runs share. Steps up to `parent_step` are the parent's. `data_sha256` is the hash of the
    images; None in trajectories from before it was stored."""

    id: str
    key: str
    config: RunConfig
    changes: tuple[Change, ...]
    environment: str
    data_sha256: str | None
    steps_per_epoch: int
    parent_id: str | None
    parent_step: int
    step: int
    slices: int
    evaluating: bool
    checkpoint: str | None
    checkpoint_step: int
    finding: str | None
    finding_step: int | None
    error: dict[str, Any] | None
    train_s: float
    images_per_s: float | None
    created_at: float
    updated_at: float

    @property
    def diverged(self) -> bool:
        return self.finding == "diverged"

    def is_done_up_to(self, step: int) -> bool:
        """Trained up to that step, and measured if an epoch ends there."""
        return self.step > step or (self.step == step and not self.evaluating)

    def set_rate_at(self, step: int) -> float:
        """The learning rate set at that step, before the schedule."""
        return set_rate_at(self.config, self.changes, step)


@dataclass(frozen=True)
class Run:
    """A learner's handle, with the trajectory it looks at."""

    id: str
    owner: str
    name: str
    public: bool
    intent: Intent
    pace: Pace
    allowed_step: int
    target_step: int
    recorded: bool
    created_at: float
    trajectory: Trajectory
    guess: str = ""

    @property
    def step(self) -> int:
        """The last step that this learner sees."""
        return min(self.trajectory.step, self.allowed_step)

    @property
    def config(self) -> RunConfig:
        """The settings, with as many epochs as this learner asked for."""
        return self.trajectory.config.replaced(epochs=self.target_step // self.trajectory.steps_per_epoch)

    def can_continue(self, environment: str) -> bool:
        """Whether the run was computed in this environment, which is empty while there is no worker."""
        return environment in ("", self.trajectory.environment)

    def state(self, environment: str) -> State:
        """The run's state on a machine of this environment."""
        trajectory = self.trajectory
        if trajectory.diverged and self.step == trajectory.step:
            return State.DIVERGED
        if self.step >= self.target_step and trajectory.is_done_up_to(self.target_step):
            return State.FINISHED
        if trajectory.error is not None:
            return State.FAILED
        if self.intent is Intent.STOPPED:
            return State.STOPPED
        if not self.can_continue(environment):
            return State.OUTDATED
        waits_for_click = self.pace is Pace.STEP and self.step >= self.allowed_step
        if self.intent is Intent.PAUSED or waits_for_click:
            return State.PAUSED
        return State.QUEUED if trajectory.slices == 0 and self.step == 0 else State.TRAINING


@dataclass(frozen=True)
class SavedNetwork:
    """A run's network after an epoch: the files of its validation logits and, at some epochs, of its weights."""

    epoch: int
    step: int
    logits_file: str
    weights_file: str | None


@dataclass(frozen=True)
class Curve:
    """All measurements up to a trajectory's current step, including its ancestors'.

    `losses` is float32 of shape (step,); `evaluations` are in the order of their epochs.
    """

    losses: Any
    evaluations: tuple[Evaluation, ...]
