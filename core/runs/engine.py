"""The main loop of all training: one thread that submits slices and commits their results."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import CancelledError
from uuid import uuid4

from core.errors import (
    CheckpointError,
    HomeGone,
    RunRefused,
    StoreError,
    StoreUnavailable,
    TrendLabError,
    WorkerDied,
    to_wire,
)
from core.runs.cluster import Cluster, SliceRequest
from core.runs.fairness import FairQueue, ScheduledSlice
from core.runs.files import FileStore, SavedFiles, StoredFile, save
from core.runs.records import EPOCH_PACE_S
from core.runs.store import Candidate, Store
from core.runs.worker import TrainedSlice
from core.training import SliceResult

log = logging.getLogger(__name__)

TASKS_PER_WORKER = 2  # one trains while the next one is being sent
LEASE_S = 15.0
TICK_S = 0.25
RETRY_S = 2.0
SLOW_SLICES = 2  # so many slices in a row must be too slow before a run is refused
MOST_DEATHS = 3  # in a row: the run fails

Outcome = tuple[Candidate, TrainedSlice | Exception]


class Engine:
    """Chooses, submits and commits slices. `on_progress` gets the id of every trajectory that advanced.

    `lock` is held while rows and files change together, and while a trajectory is forked or a run added.
    """

    def __init__(
        self, store: Store, files: FileStore, cluster: Cluster, max_step_s: float, on_progress: Callable[[str], None]
    ) -> None:
        self.lock = threading.RLock()
        self.outage: TrendLabError | None = None
        self._store, self._files, self._cluster = store, files, cluster
        self._max_step_s, self._on_progress = max_step_s, on_progress
        self._queue = FairQueue()
        self._name = uuid4().hex
        self._in_flight: set[str] = set()
        self._outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._unwritten: list[Outcome] = []
        self._slow: dict[str, int] = {}
        self._deaths: Counter[str] = Counter()  # of workers in a row, by trajectory
        self._granted_at: dict[str, float] = {}
        self._wake, self._closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self.places: dict[str, int] = {}
        self.num_active = 0

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Look for work now instead of at the next tick."""
        self._wake.set()

    def close(self) -> None:
        self._closing.set()
        self.wake()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.wait(RETRY_S if self.outage else TICK_S)
            self._wake.clear()
            try:
                self.run_once()
                self._note_outage(self._cluster.outage())
            except (StoreError, OSError) as problem:
                self._note_outage(problem if isinstance(problem, TrendLabError) else StoreUnavailable(str(problem)))
            except Exception:
                log.exception("Unexpected error in the engine; it continues")
                time.sleep(RETRY_S)

    def _note_outage(self, problem: TrendLabError | None) -> None:
        """Notify the watchers once when training stalls and once when it resumes."""
        before, self.outage = self.outage, problem
        if (before is None) is (problem is None):
            return
        log.warning("Training is held up: %s", problem or "no longer")
        for trajectory_id in (*self._in_flight, *self.places):
            self._on_progress(trajectory_id)

    def run_once(self) -> None:
        """One pass: write results that came back, advance paced runs, submit slices."""
        self._files.require_folder()
        self._write_outcomes()
        self._grant_epochs()
        self._hand_out()

    # Submitting

    def _hand_out(self) -> None:
        workers = self._cluster.num_workers()
        candidates = self._store.candidates(self._cluster.environment())
        schedule = self._queue.schedule(candidates, workers)
        self.num_active = len(schedule)
        waiting = [each for each in schedule if each.candidate.trajectory.id not in self._in_flight]
        self._submit_some(waiting, workers * TASKS_PER_WORKER - len(self._in_flight))
        waiting = [each for each in waiting if each.candidate.trajectory.id not in self._in_flight]
        self.places = {each.candidate.trajectory.id: place for place, each in enumerate(waiting, 1)}

    def _submit_some(self, waiting: list[ScheduledSlice], room: int) -> None:
        """Submit what there is room for. A trajectory whose worker died trains alone until a slice of it returns, so
        that the next death has one cause and does not set back others."""
        waiting.sort(key=lambda each: each.candidate.trajectory.id not in self._deaths)
        for each in waiting:
            is_suspect = each.candidate.trajectory.id in self._deaths
            if room <= 0 or self._deaths.keys() & self._in_flight or (is_suspect and self._in_flight):
                return
            room -= self._submit(each)

    def _submit(self, scheduled: ScheduledSlice) -> bool:
        """False if another process holds the trajectory, or it has advanced meanwhile."""
        candidate, trajectory = scheduled.candidate, scheduled.candidate.trajectory
        if not self._store.lease(trajectory, self._name, LEASE_S):
            return False
        per_epoch = trajectory.steps_per_epoch
        request = SliceRequest(
            config=trajectory.config.replaced(
                epochs=max(trajectory.config.epochs, -(-candidate.allowed_step // per_epoch))
            ),
            checkpoint=StoredFile(self._files, trajectory.checkpoint) if trajectory.checkpoint else None,
            max_steps=candidate.allowed_step - trajectory.checkpoint_step,
            changes=trajectory.changes,
            max_seconds=scheduled.slice_s,
            urgent=scheduled.is_first,
            files=self._files,
            data_sha256=trajectory.data_sha256,
        )
        self._cluster.submit(request, lambda trained: self._receive(candidate, trained))
        self._in_flight.add(trajectory.id)
        return True

    def _receive(self, candidate: Candidate, trained: TrainedSlice | Exception) -> None:
        self._outcomes.put((candidate, trained))
        self.wake()

    # Committing

    def _write_outcomes(self) -> None:
        while not self._outcomes.empty():
            self._unwritten.append(self._outcomes.get())
        while self._unwritten:  # results stay until written: a full disk loses nothing
            candidate, trained = self._unwritten[0]
            try:
                self._write(candidate, trained)
            except (StoreUnavailable, OSError):
                raise
            except Exception as problem:  # must not block the results of others
                log.exception("A slice of %s cannot be written", candidate.trajectory.id)
                self._fail(candidate.trajectory.id, problem)
            self._unwritten.pop(0)
            self._in_flight.discard(candidate.trajectory.id)
            self._on_progress(candidate.trajectory.id)

    def _write(self, candidate: Candidate, trained: TrainedSlice | Exception) -> None:
        trajectory = candidate.trajectory
        if isinstance(trained, (CancelledError, HomeGone)):
            return
        if isinstance(trained, WorkerDied):
            self._note_death(trajectory.id)
            return
        self._deaths.pop(trajectory.id, None)
        if isinstance(trained, CheckpointError):
            log.warning("%s The run starts again and retraces its steps.", trained)
            self._store.forget_checkpoint(trajectory)
            return
        if isinstance(trained, Exception):
            log.error("A slice of %s failed: %r", trajectory.id, trained)
            self._fail(trajectory.id, trained)
            return
        self._commit(candidate, trained.result, trained.files or save(self._files, trained.result))

    def _commit(self, candidate: Candidate, result: SliceResult, saved: SavedFiles) -> None:
        trajectory = candidate.trajectory
        self._files.make_durable(saved.checkpoint)
        with self.lock:
            committed = self._store.commit_slice(trajectory, self._name, result, saved)
            if committed and trajectory.checkpoint and not self._store.is_referenced(trajectory.checkpoint):
                self._files.delete([trajectory.checkpoint])
        self._queue.charge(candidate, result.train_s)
        if self._is_too_slow(trajectory.id, result):
            self._fail(trajectory.id, RunRefused(result.best_step_s, self._max_step_s))

    def _fail(self, trajectory_id: str, problem: Exception) -> None:
        error = problem if isinstance(problem, TrendLabError) else TrendLabError(f"{type(problem).__name__}: {problem}")
        self._store.fail_trajectory(trajectory_id, to_wire(error))

    def _note_death(self, trajectory_id: str) -> None:
        self._deaths[trajectory_id] += 1
        times = self._deaths[trajectory_id]
        log.warning("A worker died over %s, or over a slice before it (%d times in a row)", trajectory_id, times)
        if times >= MOST_DEATHS:
            self._fail(trajectory_id, WorkerDied(times))
            del self._deaths[trajectory_id]

    def _is_too_slow(self, trajectory_id: str, result: SliceResult) -> bool:
        before = self._slow.pop(trajectory_id, 0)
        if result.best_step_s <= self._max_step_s:
            return False
        self._slow[trajectory_id] = before + 1
        return before + 1 >= SLOW_SLICES

    # Pace

    def _grant_epochs(self) -> None:
        """One epoch per second: allow the next one when the last is done and its second is over."""
        now, paced = time.monotonic(), self._store.paced_runs()
        self._granted_at = {run.id: self._granted_at.get(run.id, 0.0) for run in paced}
        for run in paced:
            if run.step >= run.allowed_step and now - self._granted_at[run.id] >= EPOCH_PACE_S:
                per_epoch = run.trajectory.steps_per_epoch
                next_end = (run.allowed_step // per_epoch + 1) * per_epoch
                self._store.grant_steps(run, min(next_end, run.target_step))
                self._granted_at[run.id] = now
                self._on_progress(run.trajectory.id)
