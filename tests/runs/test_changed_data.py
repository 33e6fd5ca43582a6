"""Other images in the place of those that a run was trained on: it stays to be looked at, and is not continued."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.datasets import open_prepared
from core.errors import DatasetChanged
from core.runs.records import Pace, Run, State
from core.runs.service import RunService
from tests.datasets.files import put_prepared
from tests.parts import OTHER, OWNER, QUICK, ThreadCluster, curve_of, finish, open_service, undisturbed
from tests.waiting import until

BEFORE, AFTER = 640, 800  # images: 4 and 5 steps an epoch
WAYS: dict[str, Callable[[RunService, Run], object]] = {
    "resume": lambda service, run: service.resume(OWNER, run.id),
    "step": lambda service, run: service.step(OWNER, run.id),
    "extend": lambda service, run: service.extend(OWNER, run.id, 1),
    "rate": lambda service, run: service.set_learning_rate(OWNER, run.id, 0.1),
    "copy": lambda service, run: service.resume(OTHER, service.fork(OTHER, run.id).id),
}


@pytest.fixture
def home(empty_home: Path) -> Path:
    put_prepared("digits", BEFORE)
    return empty_home


def paused_at(service: RunService, step: int) -> Run:
    """A run whose checkpoint is of that step."""
    run = service.start(OWNER, QUICK, pace=Pace.STEP)
    for each in range(1, step + 1):
        service.step(OWNER, run.id)
        until(lambda each=each: service.view(run.id).step == each)  # type: ignore[misc]
    service.pause(OWNER, run.id)
    return service.run(run.id)


def is_failed_by_its_data(service: RunService, run: Run) -> bool:
    view = service.view(run.id)
    return view.state is State.FAILED and (view.error or {})["kind"] == "DatasetChanged"


@pytest.mark.parametrize("way", WAYS)
def test_a_paused_run_goes_on_with_its_own_images_alone(home: Path, way: str) -> None:
    with open_service(home) as (service, cluster):
        run = paused_at(service, 6)
        num_slices, losses = len(cluster.requests), curve_of(service, run).losses
        put_prepared("digits", AFTER)
        with pytest.raises(DatasetChanged):
            WAYS[way](service, run)
        assert service.run(run.id).trajectory == run.trajectory
        assert service.view(run.id).state is State.PAUSED
        assert np.array_equal(curve_of(service, run).losses, losses)
        assert len(cluster.requests) == num_slices
        put_prepared("digits", BEFORE)
        WAYS[way](service, run)
        service.resume(OWNER, run.id)
        finish(service, run.id)
        assert service.view(run.id).state is State.FINISHED


def test_a_finished_run_gets_no_more_epochs_and_is_asked_nothing(home: Path) -> None:
    with open_service(home) as (service, _):
        run = service.start(OWNER, QUICK)
        finish(service, run.id)
        curve = curve_of(service, run)
        put_prepared("digits", AFTER)
        for act in (lambda: service.extend(OWNER, run.id, 1), lambda: service.member_losses(run.id)):
            with pytest.raises(DatasetChanged):
                act()
        assert service.view(run.id).state is State.FINISHED
        assert curve_of(service, run).evaluations == curve.evaluations


def test_the_same_settings_are_trained_anew(home: Path) -> None:
    with open_service(home) as (service, _):
        first = service.start(OWNER, QUICK)
        finish(service, first.id)
        put_prepared("digits", AFTER)
        again = service.start(OTHER, QUICK)
        finish(service, again.id)
        assert not again.recorded
        assert again.trajectory.id != first.trajectory.id
        assert [service.view(run.id).steps_per_epoch for run in (first, again)] == [4, 5]
        assert np.array_equal(curve_of(service, again).losses, undisturbed(QUICK))
        put_prepared("digits", BEFORE)
        assert service.start(OTHER, QUICK).trajectory.id == first.trajectory.id


@pytest.mark.parametrize("has_checkpoint", [True, False], ids=["", "whose checkpoint is lost"])
def test_a_run_that_goes_on_after_a_restart_ends_with_the_reason(home: Path, has_checkpoint: bool) -> None:
    slow = ThreadCluster()
    slow.max_steps_a_slice = 1
    with open_service(home, slow) as (service, _):
        run = service.start(OWNER, QUICK)
        until(lambda: service.view(run.id).step >= 2)
        slow.before_slice = lambda _: until(service._engine._closing.is_set)
    put_prepared("digits", AFTER)
    if not has_checkpoint:
        for file in (home / "files").iterdir():
            file.unlink()
    with open_service(home) as (service, cluster):
        before = curve_of(service, run).losses
        finish(service, run.id)
        assert is_failed_by_its_data(service, run)
        assert np.array_equal(curve_of(service, run).losses, before)
        num_slices = len(cluster.requests)
        other = service.start(OTHER, QUICK)
        finish(service, other.id)
        assert service.view(other.id).state is State.FINISHED
        assert all(each.data_sha256 == other.trajectory.data_sha256 for each in cluster.requests[num_slices:])


def test_a_run_under_way_ends_as_soon_as_its_images_are_others(home: Path) -> None:
    with open_service(home) as (service, cluster):
        cluster.max_steps_a_slice = 1
        cluster.before_slice = lambda _: put_prepared("digits", AFTER) if service.view(run.id).step == 5 else None
        run = service.start(OWNER, QUICK)
        finish(service, run.id)
        assert is_failed_by_its_data(service, run)
        assert service.view(run.id).step == 5


def test_a_branch_keeps_to_the_images_of_its_parent(home: Path) -> None:
    with open_service(home) as (service, _):
        run = paused_at(service, 6)
        service.set_learning_rate(OWNER, run.id, 0.1)
        branch = service.run(run.id).trajectory
        assert branch.parent_id == run.trajectory.id
        assert branch.data_sha256 == run.trajectory.data_sha256 == open_prepared("digits").sha256


def test_a_run_of_before_hashes_were_kept_goes_on(home: Path) -> None:
    with open_service(home) as (service, _):
        run = paused_at(service, 6)
        with service._store._engine.begin() as db:
            db.exec_driver_sql("UPDATE trajectories SET data_sha256 = NULL")
        service.set_learning_rate(OWNER, run.id, 0.1)
        service.resume(OWNER, run.id)
        finish(service, run.id)
        assert np.array_equal(curve_of(service, run).losses, undisturbed(QUICK, ((6, "learning_rate", 0.1),)))
        assert service.start(OTHER, QUICK).trajectory.id == run.trajectory.id
