"""How much a learner, and the class, may ask for at once."""

from __future__ import annotations

from collections.abc import Sequence

from core.config import RunConfig
from core.datasets.prepared import read_meta
from core.errors import QueueFull, TooManyRuns
from core.runs.store import Candidate
from core.settings import Settings

GUESSED_STEP_S = 0.02  # of a run that has not trained yet


def num_steps(config: RunConfig) -> int:
    """Of a whole run on a data set that is ready."""
    return config.epochs * config.steps_per_epoch(read_meta(config.dataset)["num_train"])


def admit(owner: str, steps: int, waiting: Sequence[Candidate], settings: Settings) -> None:
    """Raise TooManyRuns or QueueFull if one more run of this owner, of so many steps, would be too much."""
    mine = sum(owner in candidate.owners for candidate in waiting)
    if mine >= settings.max_active_runs_per_owner:
        raise TooManyRuns(settings.max_active_runs_per_owner)
    queued_s = sum(map(_left_s, waiting)) + steps * GUESSED_STEP_S
    if queued_s > settings.max_queued_core_s:
        raise QueueFull(queued_s, settings.max_queued_core_s)


def _left_s(candidate: Candidate) -> float:
    trajectory = candidate.trajectory
    step_s = trajectory.train_s / trajectory.step if trajectory.step else GUESSED_STEP_S
    return (candidate.allowed_step - trajectory.step) * step_s
