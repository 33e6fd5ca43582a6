"""Runs after a restart of the app, without their files, or in another environment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import (
    RunOutdated,
)
from core.runs.records import State
from tests.parts import OTHER, OWNER, QUICK, ThreadCluster, curve_of, finish, open_service, undisturbed
from tests.waiting import until


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
