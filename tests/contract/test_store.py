"""What every database must do: SQLite always, PostgreSQL if `TRENDLAB_TEST_POSTGRES` names an empty one."""

from __future__ import annotations

import math
import os
import secrets
import sqlite3
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Barrier
from typing import Any

import numpy as np
import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import IntegrityError

from core.config import RunConfig
from core.errors import StoreUnavailable
from core.runs.records import Intent, Pace, Trajectory
from core.runs.store import Store
from core.settings import PROJECT
from tests.artificial import (
    LEASE,
    add_finished_run,
    branch_of,
    commit,
    evaluation,
    new_run,
    new_trajectory,
    noisy_losses,
    same,
    saved,
    slice_result,
)
from tests.parts import OWNER

OPEN_TOGETHER = """
import sys
from core.runs.store import Store
print("ready", flush=True)
sys.stdin.read()
Store(sys.argv[1]).close()
"""
POSTGRES = os.environ.get("TRENDLAB_TEST_POSTGRES", "")


@pytest.fixture(params=["sqlite", "postgres"] if POSTGRES else ["sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = Store(POSTGRES if request.param == "postgres" else f"sqlite:///{tmp_path / 'trendlab.db'}")
    yield opened
    opened.close()


def test_a_database_whose_connections_are_all_taken_is_not_available(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool: Any = store._engine.pool
    monkeypatch.setattr(pool, "_timeout", 0.01)
    before = store.public_runs()
    with ExitStack() as taken:
        for _ in range(pool.size() + pool._max_overflow):
            taken.enter_context(store._engine.connect())
        with pytest.raises(StoreUnavailable):
            store.public_runs()
    assert store.public_runs() == before


@pytest.fixture
def trajectory(store: Store) -> Trajectory:
    fresh = new_trajectory()
    store.add_trajectory(fresh)
    return fresh


def test_a_trajectory_and_a_run_come_back_as_they_were(store: Store) -> None:
    trajectory = new_trajectory(
        config=RunConfig(optimizer="adam", learning_rate=1e-5, seed=7),
        changes=((12, "learning_rate", 0.25), (30, "learning_rate", 1e-5)),
    )
    run = new_run(trajectory, name="我的运行 🙂", public=False, intent=Intent.PAUSED, pace=Pace.STEP, recorded=True)
    store.add_trajectory(trajectory)
    store.add_run(run)
    assert store.run(run.id) == run
    assert store.find_trajectory(trajectory.key) == trajectory
    assert store.run("0" * 32) is None


def test_losses_and_measurements_come_back_bit_by_bit(store: Store, trajectory: Trajectory) -> None:
    losses = [0.1, 2.3, math.inf, math.nan, 1e-45, 3.4e38, 7.0, 8.0, 9.0, 10.0]
    odd = evaluation(1, 10, val_loss=math.nan, gradient_norm=math.inf, silent_units=1.0)
    assert commit(store, trajectory, losses, evaluations=(odd,))
    curve = store.curve(trajectory.id)
    assert curve.losses.tobytes() == np.array(losses, np.float32).tobytes()
    (found,) = curve.evaluations
    assert (found.epoch, found.step, found.val_accuracy, found.silent_units) == (1, 10, 0.625, 1.0)
    for value in (found.val_loss, found.gradient_norm):
        assert value is None or not math.isfinite(value)


def test_a_reader_that_failed_midway_shows_nobody_the_past(
    store: Store, trajectory: Trajectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = new_run(trajectory), new_run(trajectory)
    store.add_run(first)
    store.add_run(second)
    with monkeypatch.context() as broken:
        broken.setattr("core.runs.rows.read_run", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError) as failure:
            store.runs([first.id, second.id])
    other = Store(store._engine.url.render_as_string(hide_password=False))  # a connection of its own
    assert commit(other, trajectory, [1.0, 2.0])
    other.close()
    assert [run.trajectory.step for run in store.runs([first.id, second.id])] == [2, 2]
    assert failure.traceback  # kept alive until here, as by a log, and with it the reader's cursor


def test_a_slice_is_written_once(store: Store, trajectory: Trajectory) -> None:
    result = slice_result(trajectory, [1.0, 2.0])
    assert store.lease(trajectory, LEASE, 60.0)
    assert store.commit_slice(trajectory, LEASE, result, saved(result))
    assert not store.commit_slice(trajectory, LEASE, result, saved(result))
    assert store.curve(trajectory.id).losses.tolist() == [1.0, 2.0]


def test_a_speed_is_told_from_the_second_slice_on(store: Store, trajectory: Trajectory) -> None:
    run = new_run(trajectory)
    store.add_run(run)
    assert commit(store, trajectory, [1.0], train_s=9.0)  # includes start-up time
    (first,) = store.runs([run.id])
    assert first.trajectory.images_per_s is None
    assert commit(store, first.trajectory, [1.0] * 10, train_s=0.5)
    (second,) = store.runs([run.id])
    assert second.trajectory.images_per_s == 10 * trajectory.config.batch_size / 0.5


def test_the_speed_is_that_of_a_few_slices_as_a_single_one_jumps(store: Store, trajectory: Trajectory) -> None:
    run = new_run(trajectory)
    store.add_run(run)
    slices_s = list[float]()
    for train_s in (9.0, 0.5, 1.5, 1.0, 2.0, 2.0):
        assert commit(store, store.runs([run.id])[0].trajectory, [1.0] * 10, train_s=train_s)
        if speed := store.runs([run.id])[0].trajectory.images_per_s:
            slices_s.append(10 * trajectory.config.batch_size / speed)
    assert slices_s == pytest.approx([0.5, 1.0, 1.0, 1.25, 1.4375])


def test_only_who_holds_the_lease_writes(store: Store, trajectory: Trajectory) -> None:
    assert store.lease(trajectory, LEASE, 60.0)
    assert not store.lease(trajectory, "another engine", 60.0)
    result = slice_result(trajectory, [1.0])
    assert not store.commit_slice(trajectory, "another engine", result, saved(result))
    assert store.lease(trajectory, LEASE, -1.0)  # expired
    assert store.lease(trajectory, "another engine", 60.0)
    assert store.commit_slice(trajectory, "another engine", result, saved(result))


def test_an_old_view_of_a_trajectory_gets_no_lease(store: Store, trajectory: Trajectory) -> None:
    assert commit(store, trajectory, [1.0])
    assert not store.lease(trajectory, LEASE, 60.0)


def test_a_fork_reads_its_parents_part(store: Store, trajectory: Trajectory) -> None:
    losses = noisy_losses(30)
    first, second, third = (evaluation(n, 10 * n) for n in (1, 2, 3))
    assert commit(store, trajectory, list(losses), evaluations=(first, second, third))
    fork = branch_of(trajectory, at=15)
    grandchild = branch_of(fork, at=17)
    for branch in (fork, grandchild):
        store.add_trajectory(branch)
    assert commit(store, fork, [5.0, 6.0, 7.0])
    assert commit(store, grandchild, [8.0])
    assert store.curve(fork.id).losses.tolist() == [*losses[:15].tolist(), 5.0, 6.0, 7.0]
    assert store.curve(grandchild.id).losses.tolist() == [*losses[:15].tolist(), 5.0, 6.0, 8.0]
    assert store.curve(grandchild.id, since=16).losses.tolist() == [6.0, 8.0]
    (inherited,) = store.curve(grandchild.id).evaluations
    assert same(inherited, first)
    asked = [trajectory.id, fork.id, grandchild.id]
    steps = {each: [step for step, _ in measured] for each, measured in store.accuracies(asked).items()}
    assert list(map(steps.get, asked)) == [[10, 20, 30], [10], [10]]


def test_retraced_steps_are_known_already(store: Store, trajectory: Trajectory) -> None:
    assert commit(store, trajectory, [1.0, 2.0, 3.0])
    store.forget_checkpoint(trajectory)  # no effect: it has advanced to another checkpoint
    moved_on = store.find_trajectory(trajectory.key)
    assert moved_on
    assert moved_on.checkpoint_step == 3
    store.forget_checkpoint(moved_on)
    moved_on = store.find_trajectory(trajectory.key)
    assert moved_on
    assert (moved_on.step, moved_on.checkpoint_step) == (3, 0)
    assert commit(store, moved_on, [1.0, 2.0, 3.0, 4.0])
    assert store.curve(trajectory.id).losses.tolist() == [1.0, 2.0, 3.0, 4.0]


def test_a_retraced_measurement_is_known_already(store: Store, trajectory: Trajectory) -> None:
    def present() -> Trajectory:
        found = store.find_trajectory(trajectory.key)
        assert found
        return found

    measured = {"evaluations": (evaluation(1, 10),), "finding": "flat", "finding_step": 10}
    assert commit(store, trajectory, [5.0] * 10, **measured)
    store.forget_checkpoint(present())
    assert commit(store, present(), [5.0] * 10, evaluating=True)  # a slice may end in the middle of it
    assert (present().evaluating, present().finding) == (False, "flat")
    assert commit(store, present(), [], **measured)
    assert commit(store, present(), [6.0])
    assert store.curve(trajectory.id).losses.tolist() == [5.0] * 10 + [6.0]
    assert len(store.curve(trajectory.id).evaluations) == 1


def test_a_finding_stands_since_it_was_last_made(store: Store, trajectory: Trajectory) -> None:
    def collapsed_since(step: int, *epochs: int) -> int | None:
        before = store.find_trajectory(trajectory.key)
        assert before
        measured = tuple(evaluation(epoch, 2 * epoch) for epoch in epochs)
        losses = [1.0] * (2 * epochs[-1] + 1 - before.step)
        assert commit(store, before, losses, evaluations=measured, finding="collapsed", finding_step=step)
        found = store.find_trajectory(trajectory.key)
        assert found
        return found.finding_step

    assert collapsed_since(2, 1) == 2
    assert collapsed_since(4, 2, 3) == 2
    assert collapsed_since(10, 4, 5) == 10  # sound in between


def test_candidates_are_what_somebody_wants_further(store: Store) -> None:
    wanted, paused, elsewhere, failed, diverged, reached = (new_trajectory() for _ in range(6))
    elsewhere = replace(elsewhere, environment="another machine")
    diverged = replace(diverged, finding="diverged")
    reached = replace(reached, step=100)
    for trajectory in (wanted, paused, elsewhere, failed, diverged, reached):
        store.add_trajectory(trajectory)
        intent = Intent.PAUSED if trajectory is paused else Intent.GOING
        store.add_run(new_run(trajectory, intent=intent))
    store.fail_trajectory(failed.id, {"kind": "TrendLabError", "message": "no", "facts": {}})
    assert store.find_trajectory(failed.key) is None  # the same settings are trained anew
    store.add_run(new_run(wanted, owner="another", allowed_step=50))
    ours = {wanted.id, paused.id, failed.id, diverged.id, reached.id, elsewhere.id}
    (candidate,) = [found for found in store.candidates("here") if found.trajectory.id in ours]
    assert candidate.trajectory == wanted
    assert len(candidate.owners) == 2
    assert candidate.allowed_step == 100


def test_a_run_is_frozen_where_it_stands(store: Store, trajectory: Trajectory) -> None:
    ahead, behind = new_run(trajectory), new_run(trajectory, allowed_step=2)
    for run in (ahead, behind):
        store.add_run(run)
    assert commit(store, trajectory, [1.0] * 5)
    for run, step in ((ahead, 5), (behind, 2)):
        store.freeze_run(run.id, Intent.PAUSED)
        frozen = store.run(run.id)
        assert frozen
        assert (frozen.intent, frozen.allowed_step, frozen.step) == (Intent.PAUSED, step, step)


def test_an_epoch_is_granted_only_to_who_still_wants_it(store: Store, trajectory: Trajectory) -> None:
    still, granted, faster, by_click, paused = runs = [
        new_run(trajectory, pace=Pace.EPOCH, allowed_step=10) for _ in range(5)
    ]
    for run in (*runs, new_run(trajectory, pace=Pace.EPOCH)):  # the last is at its end
        store.add_run(run)
    assert commit(store, trajectory, [1.0] * 10)
    store.update_run(granted.id, allowed_step=30)  # by another process
    store.update_run(faster.id, pace=Pace.FULL, allowed_step=100)
    store.update_run(by_click.id, pace=Pace.STEP)
    store.freeze_run(paused.id, Intent.PAUSED)
    ours = [run.id for run in store.paced_runs() if run.trajectory.id == trajectory.id]
    assert set(ours) == {still.id, granted.id}
    for run in runs:
        store.grant_steps(run, 20)
    found = {run.id: run.allowed_step for run in store.runs([run.id for run in runs])}
    assert [found[run.id] for run in runs] == [20, 30, 100, 10, 10]


def test_what_cannot_be_the_id_of_a_run_is_none(store: Store, trajectory: Trajectory) -> None:
    run = new_run(trajectory)
    store.add_run(run)
    assert store.run("\0") is None
    assert [each.id for each in store.runs([run.id, "\ud800", f"{run.id}\0", *map(str, range(70_000))])] == [run.id]


def test_a_run_of_a_model_that_is_gone_takes_no_other_with_it(store: Store, trajectory: Trajectory) -> None:
    tried = new_trajectory(config=RunConfig().model_copy(update={"model": "tried_once"}))
    store.add_trajectory(tried)
    gone, here = new_run(tried, owner=tried.id), new_run(trajectory, owner=tried.id)
    for run in (gone, here):
        store.add_run(run)
    assert [run.id for run in store.runs_by_owner(tried.id)] == [here.id]
    assert trajectory.id in {candidate.trajectory.id for candidate in store.candidates("here")}


def test_lists_are_the_newest_first_and_keep_what_is_private(store: Store, trajectory: Trajectory) -> None:
    owner = trajectory.id  # an owner of this test alone
    made = [new_run(trajectory, owner=owner, public=n != 1, created_at=float(n)) for n in range(3)]
    for run in made:
        store.add_run(run)
    assert [run.created_at for run in store.runs_by_owner(owner)] == [2.0, 1.0, 0.0]
    assert [run.created_at for run in store.public_runs() if run.owner == owner] == [2.0, 0.0]
    assert len(store.public_runs(limit=1)) == 1
    store.add_run(new_run(trajectory, owner="another"))
    assert store.count_owners_on([trajectory.id]) == {trajectory.id: 2}


def test_two_processes_may_write_a_preference_first(store: Store) -> None:
    other = Store(store._engine.url.render_as_string(hide_password=False))
    owners = [f"owner-{secrets.token_hex(8)}" for _ in range(50)]
    with ThreadPoolExecutor(2) as pool:
        for owner in owners:
            gate = Barrier(2)

            def prefer(chosen: Store, value: str, owner: str = owner, gate: Barrier = gate) -> None:
                gate.wait(timeout=20)
                chosen.set_preference(owner, "level", value)

            list(pool.map(prefer, (store, other), ("more", "expert")))
    other.close()
    assert {store.preference(owner, "level") for owner in owners} <= {"more", "expert"}


@pytest.mark.skipif(not POSTGRES, reason="needs TRENDLAB_TEST_POSTGRES")
def test_two_apps_may_begin_on_an_empty_database_at_the_same_moment() -> None:
    schema = f"begun_{secrets.token_hex(8)}"
    database = create_engine(POSTGRES)
    with database.begin() as db:
        db.exec_driver_sql(f"CREATE SCHEMA {schema}")
    url = make_url(POSTGRES).update_query_dict({"options": f"-csearch_path={schema}"})
    command = [sys.executable, "-c", OPEN_TOGETHER, url.render_as_string(hide_password=False)]
    apps = [Popen(command, cwd=PROJECT, stdin=PIPE, stdout=PIPE, text=True) for _ in range(2)]
    for app in apps:
        assert app.stdout
        assert app.stdout.readline() == "ready\n"
    for app in apps:
        assert app.stdin
        app.stdin.close()
    assert [app.wait(timeout=30) for app in apps] == [0, 0]
    with database.begin() as db:
        db.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")


def test_what_nobody_needs_goes_and_the_rest_stays(store: Store) -> None:
    kept = add_finished_run(store, steps_per_epoch=10, epochs=2)
    later, unused = new_trajectory(updated_at=0.5), new_trajectory(updated_at=0.0)
    for each in (later, unused):
        store.add_trajectory(each)
    parent = new_trajectory(updated_at=1.0)
    store.add_trajectory(parent)
    held = branch_of(parent, at=0)
    store.add_trajectory(held)
    store.add_run(new_run(held))
    gone = list(iter(store.delete_oldest_unused, None))
    assert [each for each in gone if each in (later.id, unused.id)] == [unused.id, later.id]
    assert store.find_trajectory(unused.key) is None
    assert store.find_trajectory(parent.key) == parent
    assert len(store.curve(kept.trajectory.id).losses) == 20


def test_the_oldest_unnamed_run_goes_first_and_a_named_one_never(store: Store, trajectory: Trajectory) -> None:
    made = {
        at: new_run(trajectory, created_at=at, name="mine" if at == -4.0 else "") for at in (-2.0, -4.0, -3.0, -1.0)
    }
    for run in made.values():
        store.add_run(run)
    for left in ([-1.0, -2.0, -4.0], [-1.0, -4.0]):
        assert store.delete_oldest_unnamed_run(before=-1.0)
        assert [run.created_at for run in store.runs_by_owner(OWNER) if run.trajectory.id == trajectory.id] == left
    assert not store.delete_oldest_unnamed_run(before=-1.0)


def test_a_run_needs_its_trajectory(store: Store) -> None:
    with pytest.raises(IntegrityError):
        store.add_run(new_run(new_trajectory()))


def test_who_reads_holds_up_nobody_who_writes(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'trendlab.db'}")
    with closing(sqlite3.connect(tmp_path / "trendlab.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM runs").fetchall()
        store.add_trajectory(new_trajectory())
    store.close()


def test_what_measured_epochs_are_read_in_order(store: Store) -> None:
    run = add_finished_run(store, steps_per_epoch=10, epochs=3)
    assert store.accuracies([run.trajectory.id]) == {run.trajectory.id: [(10, 0.625), (20, 0.625), (30, 0.625)]}
    assert {f"logits-{n}" for n in (1, 2, 3)} | {"checkpoint-30"} <= store.referenced_files()
    assert store.is_referenced("checkpoint-30")
    assert not store.is_referenced("checkpoint-31")
