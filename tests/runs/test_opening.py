"""The complete service as the app opens it, except that slices train in a thread."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.errors import StoreUnavailable
from core.runs import build
from core.runs.build import OpenService
from core.runs.service import RunService
from core.settings import get_settings
from tests.parts import OWNER, QUICK, ThreadCluster, finish, open_service
from tests.waiting import until

HOURS_S = 3600.0


@contextmanager
def opened_as_the_app_does(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenService]:
    cluster = ThreadCluster()
    cluster.environment_name = "here"
    monkeypatch.setattr(build, "DaskCluster", lambda *_: cluster)
    monkeypatch.setattr(build, "SHOWCASE_CONFIG", QUICK)
    monkeypatch.setattr(build, "RETRY_S", 0.0)
    opened = OpenService(get_settings())
    try:
        yield opened
    finally:
        opened.close()


def test_what_a_killed_app_had_in_hand_goes_on_at_once(home_with_digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.runs.engine.LEASE_S", 10 * HOURS_S)
    killed = ThreadCluster()
    killed.environment_name = "here"
    killed.max_steps_a_slice = 0
    with open_service(home_with_digits, killed) as (service, _):
        run = service.start(OWNER, QUICK)
        until(lambda: bool(killed.requests))
    with opened_as_the_app_does(monkeypatch) as opened:
        finish(opened.service, run.id)


def test_the_app_clears_away_what_nobody_needs(home_with_digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = home_with_digits / "files" / ".half-written"
    left.parent.mkdir()
    left.touch()
    os.utime(left, (0, 0))
    clean_up, failures = RunService.clean_up, iter([StoreUnavailable("locked")])

    def clean_up_if_free(service: RunService) -> None:
        for failure in failures:
            raise failure
        clean_up(service)

    monkeypatch.setattr(RunService, "clean_up", clean_up_if_free)
    with opened_as_the_app_does(monkeypatch):
        until(lambda: not left.exists())


def test_no_chore_writes_where_nobody_will_look(home_with_digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[object] = []
    with opened_as_the_app_does(monkeypatch) as opened:
        assert opened._try(ran.append)
        home_with_digits.rename(home_with_digits.with_name("away"))
        assert not opened._try(ran.append)
    assert len(ran) == 1
