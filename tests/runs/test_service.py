"""What learners can do with runs, alone and side by side. Slices really train, in a thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.config import RunConfig
from core.errors import (
    InvalidConfig,
    NoWorkers,
    QueueFull,
    RunNotFound,
    RunOutdated,
    StoreUnavailable,
    TooManyRuns,
    TrendLabError,
    WorkersEnd,
)
from core.runs.cluster import OnDone, SliceRequest
from core.runs.engine import TASKS_PER_WORKER
from core.runs.files import FileStore, SavedFiles
from core.runs.records import Curve, Pace, Run, State, Trajectory
from core.runs.service import RunService
from core.runs.store import Store
from core.runs.worker import TrainedSlice
from core.settings import Settings, get_settings
from core.training import train_slice
from tests.artificial import LEASE, evaluation, new_run, new_trajectory, slice_result
from tests.parts import OTHER, OWNER, QUICK, ThreadCluster, finish, open_service, until

Parts = tuple[RunService, ThreadCluster]


@pytest.fixture
def parts(home_with_digits: Path) -> Iterator[Parts]:
    with open_service(home_with_digits) as opened:
        yield opened


def undisturbed(config: RunConfig, changes: tuple[tuple[int, str, float], ...] = ()) -> np.ndarray:
    return train_slice(config, None, 10**9, changes=changes).metrics


def curve_of(service: RunService, run: Run) -> Curve:
    return service.curve(service.view(run.id))


def stand_at(service: RunService, run_id: str, steps: int) -> None:
    """Walk a run to a step, one step at a click."""
    for _ in range(steps):
        before = service.view(run_id).step
        service.step(OWNER, run_id)
        until(lambda before=before: service.view(run_id).step == before + 1)


def test_a_run_trains_to_its_end_with_the_numbers_of_one_slice(parts: Parts) -> None:
    service, cluster = parts
    cluster.max_steps_a_slice = 5
    run = service.start(OWNER, QUICK)
    finish(service, run.id)
    curve = curve_of(service, run)
    assert service.view(run.id).state is State.FINISHED
    assert np.array_equal(curve.losses, undisturbed(QUICK))
    assert [e.epoch for e in curve.evaluations] == [1, 2, 3]


def test_equal_settings_train_once(parts: Parts) -> None:
    service, cluster = parts
    first = service.start(OWNER, QUICK)
    second = service.start(OTHER, QUICK)
    finish(service, first.id)
    finish(service, second.id)
    assert sum(r.max_steps for r in cluster.requests[:1]) == 36
    assert service.view(first.id).shared == 2
    assert np.array_equal(curve_of(service, first).losses, curve_of(service, second).losses)
    assert first.trajectory.id == second.trajectory.id


def test_a_finished_twin_is_replayed_and_training_afresh_is_another(parts: Parts) -> None:
    service, cluster = parts
    finish(service, service.start(OWNER, QUICK).id)
    trained = len(cluster.requests)
    twin = service.start(OTHER, QUICK)
    assert twin.recorded
    assert service.view(twin.id).state is State.FINISHED
    assert len(cluster.requests) == trained
    fresh = service.start(OTHER, QUICK, fresh=True)
    assert not fresh.recorded
    finish(service, fresh.id)
    assert len(cluster.requests) > trained
    assert np.array_equal(curve_of(service, fresh).losses, curve_of(service, twin).losses)


def test_fewer_epochs_are_a_part_of_the_same_training(parts: Parts) -> None:
    service, cluster = parts
    finish(service, service.start(OWNER, QUICK).id)
    trained = len(cluster.requests)
    short = service.start(OTHER, QUICK.replaced(epochs=2))
    assert service.view(short.id).state is State.FINISHED
    assert len(curve_of(service, short).losses) == 24
    assert len(cluster.requests) == trained


def test_pause_is_the_learners_own(parts: Parts) -> None:
    service, cluster = parts
    cluster.max_steps_a_slice = 1
    mine, theirs = service.start(OWNER, QUICK), service.start(OTHER, QUICK)
    until(lambda: service.view(mine.id).step >= 2)
    service.pause(OWNER, mine.id)
    stands_at = service.view(mine.id).step
    finish(service, theirs.id)
    view = service.view(mine.id)
    assert (view.state, view.step) == (State.PAUSED, stands_at)
    assert len(curve_of(service, mine).losses) == stands_at
    service.resume(OWNER, mine.id)
    finish(service, mine.id)
    assert np.array_equal(curve_of(service, mine).losses, undisturbed(QUICK))


def test_stop_keeps_the_result_and_can_be_taken_back(parts: Parts) -> None:
    service, cluster = parts
    cluster.max_steps_a_slice = 1
    run = service.start(OWNER, QUICK)
    until(lambda: service.view(run.id).step >= 2)
    service.stop(OWNER, run.id)
    stopped = service.view(run.id)
    assert stopped.state is State.STOPPED
    assert len(curve_of(service, run).losses) == stopped.step < 36
    service.resume(OWNER, run.id)
    finish(service, run.id)
    assert service.view(run.id).state is State.FINISHED


def test_one_step_at_a_click(parts: Parts) -> None:
    service, _ = parts
    run = service.start(OWNER, QUICK, pace=Pace.STEP)
    assert service.view(run.id).state is State.PAUSED
    stand_at(service, run.id, 3)
    assert service.view(run.id).step == 3
    assert np.array_equal(curve_of(service, run).losses, undisturbed(QUICK)[:3])


def test_an_epoch_a_second_stops_at_each_epoch(parts: Parts) -> None:
    service, cluster = parts
    run = service.start(OWNER, QUICK, pace=Pace.EPOCH)
    finish(service, run.id)
    assert [request.max_steps for request in cluster.requests] == [12, 12, 12]
    assert np.array_equal(curve_of(service, run).losses, undisturbed(QUICK))


def test_a_slower_pace_takes_nothing_back(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    service, _ = parts
    begun = service.start(OWNER, QUICK)
    finish(service, begun.id)
    monkeypatch.setattr(service, "_continued", lambda *_: begun)  # it trains on while the click is on its way
    service.resume(OWNER, begun.id, Pace.STEP)
    assert (service.view(begun.id).step, service.view(begun.id).pace) == (36, Pace.STEP)


def test_a_changed_rate_counts_from_its_step_and_nobody_else_sees_it(parts: Parts) -> None:
    service, cluster = parts
    cluster.max_steps_a_slice = 1
    mine, theirs = service.start(OWNER, QUICK), service.start(OTHER, QUICK)
    until(lambda: service.view(mine.id).step >= 3)
    service.set_learning_rate(OWNER, mine.id, 0.1)
    finish(service, mine.id)
    finish(service, theirs.id)
    view = service.view(mine.id)
    ((at, rate),) = view.changes
    assert rate == view.learning_rate == 0.1
    assert np.array_equal(curve_of(service, mine).losses, undisturbed(QUICK, ((at, "learning_rate", 0.1),)))
    assert np.array_equal(curve_of(service, theirs).losses, undisturbed(QUICK))
    assert service.view(theirs.id).changes == ()


def test_a_rate_changed_behind_the_others_retraces_and_is_exact(parts: Parts) -> None:
    service, _ = parts
    mine = service.start(OWNER, QUICK, pace=Pace.STEP)
    stand_at(service, mine.id, 3)
    finish(service, service.start(OTHER, QUICK).id)  # the shared training runs far ahead
    service.set_learning_rate(OWNER, mine.id, 0.1)
    assert service.view(mine.id).step == 3
    service.resume(OWNER, mine.id)
    finish(service, mine.id)
    assert np.array_equal(curve_of(service, mine).losses, undisturbed(QUICK, ((3, "learning_rate", 0.1),)))
    assert [e.epoch for e in curve_of(service, mine).evaluations] == [1, 2, 3]


def test_a_rate_changed_at_the_end_of_an_epoch(parts: Parts) -> None:
    service, _ = parts
    mine = service.start(OWNER, QUICK.replaced(epochs=1))
    finish(service, mine.id)
    service.set_learning_rate(OWNER, mine.id, 0.1)
    service.extend(OWNER, mine.id, 2)
    finish(service, mine.id)
    assert np.array_equal(curve_of(service, mine).losses, undisturbed(QUICK, ((12, "learning_rate", 0.1),)))
    assert [e.epoch for e in curve_of(service, mine).evaluations] == [1, 2, 3]


def test_more_epochs_go_on_from_the_end_and_are_only_for_who_asked(parts: Parts) -> None:
    service, _ = parts
    mine, theirs = service.start(OWNER, QUICK.replaced(epochs=1)), service.start(OTHER, QUICK.replaced(epochs=1))
    finish(service, mine.id)
    service.extend(OWNER, mine.id, 2)
    finish(service, mine.id)
    assert np.array_equal(curve_of(service, mine).losses, undisturbed(QUICK))
    assert service.view(theirs.id).total_steps == len(curve_of(service, theirs).losses) == 12
    with pytest.raises(InvalidConfig):
        service.extend(OWNER, mine.id, 48)


@pytest.mark.parametrize("schedule", ["step", "cosine"])
def test_a_scheduled_run_ends_where_its_schedule_does(schedule: str, parts: Parts) -> None:
    service, _ = parts
    short, long = (service.start(OWNER, QUICK.replaced(schedule=schedule, epochs=epochs)) for epochs in (1, 2))
    for run in (short, long):
        finish(service, run.id)
        assert np.array_equal(curve_of(service, run).losses, undisturbed(run.config))
    assert short.trajectory.id != long.trajectory.id  # fewer epochs are another training, not a part of it
    with pytest.raises(InvalidConfig) as caught:
        service.extend(OWNER, short.id, 1)
    assert (caught.value.field, caught.value.got) == ("epochs", 2)
    assert len(curve_of(service, short).losses) == 12


def test_a_fork_is_ones_own(parts: Parts) -> None:
    service, _ = parts
    original = service.start(OTHER, QUICK)
    finish(service, original.id)
    copy = service.fork(OWNER, original.id)
    service.rename(OWNER, copy.id, "mine")
    assert service.view(original.id).name == ""
    assert np.array_equal(curve_of(service, copy).losses, curve_of(service, original).losses)
    assert copy.public
    service.set_public(OTHER, original.id, False)
    assert not service.fork(OWNER, original.id).public


def test_delete_takes_nothing_from_others_and_can_be_undone(parts: Parts) -> None:
    service, _ = parts
    mine, theirs = service.start(OWNER, QUICK), service.start(OTHER, QUICK)
    finish(service, mine.id)
    kept = service.run(mine.id)
    service.delete(OWNER, mine.id)
    with pytest.raises(RunNotFound):
        service.view(mine.id)
    assert len(curve_of(service, theirs).losses) == 36
    service.restore(OWNER, kept)
    service.restore(OWNER, kept)  # a double click
    assert len(curve_of(service, mine).losses) == 36


@pytest.mark.parametrize("action", ["pause", "stop", "resume", "step", "delete"])
def test_only_the_owner_may_change_a_run(parts: Parts, action: str) -> None:
    service, _ = parts
    run = service.start(OWNER, QUICK)
    with pytest.raises(RunNotFound):
        getattr(service, action)(OTHER, run.id)
    with pytest.raises(RunNotFound):
        service.set_learning_rate(OTHER, run.id, 0.5)
    finish(service, run.id)
    assert service.view(run.id).state is State.FINISHED


def test_a_run_that_diverges_says_so_at_its_step(parts: Parts) -> None:
    service, _ = parts
    run = service.start(OWNER, RunConfig(learning_rate=10.0, seed=1))
    finish(service, run.id)
    view = service.view(run.id)
    assert view.state is State.DIVERGED
    assert view.finding == "diverged"
    assert view.finding_step == view.step == len(curve_of(service, run).losses)


def test_who_changes_the_rate_after_a_collapse_still_knows_of_it(parts: Parts) -> None:
    service, cluster = parts
    cluster.max_steps_a_slice = 50  # a slice that ends beyond its epoch
    run = service.start(OWNER, RunConfig(model="mlp", learning_rate=1.0, epochs=3))
    until(lambda: service.view(run.id).step >= 100)
    service.pause(OWNER, run.id)
    assert (service.view(run.id).finding, service.view(run.id).finding_step) == ("collapsed", 45)
    service.set_learning_rate(OWNER, run.id, 0.01)
    assert (service.view(run.id).finding, service.view(run.id).finding_step) == ("collapsed", 45)
    service.resume(OWNER, run.id)
    finish(service, run.id)
    assert (service.view(run.id).finding, service.view(run.id).finding_step) == ("collapsed", 45)


def test_a_bad_rate_changes_nothing(parts: Parts) -> None:
    service, _ = parts
    run = service.start(OWNER, QUICK)
    with pytest.raises(InvalidConfig):
        service.set_learning_rate(OWNER, run.id, float("nan"))
    finish(service, run.id)
    assert np.array_equal(curve_of(service, run).losses, undisturbed(QUICK))


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
        service.resume(OWNER, others[0].id, Pace.EPOCH)  # what is under way goes on at any pace
        service.stop(OWNER, others[0].id)
        service.resume(OWNER, first.id)
        assert service.view(first.id).state is not State.PAUSED
        gate.set()


def test_a_slow_pace_gets_nobody_past_the_limit(home_with_digits: Path) -> None:
    limited = Settings(max_active_runs_per_owner=2)
    with open_service(home_with_digits, ThreadCluster(), limited) as (service, _), service._engine.lock:
        for pace in (Pace.STEP, Pace.EPOCH, Pace.EPOCH):  # the first stands still until a click
            service.start(OWNER, QUICK.replaced(seed=len(service.runs_of(OWNER))), pace=pace)
        with pytest.raises(TooManyRuns):
            service.start(OWNER, QUICK.replaced(seed=3), pace=Pace.EPOCH)


def test_a_name_spoils_nothing_around_it(home_with_digits: Path) -> None:
    with open_service(home_with_digits, ThreadCluster()) as (service, _):
        run = service.start(OWNER, QUICK)
        for given, kept in {
            "my\nbest \t run ": "my best run",
            "\u202egnp.\u2066exe\0": "gnp.exe",
            "\u202e": "",
            "Z" + "\u0336" * 70: "Z\u0336\u0336",
            **{name: name for name in ("Tiê\u0301ng \u0e17\u0e35\u0e48 \u05d0", "最好 👩\u200d🎓 <b>")},
        }.items():
            service.rename(OWNER, run.id, given)
            assert service.view(run.id).name == kept


def test_what_costs_nothing_is_not_refused(home_with_digits: Path) -> None:
    gate = threading.Event()
    cluster = ThreadCluster()
    limited = Settings(max_active_runs_per_owner=2, max_queued_core_s=2)  # two runs of 36 steps, by the guess
    with open_service(home_with_digits, cluster, limited) as (service, _):
        done = service.start(OWNER, QUICK.replaced(seed=9))
        finish(service, done.id)
        cluster.before_slice = lambda _: gate.wait(20)  # type: ignore[assignment, return-value]
        under_way = [service.start(OWNER, QUICK.replaced(seed=seed)) for seed in range(2)]
        assert service.start(OWNER, QUICK.replaced(seed=9)).recorded
        for run in under_way:
            assert service.start(OTHER, run.config).trajectory.id == run.trajectory.id
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
        assert view.step == 8  # two slices had to agree


def test_after_a_crash_going_runs_go_on_and_paused_ones_stay(home_with_digits: Path) -> None:
    slow = ThreadCluster()
    slow.max_steps_a_slice = 1
    with open_service(home_with_digits, slow) as (service, _):
        going, paused = service.start(OWNER, QUICK), service.start(OTHER, QUICK.replaced(seed=1))
        until(lambda: service.view(going.id).step >= 3 and service.view(paused.id).step >= 2)
        service.pause(OTHER, paused.id)
        stands_at = service.view(paused.id).step
    with open_service(home_with_digits) as (service, _):
        finish(service, going.id)
        assert np.array_equal(curve_of(service, going).losses, undisturbed(QUICK))
        assert (service.view(paused.id).state, service.view(paused.id).step) == (State.PAUSED, stands_at)
        service.resume(OTHER, paused.id)
        finish(service, paused.id)
        assert np.array_equal(curve_of(service, paused).losses, undisturbed(QUICK.replaced(seed=1)))


def test_a_lost_checkpoint_is_retraced(home_with_digits: Path) -> None:
    slow = ThreadCluster()
    slow.max_steps_a_slice = 7
    with open_service(home_with_digits, slow) as (service, _):
        run = service.start(OWNER, QUICK)
        until(lambda: service.view(run.id).step >= 14)
        service.pause(OWNER, run.id)
        until(lambda: slow.requests[-1].max_steps <= 36 - service.run(run.id).trajectory.checkpoint_step + 7)
    for file in (home_with_digits / "files").iterdir():
        file.unlink()
    with open_service(home_with_digits) as (service, _):
        service.resume(OWNER, run.id)
        finish(service, run.id)
        assert np.array_equal(curve_of(service, run).losses, undisturbed(QUICK))
        assert [e.epoch for e in curve_of(service, run).evaluations] == [1, 2, 3]


def test_other_arithmetic_is_not_continued(home_with_digits: Path) -> None:
    slow = ThreadCluster()
    with open_service(home_with_digits, slow) as (service, _):
        finish(service, (over := service.start(OWNER, QUICK.replaced(seed=1))).id)
        slow.max_steps_a_slice = 1
        run = service.start(OWNER, QUICK)
        until(lambda: service.view(run.id).step >= 2)
    newer = ThreadCluster()
    newer.environment_name = "engine 99"
    with open_service(home_with_digits, newer) as (service, _):
        assert service.view(run.id).state is State.OUTDATED
        with pytest.raises(RunOutdated):
            service.extend(OWNER, over.id, 1)
        assert service.view(over.id).state is State.FINISHED
        assert not service.view(over.id).can_continue
        again = service.start(OWNER, QUICK)
        finish(service, again.id)
        assert again.trajectory.id != run.trajectory.id


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
        run = service.start(OWNER, QUICK)
        until(lambda: service.trouble is not None)
        assert service.health()["status"] == "waiting"
        assert "No space left" in str(service.health()["reason"])
        full.clear()
        finish(service, run.id)
        assert service.trouble is None
        assert np.array_equal(curve_of(service, run).losses, undisturbed(QUICK))


def test_clean_up_keeps_what_is_held(home_with_digits: Path) -> None:
    with open_service(home_with_digits, settings=Settings(max_storage_bytes=1)) as (service, _):
        kept, dropped = service.start(OWNER, QUICK), service.start(OWNER, QUICK.replaced(seed=1))
        finish(service, kept.id)
        finish(service, dropped.id)
        service.rename(OWNER, kept.id, "my best")
        service.delete(OWNER, dropped.id)
        service.clean_up()
        assert len(curve_of(service, kept).losses) == 36
        assert not service._store.has_trajectory(dropped.trajectory.id)
        service.extend(OWNER, kept.id, 1)
        finish(service, kept.id)
        assert len(curve_of(service, kept).losses) == 48


def test_a_clean_up_removes_no_more_than_it_must_and_lets_others_train(
    home_with_digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.runs.service.KEEP_UNNAMED_S", 0.0)
    monkeypatch.setattr("core.runs.service.UNNAMED_FILES_S", 0.0)
    with open_service(home_with_digits, settings=Settings(max_storage_bytes=12_000)) as (service, _):
        for n in range(20):  # 1000 bytes each, and 1000 that all share
            trajectory, names = new_trajectory(environment="elsewhere"), [service._files.write(bytes([n]) * 1000)]
            service._store.add_trajectory(trajectory)
            names.append(service._files.write(b"shared".ljust(1000)))
            result = slice_result(trajectory, [1.0] * 10, evaluations=(evaluation(1, 10),))
            assert service._store.lease(trajectory, LEASE, 60.0)
            assert service._store.commit_slice(trajectory, LEASE, result, SavedFiles(names[0], (names[1],), (None,)))
            service._store.add_run(new_run(trajectory))
        remove, done, others = service._store.delete_oldest_unnamed_run, list[str](), list[threading.Thread]()

        def train_meanwhile() -> None:
            with service._engine.lock:
                done.append("trained")

        def remove_beside_others(before: float) -> bool:
            if not others:
                others.append(threading.Thread(target=train_meanwhile))
                others[0].start()
            return remove(before)

        monkeypatch.setattr(service._store, "delete_oldest_unnamed_run", remove_beside_others)
        service.clean_up()
        done.append("cleaned")
        others[0].join()
        assert done == ["trained", "cleaned"]
        assert len(service.runs_of(OWNER)) == 11
        assert len(list((home_with_digits / "files").iterdir())) == 12


def test_what_a_slice_has_just_written_outlives_a_clean_up(home_with_digits: Path) -> None:
    written, may_be_told = threading.Event(), threading.Event()

    class Slow(ThreadCluster):
        def _outcome(self, request: SliceRequest) -> TrainedSlice | Exception:
            outcome = super()._outcome(request)
            written.set()
            may_be_told.wait(20)
            return outcome

    with open_service(home_with_digits, Slow()) as (service, _):
        run = service.start(OWNER, QUICK)
        assert written.wait(20)
        service.clean_up()
        may_be_told.set()
        finish(service, run.id)
        networks = service.networks.of(service.run(run.id))
        assert service.networks.logits(networks).shape == (3, 360, 10)


def test_a_clean_up_takes_no_twin_that_a_new_run_joins(home_with_digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_service(home_with_digits, settings=Settings(max_storage_bytes=1)) as (service, _):
        run = service.start(OWNER, QUICK)
        finish(service, run.id)
        service.delete(OWNER, run.id)
        cleaning, find = threading.Thread(target=service.clean_up), service._store.find_trajectory

        def find_and_wait(key: str) -> Trajectory | None:
            found = find(key)
            cleaning.start()
            cleaning.join(0.2)
            return found

        monkeypatch.setattr(service._store, "find_trajectory", find_and_wait)
        again = service.start(OWNER, QUICK)
        cleaning.join()
        assert again.recorded
        assert len(curve_of(service, again).losses) == 36


def test_a_run_that_no_worker_can_train_says_why_and_goes_on_when_one_can(
    home_with_digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.runs.engine.RETRY_S", 0.01)

    class Weak(ThreadCluster):
        is_weak = True

        def num_workers(self) -> int:
            return 0 if self.is_weak else 1

        def trouble(self) -> TrendLabError | None:
            return WorkersEnd("exit code -9") if self.is_weak else None

    cluster = Weak()
    with open_service(home_with_digits, cluster) as (service, _):
        run = service.start(OWNER, QUICK)
        until(lambda: service.view(run.id).waiting)
        told = service.health()
        assert (told["status"], told["workers"], told["queued"]) == ("waiting", 0, 1)
        assert "exit code -9" in str(told["reason"])
        assert service.view(run.id).state is State.QUEUED
        cluster.is_weak = False
        finish(service, run.id)
        assert service.trouble is None


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


def test_a_result_that_waits_is_charged_once(home_with_digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.runs.engine.RETRY_S", 0.01)
    with open_service(home_with_digits) as (service, _):
        commit, failures = service._store.commit_slice, iter([StoreUnavailable("locked")] * 5)

        def commit_if_free(*slice_: Any) -> bool:
            for failure in failures:
                raise failure
            return commit(*slice_)

        charged: list[float] = []
        monkeypatch.setattr(service._store, "commit_slice", commit_if_free)
        monkeypatch.setattr(service._engine._queue, "charge", lambda _, seconds: charged.append(seconds))
        run = service.start(OWNER, QUICK)
        finish(service, run.id)
        until(lambda: bool(charged))
        assert charged == [service.run(run.id).trajectory.train_s]


def test_the_losses_of_the_images_are_those_of_the_runs_own_step(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    service, cluster = parts
    run = service.start(OWNER, QUICK)
    finish(service, run.id)
    losses = service.member_losses(run.id)
    assert losses is not None
    assert [len(each) for each in losses] == [1437, 360]
    val_loss = curve_of(service, run).evaluations[-1].val_loss
    assert float(losses[1].mean()) == pytest.approx(val_loss, rel=1e-4)
    monkeypatch.setattr(cluster, "num_workers", lambda: 0)
    assert service.member_losses(run.id) is losses  # measured once
    other = service.start(OTHER, QUICK)
    service.extend(OTHER, other.id, 1)
    monkeypatch.undo()
    finish(service, other.id)
    assert service.member_losses(run.id) is None  # the weights have gone on
    assert service.member_losses(other.id) is not None


def test_losses_that_no_worker_gets_to_are_told(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    service, cluster = parts
    run = service.start(OWNER, QUICK)
    finish(service, run.id)

    def late(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(cluster, "ask", late)
    with pytest.raises(NoWorkers):
        service.member_losses(run.id)


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
