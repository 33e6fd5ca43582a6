"""What learners can do with runs, alone and side by side. Slices really train, in a thread."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.config import RunConfig
from core.errors import (
    InvalidConfig,
    NoWorkers,
    RunNotFound,
    RunOutdated,
)
from core.runs.engine import TASKS_PER_WORKER
from core.runs.records import EPOCH_PACE_S, Pace, State
from core.runs.service import RunService
from tests.parts import OTHER, OWNER, QUICK, Parts, ThreadCluster, curve_of, finish, open_service, undisturbed
from tests.waiting import until


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
    assert [request.urgent for request in cluster.requests] == [True] + [False] * 7


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
    curve = curve_of(service, short)
    assert len(curve.losses) == 24
    assert service.final_accuracies([service.view(short.id)]) == {short.id: curve.evaluations[-1].val_accuracy}
    assert len(cluster.requests) == trained


def test_pausing_affects_only_the_learners_own_run(parts: Parts) -> None:
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


def test_one_step_at_a_click_ends_where_the_run_does(parts: Parts) -> None:
    service, _ = parts
    run = service.start(OWNER, QUICK.replaced(epochs=1))
    finish(service, run.id)
    service.step(OWNER, run.id)
    assert service.run(run.id).allowed_step == 12


def test_more_epochs_count_from_where_a_run_was_stopped_and_keep_its_pace(parts: Parts) -> None:
    service, _ = parts
    run = service.start(OWNER, QUICK, pace=Pace.STEP)
    stand_at(service, run.id, 3)
    service.stop(OWNER, run.id)
    service.extend(OWNER, run.id, 1)
    view = service.view(run.id)
    assert (view.state, view.total_steps) == (State.PAUSED, 24)  # the epoch under way, and one more
    assert service.run(run.id).allowed_step == 3


def test_an_epoch_a_second_stops_at_each_epoch(parts: Parts) -> None:
    service, cluster = parts
    started_at = time.monotonic()
    run = service.start(OWNER, QUICK, pace=Pace.EPOCH)
    finish(service, run.id)
    assert time.monotonic() - started_at >= 2 * EPOCH_PACE_S
    assert [request.max_steps for request in cluster.requests] == [12, 12, 12]
    assert np.array_equal(curve_of(service, run).losses, undisturbed(QUICK))


def test_who_waits_is_told_the_place_in_the_queue(parts: Parts) -> None:
    service, cluster = parts
    go_on = threading.Event()
    cluster.before_slice = lambda _: go_on.wait(20) and None
    runs = [service.start(f"learner {seed}", QUICK.replaced(seed=seed)) for seed in range(TASKS_PER_WORKER + 2)]
    until(lambda: [service.view(run.id).place for run in runs] == [None, None, 1, 2])
    go_on.set()


def test_the_time_left_grows_with_those_who_share_a_worker(parts: Parts) -> None:
    service, cluster = parts
    all_there, go_on = threading.Event(), threading.Event()
    cluster.max_steps_a_slice = 1
    cluster.before_slice = lambda request: (all_there if request.max_steps > 34 else go_on).wait(20) and None
    for seed in range(3):
        service.start(f"learner {seed}", QUICK.replaced(seed=seed))
    all_there.set()
    until(lambda: any(view.left_s for view in service.public_runs()))  # after its second slice
    view = next(view for view in service.public_runs() if view.left_s)
    assert view.left_s == pytest.approx(3 * (36 - view.step) * QUICK.batch_size / view.images_per_s)
    go_on.set()


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
    (measured,) = curve_of(service, mine).evaluations
    assert service.final_accuracies([service.view(mine.id)]) == {mine.id: measured.val_accuracy}
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
    original = service.start(OTHER, QUICK, guess="falls")
    finish(service, original.id)
    copy = service.fork(OWNER, original.id)
    assert copy.guess == ""
    service.rename(OWNER, copy.id, "mine")
    assert service.view(original.id).name == ""
    assert np.array_equal(curve_of(service, copy).losses, curve_of(service, original).losses)
    assert copy.public
    service.set_public(OTHER, original.id, False)
    assert not service.fork(OWNER, original.id).public


def test_a_fork_stands_still_while_the_original_trains(parts: Parts) -> None:
    service, cluster = parts
    cluster.max_steps_a_slice = 1
    original = service.start(OTHER, QUICK.replaced(epochs=1))
    until(lambda: service.view(original.id).step >= 2)
    copy = service.fork(OWNER, original.id)
    finish(service, original.id)
    view = service.view(copy.id)
    assert (view.state, view.step) == (State.PAUSED, copy.step)
    assert copy.step < 12


def test_delete_takes_nothing_from_others_and_can_be_undone(parts: Parts) -> None:
    service, _ = parts
    mine, theirs = service.start(OWNER, QUICK), service.start(OTHER, QUICK)
    finish(service, mine.id)
    kept = service.run(mine.id)
    service.delete(OWNER, mine.id)
    with pytest.raises(RunNotFound):
        service.view(mine.id)
    assert len(curve_of(service, theirs).losses) == 36
    with pytest.raises(RunNotFound):
        service.restore(OTHER, kept)
    assert service.runs_of(OWNER) == []
    service.restore(OWNER, kept)
    service.restore(OWNER, kept)  # a double click
    assert len(curve_of(service, mine).losses) == 36


@pytest.mark.parametrize(
    ("action", "how"),
    [
        *[(action, ()) for action in ("pause", "stop", "resume", "step", "delete")],
        ("set_learning_rate", (0.5,)),
        ("extend", (1,)),
        ("rename", ("not mine",)),
        ("set_public", (False,)),
    ],
)
def test_only_the_owner_may_change_a_run(parts: Parts, action: str, how: tuple[Any, ...]) -> None:
    service, _ = parts
    run = service.start(OWNER, QUICK)
    with pytest.raises(RunNotFound):
        getattr(service, action)(OTHER, run.id, *how)
    finish(service, run.id)
    assert replace(service.run(run.id), trajectory=run.trajectory) == run
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


def test_a_name_spoils_nothing_around_it(home_with_digits: Path) -> None:
    with open_service(home_with_digits, ThreadCluster()) as (service, _):
        run = service.start(OWNER, QUICK)
        for given, kept in {
            "my\nbest \t run ": "my best run",
            "\u202egnp.\u2066exe\0": "gnp.exe",
            "\u202e": "",
            "Z" + "\u0336" * 70: "Z\u0336\u0336",
            "名" * 81: "名" * 80,
            **{name: name for name in ("Tiê\u0301ng \u0e17\u0e35\u0e48 \u05d0", "最好 👩\u200d🎓 <b>")},
        }.items():
            service.rename(OWNER, run.id, given)
            assert service.view(run.id).name == kept


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
