"""Limits on how much training one learner, and the whole class, may ask for at once."""

from __future__ import annotations

from collections.abc import Collection

from core.config import RunConfig
from core.datasets.prepared import read_meta
from core.errors import QueueFull, TooManyRuns
from core.runs.cluster import Cluster
from core.runs.records import Run, State, Trajectory
from core.runs.store import Candidate, Store
from core.settings import Settings

GUESSED_STEP_S = 0.02  # for a run that has not trained yet
ONES_SHARE = 0.75  # of the total queue, for one learner: leaves room for short runs of the others


class Admission:
    """Raises TooManyRuns or QueueFull if one more run of an owner would exceed the limits."""

    def __init__(self, settings: Settings, store: Store, cluster: Cluster) -> None:
        self._settings, self._store, self._cluster = settings, store, cluster

    def to_new(self, owner: str, config: RunConfig) -> None:
        """For a whole new run on a data set that is ready."""
        steps = config.epochs * config.steps_per_epoch(read_meta(config.dataset)["num_train"])
        self._admit(owner, self._under_way(owner), self._waiting(), steps)

    def to_more(self, owner: str, trajectory: Trajectory, target_step: int) -> None:
        """For more steps of a trajectory. Steps that this owner already waits for, or that are done, are free; steps
        that others have asked for add no time."""
        if trajectory.diverged or trajectory.is_done_up_to(target_step):
            return
        mine, waiting = self._under_way(owner), self._waiting()
        asked_steps = [each.allowed_step for each in waiting if each.trajectory.id == trajectory.id]
        asked_step = max(trajectory.step, mine.pop(trajectory.id, 0), *asked_steps)
        self._admit(owner, mine, waiting, target_step - asked_step)

    def to_branch(self, run: Run) -> None:
        """For a run that leaves its trajectory. What other runs still want of that is then trained as well."""
        if not self.is_under_way(run):
            return
        mine, waiting = self._under_way(run.owner, but=run.id), self._waiting()
        shared = [each for each in waiting if each.trajectory.id == run.trajectory.id and each.owners != {run.owner}]
        goes_on = bool(shared) or run.trajectory.id in mine
        self._admit(run.owner, mine, waiting, run.target_step - run.step if goes_on else 0)

    def is_under_way(self, run: Run) -> bool:
        """Whether it trains now, or will without a click, at any pace."""
        return run.state(self._cluster.environment()) in (State.QUEUED, State.TRAINING)

    def _under_way(self, owner: str, but: str = "") -> dict[str, int]:
        """The trajectories that train for this owner's runs, but for one: up to which step."""
        until: dict[str, int] = {}
        for run in self._store.runs_by_owner(owner):
            if run.id != but and self.is_under_way(run):
                until[run.trajectory.id] = max(until.get(run.trajectory.id, 0), run.target_step)
        return until

    def _waiting(self) -> list[Candidate]:
        return self._store.candidates(self._cluster.environment())

    def _admit(self, owner: str, under_way: Collection[str], waiting: list[Candidate], steps: int) -> None:
        if len(under_way) >= self._settings.max_active_runs_per_owner:
            raise TooManyRuns(self._settings.max_active_runs_per_owner)
        mine, most_s = [each for each in waiting if owner in each.owners], self._settings.max_queued_core_s
        for asked, limit_s in ((waiting, most_s), (mine, ONES_SHARE * most_s)):
            queued_s = sum(map(_left_s, asked)) + steps * GUESSED_STEP_S
            if steps > 0 and queued_s > limit_s:
                raise QueueFull(queued_s, limit_s)


def _left_s(candidate: Candidate) -> float:
    trajectory = candidate.trajectory
    step_s = trajectory.train_s / trajectory.step if trajectory.step else GUESSED_STEP_S
    return (candidate.allowed_step - trajectory.step) * step_s
