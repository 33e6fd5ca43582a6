"""Everything that a page may do with runs. Only a run's owner may change it; anyone who knows its id may view it."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from core.config import RunConfig, limits
from core.datasets.prepared import images_problem
from core.errors import InvalidConfig, QueueFull, RunNotFound, RunOutdated, StoreUnavailable, TooManyRuns, TrendLabError
from core.interpret.inspection import Inspection
from core.runs.admission import Admission
from core.runs.answers import Answers, GiveWay
from core.runs.branches import Branches
from core.runs.cluster import Cluster
from core.runs.engine import Engine
from core.runs.files import FileStore
from core.runs.inspections import Inspections
from core.runs.names import fitting_name
from core.runs.networks import Networks
from core.runs.own_sets import OwnSets
from core.runs.preparation import Preparations
from core.runs.records import Curve, Intent, Pace, Run, Trajectory
from core.runs.retention import Retention
from core.runs.store import Store
from core.runs.views import RunView, view_of
from core.runs.worker import bfloat16_speedup
from core.settings import Settings

log = logging.getLogger(__name__)

Listener = Callable[[str], None]  # gets the id of a trajectory whose runs have changed


class RunService:
    """Start, pause, resume, stop, change, extend, fork, name and delete runs."""

    def __init__(self, settings: Settings, store: Store, files: FileStore, cluster: Cluster) -> None:
        self.datasets = Preparations()
        self._settings, self._store, self._files, self._cluster = settings, store, files, cluster
        self._listeners: list[Listener] = []
        self._engine = Engine(store, files, cluster, settings.max_step_s, self._notify)
        self._admission = Admission(settings, store, cluster)
        self._branches = Branches(store, cluster)
        self._answers = Answers()
        self._inspections = Inspections(cluster, self._answers)
        self.own_sets = OwnSets(store, self._engine.lock)
        self.networks = Networks(store, files, cluster, self._answers)
        self._retention = Retention(store, files, self.own_sets, self._engine.lock, settings.max_storage_bytes)
        self._bfloat16_pays: bool | None = None  # not measured yet

    def open(self) -> None:
        self._engine.start()

    def close(self) -> None:
        self._answers.close()
        self.own_sets.close()
        self._engine.close()
        self._cluster.close()
        self._store.close()

    @property
    def is_shared(self) -> bool:
        """Whether other app processes may use the same store; this process is not notified of their changes."""
        return not self._settings.store_url.startswith("sqlite")

    def subscribe(self, listener: Listener) -> None:
        """Call back, from any thread, whenever the runs on a trajectory advance or change."""
        self._listeners.append(listener)

    def require_home(self) -> None:
        """Raises HomeGone."""
        self._files.require_folder()

    # Starting

    def start(
        self,
        owner: str,
        config: RunConfig,
        *,
        fresh: bool = False,
        pace: Pace = Pace.FULL,
        public: bool = True,
        guess: str = "",
    ) -> Run:
        """A new run. It shares an existing trajectory with the same settings and seed, unless `fresh`.

        The data set must be ready. Raises TooManyRuns or QueueFull; then nothing was started.
        """
        with self._engine.lock:
            trajectory = None if fresh else self._branches.find_equal(config)
            if trajectory:
                self._admission.to_more(owner, trajectory, config.epochs * trajectory.steps_per_epoch)
            else:
                self._admission.to_new(owner, config)
                trajectory = self._branches.new(config, nonce=secrets.token_hex(8) if fresh else "")
            target_step = config.epochs * trajectory.steps_per_epoch
            run = replace(self._new_run(owner, trajectory, target_step, pace), public=public, guess=guess)
            self._store.add_run(run)
        self._changed(run)
        return run

    def fork(self, owner: str, run_id: str, *, public: bool = True) -> Run:
        """A paused copy of any run, at its current step, owned by `owner`; the copy of a hidden run is hidden too."""
        with self._engine.lock:
            original = self.run(run_id)
            copy = replace(
                original, id=secrets.token_hex(16), owner=owner, name="", intent=Intent.PAUSED, pace=Pace.FULL,
                public=public and original.public, allowed_step=original.step, recorded=False,
                created_at=time.time(), guess="",
            )  # fmt: skip
            self._store.add_run(copy)
        self._changed(copy)
        return copy

    # Controlling

    def pause(self, owner: str, run_id: str) -> None:
        """Pause for this learner; others on the same training go on."""
        self._owned(owner, run_id)
        self._store.freeze_run(run_id, Intent.PAUSED)
        self._changed(self.run(run_id))

    def stop(self, owner: str, run_id: str) -> None:
        """End here and keep the result."""
        self._owned(owner, run_id)
        self._store.freeze_run(run_id, Intent.STOPPED)
        self._changed(self.run(run_id))

    def resume(self, owner: str, run_id: str, pace: Pace = Pace.FULL) -> None:
        """Continue to the end at that pace. Raises TooManyRuns or QueueFull as for a new run."""
        with self._engine.lock:
            run = self._continued(owner, run_id)
            self._admission.to_more(owner, run.trajectory, run.target_step)
            how: dict[str, Any] = {"pace": pace, "recorded": False}
            if pace is Pace.FULL:
                self._store.update_run(run_id, intent=Intent.GOING, allowed_step=run.target_step, **how)
            else:
                self._store.freeze_run(run_id, Intent.GOING, **how)
        self._changed(run)

    def step(self, owner: str, run_id: str) -> None:
        """Train one more step, then wait."""
        self._continued(owner, run_id)
        self._store.freeze_run(run_id, Intent.GOING, pace=Pace.STEP, recorded=False)
        run = self.run(run_id)
        self._update(run, allowed_step=min(run.step + 1, run.target_step))

    def set_learning_rate(self, owner: str, run_id: str, learning_rate: float) -> None:
        """Continue with another rate from the current step. Learners who shared the training keep the old rate. Raises
        TooManyRuns or QueueFull as for a new run."""
        run = self._continued(owner, run_id)
        run.config.replaced(learning_rate=learning_rate)  # raises InvalidConfig
        with self._engine.lock:
            run = self.run(run_id)
            if run.trajectory.set_rate_at(run.step) != learning_rate:
                self._admission.to_branch(run)
                forked = self._branches.fork(run, (run.step, "learning_rate", learning_rate))
                self._store.update_run(run_id, trajectory_id=forked.id, recorded=False)
        self._changed(run)  # its watchers still listen on its former trajectory

    def extend(self, owner: str, run_id: str, epochs: int) -> None:
        """Train for this many more epochs, after the last one or from where the run was stopped. Raises InvalidConfig
        beyond the limit of a run or if it has a schedule; TooManyRuns or QueueFull as for a new run."""
        run = self._continued(owner, run_id)
        most = run.config.epochs if run.config.has_fixed_end else limits("epochs")[1]
        per_epoch = run.trajectory.steps_per_epoch
        done = -(-run.step // per_epoch) if run.intent is Intent.STOPPED else run.config.epochs
        total = done + epochs
        if epochs < 1 or total > most:
            raise InvalidConfig("epochs", f"a whole number from 1 to {most:g}", total)
        target = total * per_epoch
        allowed = {"allowed_step": target} if run.pace is Pace.FULL else {}
        with self._engine.lock:
            self._admission.to_more(owner, run.trajectory, target)
            self._update(run, intent=Intent.GOING, target_step=target, recorded=False, **allowed)

    # Keeping

    def preference(self, owner: str, name: str) -> str | None:
        """What this learner chose earlier."""
        return self._store.preference(owner, name)

    def prefer(self, owner: str, name: str, value: str) -> None:
        """Remember a choice; dropped if the store cannot be written now."""
        try:
            self._store.set_preference(owner, name, value)
        except StoreUnavailable as problem:
            log.warning(problem.message)

    def rename(self, owner: str, run_id: str, name: str) -> None:
        """Only runs with an empty name are deleted when space runs out."""
        self._update(self._owned(owner, run_id), name=fitting_name(name))

    def set_public(self, owner: str, run_id: str, public: bool) -> None:
        self._update(self._owned(owner, run_id), public=public)

    def hide(self, run_id: str) -> None:
        """For the teacher: hide a run from the class, whoever owns it. Its owner can show it again."""
        self._update(self.run(run_id), public=False)

    def delete(self, owner: str, run_id: str) -> None:
        """Remove this learner's run; others who share the training keep theirs."""
        run = self._owned(owner, run_id)
        self._store.delete_run(run_id)
        self._changed(run)

    def restore(self, owner: str, run: Run) -> None:
        """Undo a deletion; a run beyond the limits comes back paused. Raises RunNotFound if the space has been reused
        since."""
        with self._engine.lock:
            if run.owner != owner or not self._store.has_trajectory(run.trajectory.id):
                raise RunNotFound(run.id)
            if self._store.run(run.id) is None:  # a second click may come before the page reruns
                self._store.add_run(run if self._may_train(run) else replace(run, intent=Intent.PAUSED))
        self._changed(run)

    def clean_up(self) -> None:
        """Keep within the storage limit: delete first what no run uses, then the oldest unnamed runs."""
        self._retention.clean_up()

    def delete_own_set(self, owner: str, name: str) -> None:
        """Raises OwnSetRefused while runs train on it."""
        self.own_sets.delete(owner, name, self._cluster.environment())

    # Viewing

    def run(self, run_id: str) -> Run:
        """Raises RunNotFound."""
        run = self._store.run(run_id)
        if run is None:
            raise RunNotFound(run_id)
        return run

    def view(self, run_id: str) -> RunView:
        """Raises RunNotFound."""
        return self._views([self.run(run_id)])[0]

    def precisions(self) -> tuple[str, ...]:
        """The precisions worth offering on the workers."""
        return ("float32", "bfloat16") if self._bfloat16_pays else ("float32",)

    def measure_precisions(self) -> None:
        """Let a worker measure whether bfloat16 is faster there; without CPU support it never is."""
        environment = self._cluster.environment()
        if self._bfloat16_pays is None and environment:
            self._bfloat16_pays = "bf16" in environment and self._cluster.call(bfloat16_speedup) > 1.0

    def inspect(self, name: str, give_way: GiveWay | None = None) -> Inspection:
        """A torchvision classifier, inspected by a worker. Raises InspectionFailed."""
        return self._inspections.get(name, give_way)

    def runs_of(self, owner: str) -> list[RunView]:
        return self._views(self._store.runs_by_owner(owner))

    def public_runs(self) -> list[RunView]:
        return self._views(self._store.public_runs())

    def views(self, run_ids: Collection[str]) -> dict[str, RunView]:
        """Views of those runs that exist, by id."""
        return {view.id: view for view in self._views(self._store.runs(run_ids))} if run_ids else {}

    def curve(self, view: RunView) -> Curve:
        """The curve that a run's learner may see, up to the view's step."""
        return cut(self._store.curve(view.trajectory_id), view.step)

    def curve_since(self, trajectory_id: str, step: int) -> Curve:
        """A trajectory's losses after a step, and its measurements from that step on."""
        return self._store.curve(trajectory_id, since=step)

    def member_losses(self, run_id: str) -> tuple[Any, Any] | None:
        """The loss of each image that this run trained on, and of each validation image, at the run's current step, as
        float32 arrays; None if the weights of that step were not saved. Raises RunNotFound, and NoWorkers if none
        answers in time."""
        run = self.run(run_id)
        trajectory = run.trajectory
        if trajectory.checkpoint is None or trajectory.checkpoint_step != run.step:
            return None
        losses: tuple[Any, Any] = self.networks.ask(
            trajectory.config, trajectory.checkpoint, "member_losses", data_sha256=trajectory.data_sha256
        )
        return losses

    def final_accuracies(self, views: Collection[RunView]) -> dict[str, float]:
        """The last validation accuracy that each run's learner may see, by run id."""
        measured = self._store.accuracies({view.trajectory_id for view in views})
        seen = {v.id: [a for step, a in measured.get(v.trajectory_id, []) if step <= v.step] for v in views}
        return {run_id: accuracies[-1] for run_id, accuracies in seen.items() if accuracies}

    def health(self) -> dict[str, object]:
        """Workers, running and queued trajectories, and what is wrong if anything is."""
        queued = len(self._engine.places)
        outage = self._engine.outage
        return {
            "status": "waiting" if outage else "ok",
            "workers": self._cluster.num_workers(),
            "running": max(0, self._engine.num_active - queued),
            "queued": queued,
            **({"reason": outage.message} if outage else {}),
        }

    @property
    def outage(self) -> TrendLabError | None:
        """What holds up all training, if anything: a full disk, a locked store, workers that cannot start."""
        return self._engine.outage

    # Internal

    def _owned(self, owner: str, run_id: str) -> Run:
        run = self.run(run_id)
        if run.owner != owner:
            raise RunNotFound(run_id)
        return run

    def _continued(self, owner: str, run_id: str) -> Run:
        """The owner's run, if it can be continued here. Raises RunNotFound, DatasetGone, DatasetChanged or
        RunOutdated."""
        run = self._owned(owner, run_id)
        if problem := images_problem(run.config.dataset, run.trajectory.data_sha256):
            raise problem
        if not run.can_continue(self._cluster.environment()):
            raise RunOutdated
        return run

    def _may_train(self, run: Run) -> bool:
        """Whether a run that is not in the store may go on as it did, if it did."""
        try:
            if self._admission.is_under_way(run):
                self._admission.to_more(run.owner, run.trajectory, run.target_step)
        except (TooManyRuns, QueueFull):
            return False
        return True

    def _update(self, run: Run, **values: object) -> None:
        self._store.update_run(run.id, **values)
        self._changed(run)

    def _changed(self, run: Run) -> None:
        self._engine.wake()
        self._notify(run.trajectory.id)

    def _notify(self, trajectory_id: str) -> None:
        for listener in self._listeners:
            listener(trajectory_id)

    def _views(self, runs: Sequence[Run]) -> list[RunView]:
        environment = self._cluster.environment()
        slowdown = max(1.0, self._engine.num_active / max(1, self._cluster.num_workers()))
        shared = self._store.count_owners_on({run.trajectory.id for run in runs})
        return [
            view_of(
                run,
                environment,
                place=self._engine.places.get(run.trajectory.id),
                waiting=self._engine.outage is not None,
                shared=shared.get(run.trajectory.id, 1),
                slowdown=slowdown,
            )
            for run in runs
        ]

    def _new_run(self, owner: str, trajectory: Trajectory, target_step: int, pace: Pace) -> Run:
        finished = trajectory.diverged or trajectory.is_done_up_to(target_step)
        return Run(
            id=secrets.token_hex(16), owner=owner, name="", public=True, intent=Intent.GOING, pace=pace,
            allowed_step=target_step if finished or pace is Pace.FULL else 0, target_step=target_step,
            recorded=finished, created_at=time.time(), trajectory=trajectory,
        )  # fmt: skip


def cut(curve: Curve, step: int) -> Curve:
    """The part of a curve up to a step."""
    return Curve(curve.losses[:step], tuple(e for e in curve.evaluations if e.step <= step))
