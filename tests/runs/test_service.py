"""What learners can do with runs, alone and together. Slices really train, in a thread."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.config import RunConfig
from core.errors import (
    RunNotFound,
)
from core.runs.engine import TASKS_PER_WORKER
from core.runs.records import State
from tests.parts import OTHER, OWNER, QUICK, Parts, ThreadCluster, curve_of, finish, open_service, undisturbed
from tests.waiting import until


def test_a_run_trains_to_its_end_with_the_numbers_of_one_slice(parts: Parts) -> None:
    service, cluster = parts
    cluster.max_steps_a_slice = 5
    run = service.start(OWNER, QUICK)
    finish(service, run.id)
    curve = curve_of(service, run)
    assert service.view(run.id).state is State.FINISHED
    assert np.array_equal(curve.losses, undisturbed(QUICK))
    assert [e.epoch for e in curve.evaluations] == [1, 2, 3]
    until(lambda: service._files.sizes_bytes().keys() == service._store.referenced_files())  # no former checkpoint
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


def test_a_replayed_run_that_goes_on_is_no_replay_any_more(parts: Parts) -> None:
    service, _ = parts
    finish(service, service.start(OWNER, QUICK).id)
    for action, how in (("resume", ()), ("step", ()), ("extend", (1,)), ("set_learning_rate", (0.5,))):
        twin = service.start(OTHER, QUICK)
        assert twin.recorded
        getattr(service, action)(OTHER, twin.id, *how)
        assert not service.run(twin.id).recorded


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


def test_who_waits_is_told_the_place_in_the_queue(parts: Parts) -> None:
    service, cluster = parts
    go_on = threading.Event()
    cluster.before_slice = lambda _: go_on.wait(20) and None
    runs = [service.start(f"learner {seed}", QUICK.replaced(seed=seed)) for seed in range(TASKS_PER_WORKER + 2)]
    until(lambda: [service.view(run.id).place for run in runs] == [None, None, 1, 2])
    go_on.set()


def test_the_time_left_grows_with_those_who_share_a_worker(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    service, cluster = parts
    all_there, go_on = threading.Event(), threading.Event()
    cluster.max_steps_a_slice = 1
    cluster.before_slice = lambda request: (all_there if request.max_steps > 34 else go_on).wait(20) and None
    for seed in range(3):
        service.start(f"learner {seed}", QUICK.replaced(seed=seed))
    all_there.set()
    until(lambda: any(view.left_s for view in service.public_runs()))  # after its second slice
    view = next(view for view in service.public_runs() if view.left_s)
    alone_s = (36 - view.step) * QUICK.batch_size / view.images_per_s
    assert view.left_s == pytest.approx(3 * alone_s)
    monkeypatch.setattr(cluster, "num_workers", lambda: 4)
    assert service.view(view.id).left_s == pytest.approx(alone_s)  # a run has one worker at a time
    go_on.set()


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
