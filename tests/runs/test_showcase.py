"""The run that is recorded at the first start, so that nobody sees an empty page."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.runs import build
from core.runs.build import SHOWCASE_OWNER, record_showcase, showcase
from core.runs.records import State
from core.runs.service import RunService
from tests.datasets.files import put_prepared
from tests.parts import QUICK, ThreadCluster, open_service
from tests.waiting import until


@pytest.fixture(autouse=True)
def quick_showcase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "SHOWCASE_CONFIG", QUICK)


def recorded_state(service: RunService) -> State:
    recorded = showcase(service)
    assert recorded
    return recorded.state


def test_the_showcase_is_recorded_once(home_with_digits: Path) -> None:
    with open_service(home_with_digits) as (service, _):
        record_showcase(service)
        until(lambda: recorded_state(service) is State.FINISHED)
        (before,) = service.runs_of(SHOWCASE_OWNER)
        record_showcase(service)
        assert service.runs_of(SHOWCASE_OWNER) == [before]


def test_a_showcase_that_failed_is_recorded_anew(home_with_digits: Path) -> None:
    cluster = ThreadCluster()
    cluster.before_slice = lambda _: 1 / 0  # type: ignore[assignment, return-value]
    with open_service(home_with_digits, cluster) as (service, _):
        record_showcase(service)
        until(lambda: recorded_state(service) is State.FAILED)
        cluster.before_slice = lambda _: None
        record_showcase(service)
        until(lambda: recorded_state(service) is State.FINISHED)
        assert len(service.runs_of(SHOWCASE_OWNER)) == 1


def test_one_that_an_older_version_left_unfinished_is_recorded_anew(home_with_digits: Path) -> None:
    older = ThreadCluster()
    older.environment_name = "engine 0"
    older.max_steps_a_slice = 0
    with open_service(home_with_digits, older) as (service, _):
        record_showcase(service)
    with open_service(home_with_digits) as (service, _):
        assert recorded_state(service) is State.OUTDATED
        record_showcase(service)
        until(lambda: recorded_state(service) is State.FINISHED)
        assert len(service.runs_of(SHOWCASE_OWNER)) == 1


def test_one_of_images_that_are_others_now_is_recorded_anew(empty_home: Path) -> None:
    put_prepared("digits", 400)
    with open_service(empty_home) as (service, _):
        record_showcase(service)
        until(lambda: recorded_state(service) is State.FINISHED)
        (before,) = service.runs_of(SHOWCASE_OWNER)
        put_prepared("digits", 800)
        record_showcase(service)
        until(lambda: recorded_state(service) is State.FINISHED)
        (now,) = service.runs_of(SHOWCASE_OWNER)
        assert now.data_sha256 != before.data_sha256
