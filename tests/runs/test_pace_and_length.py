"""Runs at one step per click or one epoch per second, and runs extended by more epochs."""

from __future__ import annotations

import time

import numpy as np
import pytest

from core.errors import (
    InvalidConfig,
)
from core.runs.records import EPOCH_PACE_S, Pace, State
from tests.parts import OTHER, OWNER, QUICK, Parts, curve_of, finish, stand_at, undisturbed


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


def test_an_epoch_a_second_stops_at_each_epoch(parts: Parts) -> None:
    service, cluster = parts
    started_at = time.monotonic()
    run = service.start(OWNER, QUICK, pace=Pace.EPOCH)
    finish(service, run.id)
    assert time.monotonic() - started_at >= 2 * EPOCH_PACE_S
    assert [request.max_steps for request in cluster.requests] == [12, 12, 12]
    assert np.array_equal(curve_of(service, run).losses, undisturbed(QUICK))


def test_a_slower_pace_takes_nothing_back(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    service, _ = parts
    begun = service.start(OWNER, QUICK)
    finish(service, begun.id)
    monkeypatch.setattr(service, "_continued", lambda *_: begun)  # the run trains on before the click arrives
    service.resume(OWNER, begun.id, Pace.STEP)
    assert (service.view(begun.id).step, service.view(begun.id).pace) == (36, Pace.STEP)


def test_one_step_at_a_click_takes_nothing_back(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    service, _ = parts
    begun = service.start(OWNER, QUICK)
    finish(service, begun.id)
    monkeypatch.setattr(service, "_continued", lambda *_: begun)  # the run trains on before the click arrives
    service.step(OWNER, begun.id)
    assert service.view(begun.id).step == 36


def test_more_epochs_take_nothing_back(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    service, _ = parts
    begun = service.start(OWNER, QUICK, pace=Pace.STEP)
    stand_at(service, begun.id, 2)
    monkeypatch.setattr(service, "_continued", lambda *_: begun)  # the run makes two steps before the click arrives
    service.extend(OWNER, begun.id, 1)
    view = service.view(begun.id)
    assert (view.step, view.total_steps) == (2, 48)


def test_more_epochs_count_from_where_a_run_was_stopped_and_keep_its_pace(parts: Parts) -> None:
    service, _ = parts
    run = service.start(OWNER, QUICK, pace=Pace.STEP)
    stand_at(service, run.id, 3)
    service.stop(OWNER, run.id)
    service.extend(OWNER, run.id, 1)
    view = service.view(run.id)
    assert (view.state, view.total_steps) == (State.PAUSED, 24)  # the current epoch, and one more
    assert service.run(run.id).allowed_step == 3


def test_more_epochs_go_on_from_the_end_and_are_only_for_who_asked(parts: Parts) -> None:
    service, _ = parts
    mine, theirs = service.start(OWNER, QUICK.replaced(epochs=1)), service.start(OTHER, QUICK.replaced(epochs=1))
    finish(service, mine.id)
    service.extend(OWNER, mine.id, 2)
    finish(service, mine.id)
    assert np.array_equal(curve_of(service, mine).losses, undisturbed(QUICK))
    assert service.view(theirs.id).total_steps == len(curve_of(service, theirs).losses) == 12
    for epochs in (0, 48):
        with pytest.raises(InvalidConfig):
            service.extend(OWNER, mine.id, epochs)


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
