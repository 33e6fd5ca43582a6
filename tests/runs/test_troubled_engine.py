"""Full disk, locked store, dying workers, unwritable results: training is held up and then resumes."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from core.errors import (
    StoreUnavailable,
    TrendLabError,
    WorkerDied,
    WorkersEnd,
)
from core.runs.cluster import OnDone, SliceRequest
from core.runs.engine import TASKS_PER_WORKER
from core.runs.files import FileStore
from core.runs.records import State, Trajectory
from core.runs.service import RunService
from core.runs.store import Store
from core.runs.worker import TrainedSlice
from core.settings import get_settings
from tests.parts import OTHER, OWNER, QUICK, Parts, ThreadCluster, curve_of, finish, open_service, undisturbed
from tests.waiting import until


def test_a_full_disk_only_pauses(home_with_digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = threading.Event()
    with open_service(home_with_digits) as (service, cluster):
        cluster.max_steps_a_slice = 4
        write = service._files.write

        def write_if_there_is_room(content: bytes) -> str:
            if full.is_set():
                raise OSError(28, "No space left on device")
            return write(content)

        monkeypatch.setattr(service._files, "write", write_if_there_is_room)
        full.set()
        told: list[str] = []
        service.subscribe(told.append)
        run = service.start(OWNER, QUICK)
        until(lambda: service.outage is not None)
        assert service.health()["status"] == "waiting"
        assert "No space left" in str(service.health()["reason"])
        until(lambda: told == [run.trajectory.id] * 2)  # once that it began, once that it is held up
        full.clear()
        finish(service, run.id)
        assert service.outage is None
        assert np.array_equal(curve_of(service, run).losses, undisturbed(QUICK))


def test_a_run_that_no_worker_can_train_says_why_and_goes_on_when_one_can(
    home_with_digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.runs.engine.RETRY_S", 0.01)

    class Weak(ThreadCluster):
        is_weak, has_failed, num_failures = True, False, 0

        def num_workers(self) -> int:
            return 0 if self.is_weak else 1

        def outage(self) -> TrendLabError | None:
            self.num_failures += self.has_failed
            return WorkersEnd("exit code -9") if self.is_weak and self.has_failed else None

    cluster, notified = Weak(), list[str]()
    with open_service(home_with_digits, cluster) as (service, _):
        service.subscribe(notified.append)
        run = service.start(OWNER, QUICK)
        until(lambda: service.health()["queued"] == 1)
        cluster.has_failed = True
        until(lambda: cluster.num_failures > 3)
        assert notified == [run.trajectory.id] * 2  # once that it began, once that it is held up
        assert service.view(run.id).waiting
        told = service.health()
        assert (told["status"], told["workers"], told["queued"]) == ("waiting", 0, 1)
        assert "exit code -9" in str(told["reason"])
        assert service.view(run.id).state is State.QUEUED
        cluster.is_weak = False
        finish(service, run.id)
        assert service.outage is None
        until(lambda: notified == [run.trajectory.id] * 4)  # once that it goes on, once that it is trained


def test_a_result_that_cannot_be_written_holds_up_nobody_else(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    service, _ = parts
    commit = service._store.commit_slice

    def commit_sound(before: Trajectory, *slice_: Any) -> bool:
        if before.config.seed == 1:
            raise ValueError("twice the same epoch")
        return commit(before, *slice_)

    monkeypatch.setattr(service._store, "commit_slice", commit_sound)
    bad, good = service.start(OWNER, QUICK.replaced(seed=1)), service.start(OTHER, QUICK)
    finish(service, good.id)
    finish(service, bad.id)
    assert (service.view(bad.id).state, service.view(good.id).state) == (State.FAILED, State.FINISHED)
    assert "twice the same epoch" in str(service.view(bad.id).error)


def test_a_slice_that_finds_no_way_out_is_handed_out_again(
    home_with_digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.runs.engine.RETRY_S", 0.01)

    class Cut(ThreadCluster):
        failures = iter([RuntimeError("The connection is cut.")])

        def submit(self, request: SliceRequest, on_done: OnDone) -> None:
            for failure in self.failures:
                raise failure
            super().submit(request, on_done)

    with open_service(home_with_digits, Cut()) as (service, _):
        run = service.start(OWNER, QUICK)
        finish(service, run.id)


def test_a_result_that_waits_is_made_durable_and_charged_once(
    home_with_digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.runs.engine.RETRY_S", 0.01)
    with open_service(home_with_digits) as (service, _):
        commit, failures = service._store.commit_slice, iter([StoreUnavailable("locked")] * 5)
        durable, not_durable = list[str](), list[str]()

        def commit_if_free(*slice_: Any) -> bool:
            not_durable.extend({slice_[-1].checkpoint} - {*durable})
            for failure in failures:
                raise failure
            return commit(*slice_)

        charged: list[float] = []
        monkeypatch.setattr(service._store, "commit_slice", commit_if_free)
        monkeypatch.setattr(service._files, "make_durable", durable.append)
        monkeypatch.setattr(service._engine._queue, "charge", lambda _, seconds: charged.append(seconds))
        run = service.start(OWNER, QUICK)
        finish(service, run.id)
        until(lambda: bool(charged))
        assert charged == [service.run(run.id).trajectory.train_s]
        assert not_durable == []


def test_what_another_process_trains_keeps_no_worker_from_the_rest(
    home_with_digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.runs.engine.LEASE_S", 600.0)
    gate, held = threading.Event(), ThreadCluster()
    held.before_slice = lambda _: gate.wait(30)  # type: ignore[assignment, return-value]
    with open_service(home_with_digits, held) as (service, _):
        runs = [service.start(OWNER, QUICK.replaced(seed=seed)) for seed in range(4)]
        until(lambda: len(held.requests) == TASKS_PER_WORKER)
        store = Store(f"sqlite:///{home_with_digits / 'trendlab.db'}")
        free = RunService(get_settings(), store, FileStore(home_with_digits / "files"), ThreadCluster())
        free.open()
        until(lambda: sum(free.view(run.id).is_final for run in runs) == 4 - TASKS_PER_WORKER)
        gate.set()
        for run in runs:
            finish(service, run.id)
        free.close()


def test_settings_that_kill_their_worker_fail_and_harm_nobody_else(
    home_with_digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.runs.engine.TICK_S", 0.01)
    deadly, harmless, late = (QUICK.replaced(seed=seed) for seed in (1, 2, 3))

    class Fragile(ThreadCluster):
        """Its worker dies over some settings in their second slice; like Dask, it then gives up every slice it had been
        sent, but tells one after the other."""

        may_die = threading.Event()
        num_sent_at_death = num_looks = 0
        out: ClassVar[list[int]] = []  # the seeds of slices that have not come back
        sent_beside: ClassVar[list[list[int]]] = []  # the same, when each slice was sent

        def num_workers(self) -> int:
            self.num_looks += 1
            return super().num_workers()

        def submit(self, request: SliceRequest, on_done: OnDone) -> None:
            def come_back(outcome: TrainedSlice | Exception) -> None:
                self.out.remove(request.config.seed)
                on_done(outcome)

            self.sent_beside.append([*self.out])
            self.out.append(request.config.seed)
            super().submit(request, come_back)

        def _outcome(self, request: SliceRequest) -> TrainedSlice | Exception:
            if request.config.seed == deadly.seed and request.checkpoint:
                self.may_die.wait(20)
                self.num_sent_at_death = len(self.requests)
            if not any(each is request for each in self.requests[: self.num_sent_at_death]):
                return super()._outcome(request)
            looks = self.num_looks
            until(lambda: self.num_looks > looks + 2)  # what is handed out meanwhile?
            return WorkerDied()

    cluster = Fragile()
    cluster.max_steps_a_slice = 4
    with open_service(home_with_digits, cluster) as (service, _):
        failing, training = service.start(OWNER, deadly), service.start(OTHER, harmless)
        until(lambda: len(cluster.requests) == 4)
        waiting = service.start("owner-three", late)
        cluster.may_die.set()
        for run in (failing, training, waiting):
            finish(service, run.id)
        error = service.view(failing.id).error
        assert error
        assert (error["kind"], error["facts"]) == ("WorkerDied", {"times": 3})
        next_ones = [request.config.seed for request in cluster.requests][4:8]
        assert (sorted(next_ones[:3]), next_ones[3]) == ([1, 1, 2], 3)  # the suspects first
        assert cluster.sent_beside[4:7] == [[], [], []]  # each alone
        for run in (training, waiting):
            assert service.view(run.id).state is State.FINISHED
            assert np.array_equal(curve_of(service, run).losses, undisturbed(run.config))


def test_workers_that_die_and_slices_that_are_lost_or_slow_now_and_then_end_no_run(home_with_digits: Path) -> None:
    class Unlucky(ThreadCluster):
        def _outcome(self, request: SliceRequest) -> TrainedSlice | Exception:
            outcome = super()._outcome(request)
            if isinstance(outcome, Exception) or len(self.requests) % 2:
                return WorkerDied() if len(self.requests) % 4 == 1 else CancelledError()
            slowest_s = 9.0 if len(self.requests) % 4 else 0.0
            return outcome._replace(result=replace(outcome.result, best_step_s=slowest_s))

    cluster = Unlucky()
    cluster.max_steps_a_slice = 4
    with open_service(home_with_digits, cluster) as (service, _):
        run = service.start(OWNER, QUICK)
        finish(service, run.id)
        assert service.view(run.id).state is State.FINISHED
        assert len(cluster.requests) == 18
