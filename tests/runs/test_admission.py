"""Limits on how much training one learner, and a class, may ask for at once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from core.errors import (
    QueueFull,
    TooManyRuns,
)
from core.runs.admission import Admission
from core.runs.records import Pace, State
from core.runs.store import Store
from core.settings import Settings
from tests.artificial import new_run, new_trajectory
from tests.parts import OTHER, OWNER, QUICK, ThreadCluster, finish, open_service


def test_too_many_runs_at_once_are_refused_and_nothing_is_started(home_with_digits: Path) -> None:
    gate = threading.Event()
    cluster = ThreadCluster()
    cluster.before_slice = lambda _: gate.wait(20)  # type: ignore[assignment, return-value]
    with open_service(home_with_digits, cluster, Settings(max_active_runs_per_owner=2)) as (service, _):
        for seed in range(2):
            service.start(OWNER, QUICK.replaced(seed=seed))
        with pytest.raises(TooManyRuns):
            service.start(OWNER, QUICK.replaced(seed=2))
        assert len(service.runs_of(OWNER)) == 2
        service.start(OTHER, QUICK.replaced(seed=2))
        gate.set()


def test_who_pauses_to_start_others_cannot_go_on_with_all(home_with_digits: Path) -> None:
    gate = threading.Event()
    cluster = ThreadCluster()
    with open_service(home_with_digits, cluster, Settings(max_active_runs_per_owner=2)) as (service, _):
        over = service.start(OWNER, QUICK.replaced(seed=9))
        finish(service, over.id)
        cluster.before_slice = lambda _: gate.wait(20)  # type: ignore[assignment, return-value]
        first, *others = (service.start(OWNER, QUICK.replaced(seed=seed)) for seed in range(2))
        service.pause(OWNER, first.id)
        service.start(OWNER, QUICK.replaced(seed=2))
        with pytest.raises(TooManyRuns):
            service.resume(OWNER, first.id)
        with pytest.raises(TooManyRuns):
            service.extend(OWNER, over.id, 1)
        assert service.view(first.id).state is State.PAUSED
        assert service.view(over.id).state is State.FINISHED
        service.resume(OWNER, others[0].id, Pace.EPOCH)  # an active run may continue at any pace
        service.stop(OWNER, others[0].id)
        service.resume(OWNER, first.id)
        assert service.view(first.id).state is not State.PAUSED
        gate.set()


def test_a_slow_pace_gets_nobody_past_the_limit(home_with_digits: Path) -> None:
    limited = Settings(max_active_runs_per_owner=2)
    with open_service(home_with_digits, ThreadCluster(), limited) as (service, _), service._engine.lock:
        for pace in (Pace.STEP, Pace.EPOCH, Pace.EPOCH):  # the first waits for a click
            service.start(OWNER, QUICK.replaced(seed=len(service.runs_of(OWNER))), pace=pace)
        with pytest.raises(TooManyRuns):
            service.start(OWNER, QUICK.replaced(seed=3), pace=Pace.EPOCH)


def test_a_run_that_needs_no_new_training_is_not_refused(home_with_digits: Path) -> None:
    gate = threading.Event()
    cluster = ThreadCluster()
    limited = Settings(max_active_runs_per_owner=2, max_queued_core_s=2)  # two runs of 36 steps, by the guess
    with open_service(home_with_digits, cluster, limited) as (service, _):
        done = service.start(OWNER, QUICK.replaced(seed=9))
        broken = service.start(OWNER, QUICK.replaced(model="seed_cnn", learning_rate=10.0, seed=1))
        for run in (done, broken):
            finish(service, run.id)
        cluster.before_slice = lambda _: gate.wait(20)  # type: ignore[assignment, return-value]
        under_way = [service.start(OWNER, QUICK.replaced(seed=seed)) for seed in range(2)]
        for run in (done, broken):
            assert service.start(OWNER, run.config).recorded
        for run in under_way:
            assert service.start(OTHER, run.config).trajectory.id == run.trajectory.id
        service.start("a third", done.config.replaced(epochs=4))  # one new epoch
        with pytest.raises(QueueFull):
            service.start("a third", QUICK.replaced(seed=2))
        gate.set()


def test_nobody_takes_all_the_room_of_the_queue(home_with_digits: Path) -> None:
    limited = Settings(max_queued_core_s=3)  # four runs of 36 steps, by the guess
    with open_service(home_with_digits, ThreadCluster(), limited) as (service, _), service._engine.lock:
        for seed in range(3):
            service.start(OWNER, QUICK.replaced(seed=seed))
        with pytest.raises(QueueFull):
            service.start(OWNER, QUICK.replaced(seed=3))
        service.start(OTHER, QUICK.replaced(seed=4))


def test_more_steps_of_an_own_run_count_in_the_queue(home_with_digits: Path) -> None:
    limited = Settings(max_queued_core_s=2)  # two runs of 36 steps, by the guess
    with open_service(home_with_digits, ThreadCluster(), limited) as (service, _), service._engine.lock:
        service.start(OWNER, QUICK)
        with pytest.raises(QueueFull):
            service.start(OWNER, QUICK.replaced(epochs=30))
        service.start(OWNER, QUICK.replaced(epochs=4))
        assert len(service.runs_of(OWNER)) == 2


def test_what_trains_counts_with_the_steps_that_are_left_at_their_measured_time(home_with_digits: Path) -> None:
    store, cluster = Store(f"sqlite:///{home_with_digits / 'trendlab.db'}"), ThreadCluster()
    admission = Admission(Settings(max_queued_core_s=3600), store, cluster)
    for _ in range(2):
        admission.to_new(OWNER, QUICK)
        half_done = new_trajectory(environment=cluster.environment(), step=50, train_s=3000.0)
        store.add_trajectory(half_done)
        store.add_run(new_run(half_done, owner=OTHER))
    with pytest.raises(QueueFull):
        admission.to_new(OWNER, QUICK)
    store.close()


def test_a_step_that_holds_up_the_class_is_refused_with_its_time(home_with_digits: Path) -> None:
    cluster = ThreadCluster()
    cluster.max_steps_a_slice = 4
    with open_service(home_with_digits, cluster, Settings(max_step_s=1e-9)) as (service, _):
        run = service.start(OWNER, QUICK)
        finish(service, run.id)
        view = service.view(run.id)
        assert view.state is State.FAILED
        assert view.error is not None
        assert view.error["kind"] == "RunRefused"
        assert view.step == 8  # after two slow slices in a row


def test_a_changed_rate_and_a_restored_run_get_nobody_past_the_limit(home_with_digits: Path) -> None:
    limited = Settings(max_active_runs_per_owner=2)
    with open_service(home_with_digits, ThreadCluster(), limited) as (service, _), service._engine.lock:
        first, second, third = (service.start(OWNER, QUICK) for _ in range(3))  # one training for all three
        service.set_learning_rate(OWNER, first.id, 0.1)
        with pytest.raises(TooManyRuns):
            service.set_learning_rate(OWNER, second.id, 0.2)
        service.stop(OWNER, third.id)
        service.set_learning_rate(OWNER, second.id, 0.2)  # in place of the old rate
        deleted = service.run(second.id)
        service.delete(OWNER, second.id)
        service.start(OWNER, QUICK.replaced(seed=2))
        service.restore(OWNER, deleted)
        assert service.view(second.id).state is State.PAUSED
        with pytest.raises(TooManyRuns):
            service.resume(OWNER, second.id)
        service.stop(OWNER, first.id)
        service.resume(OWNER, second.id)
        assert service.view(second.id).state is not State.PAUSED


def test_a_changed_rate_takes_room_in_the_queue_only_beside_the_old_one(
    home_with_digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = Settings(max_queued_core_s=1)  # a run of 36 steps takes 0.72, by the guess
    with open_service(home_with_digits, ThreadCluster(), limited) as (service, _), service._engine.lock:
        mine, theirs = service.start(OWNER, QUICK), service.start(OTHER, QUICK)
        with pytest.raises(QueueFull):
            service.set_learning_rate(OWNER, mine.id, 0.1)
        service.stop(OTHER, theirs.id)
        again = service.start(OWNER, QUICK)
        with pytest.raises(QueueFull):
            service.set_learning_rate(OWNER, mine.id, 0.1)
        service.stop(OWNER, again.id)
        monkeypatch.setattr("core.runs.admission.GUESSED_STEP_S", 9.0)  # steps take longer than guessed
        service.set_learning_rate(OWNER, mine.id, 0.1)
        assert service.view(mine.id).learning_rate == 0.1
