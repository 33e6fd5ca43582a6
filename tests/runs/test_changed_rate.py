"""Changing the learning rate while a run trains."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from core.config import RunConfig
from core.errors import (
    InvalidConfig,
)
from core.runs.records import Pace
from tests.parts import OTHER, OWNER, QUICK, Parts, curve_of, finish, stand_at, undisturbed
from tests.waiting import until


def test_a_changed_rate_counts_from_its_step_and_nobody_else_sees_it(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, cluster = parts
    delete, taken_away, could_fork = service._files.delete, list[str](), set[bool]()

    def try_lock() -> None:
        if service._engine.lock.acquire(blocking=False):
            could_fork.add(True)
            service._engine.lock.release()

    def delete_and_note(names: list[str]) -> None:
        other_page = threading.Thread(target=try_lock)
        other_page.start()
        other_page.join()
        taken_away.extend(filter(service._store.is_referenced, names))
        delete(names)

    monkeypatch.setattr(service._files, "delete", delete_and_note)
    cluster.max_steps_a_slice = 1
    mine, theirs = service.start(OWNER, QUICK), service.start(OTHER, QUICK)
    until(lambda: service.view(mine.id).step >= 3)
    service.set_learning_rate(OWNER, mine.id, 0.1)
    finish(service, mine.id)
    finish(service, theirs.id)
    view = service.view(mine.id)
    ((at, rate),) = view.changes
    assert rate == view.learning_rate == 0.1
    assert len(cluster.requests) == 36 + 36 - at  # one step each: both went on from the same checkpoint
    assert taken_away == []
    assert not could_fork  # while a checkpoint is taken away
    assert np.array_equal(curve_of(service, mine).losses, undisturbed(QUICK, ((at, "learning_rate", 0.1),)))
    assert np.array_equal(curve_of(service, theirs).losses, undisturbed(QUICK))
    assert service.view(theirs.id).changes == ()


def test_a_rate_changed_behind_the_others_retraces_and_is_exact(parts: Parts) -> None:
    service, _ = parts
    mine = service.start(OWNER, QUICK, pace=Pace.STEP)
    stand_at(service, mine.id, 3)
    finish(service, service.start(OTHER, QUICK).id)  # the shared training runs far ahead
    service.set_learning_rate(OWNER, mine.id, 0.5)
    service.set_learning_rate(OWNER, mine.id, 0.1)
    assert service.view(mine.id).step == 3
    service.resume(OWNER, mine.id)
    finish(service, mine.id)
    service.set_learning_rate(OWNER, mine.id, 0.1)  # no change
    assert service.view(mine.id).changes == ((3, 0.1),)
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
