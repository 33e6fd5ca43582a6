"""A run as a page or the API shows it: plain values that can be written as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.config import RunConfig
from core.runs.records import EPOCH_PACE_S, FINAL, Pace, Run, State


@dataclass(frozen=True)
class RunView:
    """The status of a run.

    `epoch` counts epochs done, with a fraction; `step_s` is the mean time of a step; `left_s` estimates the remaining
    time; `place` is the place in the queue for a first point; `waiting` means that nothing can be written for now;
    `trained_at` is when its training was begun, of a replay before `created_at`;
    `shared` is the number of learners on the same training; `guess` is the kind of curve that its learner expected, if
    any; `data_sha256` is the hash of its images, if known; `can_continue` is false if another version, or another kind
    of processor, trained it; `owner` must not be shown to other learners.
    """

    id: str
    trajectory_id: str
    owner: str
    name: str
    public: bool
    state: State
    pace: str
    step: int
    total_steps: int
    steps_per_epoch: int
    epoch: float
    learning_rate: float
    images_per_s: float | None
    step_s: float
    left_s: float | None
    place: int | None
    waiting: bool
    shared: int
    finding: str | None
    finding_step: int | None
    recorded: bool
    error: dict[str, Any] | None
    created_at: float
    trained_at: float
    guess: str
    config: RunConfig
    data_sha256: str | None
    changes: tuple[tuple[int, float], ...]
    can_continue: bool

    @property
    def is_final(self) -> bool:
        return self.state in FINAL


def view_of(run: Run, environment: str, *, place: int | None, waiting: bool, shared: int, slowdown: float) -> RunView:
    """`slowdown` is the number of runs that share a worker now, at least 1."""
    trajectory, state, step = run.trajectory, run.state(environment), run.step
    made_at = trajectory.step if trajectory.finding_step is None else trajectory.finding_step
    finding_seen = trajectory.finding if made_at <= step else None
    return RunView(
        id=run.id,
        trajectory_id=trajectory.id,
        owner=run.owner,
        name=run.name,
        public=run.public,
        state=state,
        pace=run.pace,
        step=step,
        total_steps=run.target_step,
        steps_per_epoch=trajectory.steps_per_epoch,
        epoch=step / trajectory.steps_per_epoch,
        learning_rate=trajectory.set_rate_at(step),
        images_per_s=trajectory.images_per_s,
        step_s=trajectory.train_s / max(1, trajectory.step),
        left_s=_left_s(run, slowdown) if state is State.TRAINING else None,
        place=place if state is State.QUEUED else None,
        waiting=waiting and state not in (*FINAL, State.PAUSED),
        shared=shared,
        finding=finding_seen,
        finding_step=trajectory.finding_step if finding_seen else None,
        recorded=run.recorded,
        error=trajectory.error,
        created_at=run.created_at,
        trained_at=trajectory.created_at,
        guess=run.guess,
        config=run.config,
        data_sha256=trajectory.data_sha256,
        changes=tuple((at, value) for at, field, value in trajectory.changes if at <= step),
        can_continue=run.can_continue(environment),
    )


def _left_s(run: Run, slowdown: float) -> float | None:
    speed = run.trajectory.images_per_s
    if not speed:
        return None
    steps = run.target_step - run.step
    computing_s = steps * run.trajectory.config.batch_size / speed * slowdown
    return max(computing_s, steps / run.trajectory.steps_per_epoch * EPOCH_PACE_S if run.pace is Pace.EPOCH else 0.0)
