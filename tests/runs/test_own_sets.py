"""Uploads are checked one at a time, alongside training; sets belong to their owners and are limited in size."""

from __future__ import annotations

import errno
import io
import threading
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core import catalog
from core.datasets.own import limits, owners
from core.errors import DatasetGone, OwnSetRefused, StoreUnavailable
from core.runs.memory import WORKER_SCORE
from core.runs.own_sets import OwnSets
from core.runs.records import State
from core.runs.service import RunService
from core.settings import PROJECT
from tests.datasets.uploads import folders, write_zip
from tests.parts import OTHER, OWNER, QUICK, ThreadCluster, finish, open_service
from tests.waiting import until


def upload(service: RunService, home: Path, owner: str = OWNER, first: int = 0) -> str:
    """The data set made from a small ZIP."""
    content = write_zip(home / "up.zip", folders("cat", "dog", first=first)).read_bytes()
    service.own_sets.check(owner, "pets.zip", io.BytesIO(content))
    until(lambda: not under_way(service, owner), timeout_s=60)
    done = service.own_sets.upload(owner)
    assert done
    assert done.state == "ready", done.error
    return done.dataset


def under_way(service: RunService, owner: str) -> bool:
    going = service.own_sets.upload(owner)
    return going is not None and going.is_under_way


def left_in(home: Path) -> list[str]:
    """Remaining files. An upload's own copy is deleted last."""
    until(lambda: not list((home / "own").glob(".upload-*")))
    return [path.name for path in (home / "own").iterdir()]


def test_a_run_on_own_images_outlives_them(home_with_digits: Path) -> None:
    cluster = ThreadCluster()
    with open_service(home_with_digits, cluster) as (service, _):
        name = upload(service, home_with_digits)
        assert service.own_sets.for_owner(OWNER) == (name,)
        assert service.own_sets.for_owner(OTHER) == ()
        assert [service.own_sets.pop_result(OWNER), service.own_sets.pop_result(OWNER)] == [name, None]
        held, may_go = threading.Event(), threading.Event()
        cluster.before_slice = lambda _: (held.set(), may_go.wait(20))[0]
        run = service.start(OWNER, QUICK.replaced(dataset=name))
        assert held.wait(20)
        service.start(OTHER, QUICK)  # on other images
        with pytest.raises(OwnSetRefused) as caught:
            service.delete_own_set(OWNER, name)
        assert (caught.value.problem, caught.value.n) == ("in_use", 1)
        may_go.set()
        finish(service, run.id)
        service.delete_own_set(OWNER, name)
        assert left_in(home_with_digits) == []
        assert service.view(run.id).state is State.FINISHED
        assert len(service.curve(service.view(run.id)).evaluations) == 3
        for change in (service.extend, lambda *run, _=0: service.set_learning_rate(*run[:2], 0.1)):
            with pytest.raises(DatasetGone):
                change(OWNER, run.id, 1)
        with pytest.raises(DatasetGone):
            service.start(OWNER, QUICK.replaced(dataset=name))
        assert service.view(run.id).state is State.FINISHED
        assert upload(service, home_with_digits) == name
        service.extend(OWNER, run.id, 1)
        finish(service, run.id)
        assert service.view(run.id).epoch == 4


def test_a_refused_upload_leaves_nothing(home_with_digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scores: list[int] = []
    monkeypatch.setattr("core.runs.own_sets.let_die_first", lambda _, score: scores.append(score))
    with open_service(home_with_digits) as (service, _):
        service.own_sets.check(OWNER, "**notes**.zip", io.BytesIO(b"no zip"))
        until(lambda: not under_way(service, OWNER), timeout_s=60)
        done = service.own_sets.upload(OWNER)
        assert done
        assert (done.state, done.file_name) == ("refused", "notes.zip")
        assert isinstance(done.error, OwnSetRefused)
        assert done.error.problem == "damaged"
        assert left_in(home_with_digits) == []
        service.own_sets.forget_upload(OWNER)
        assert service.own_sets.upload(OWNER) is None
        assert scores
        assert scores[0] > WORKER_SCORE  # when memory is full, a check ends before a worker does


def test_the_server_takes_no_larger_file_than_the_box() -> None:
    config = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] == limits.MAX_UPLOAD_MB


def test_a_file_too_large_is_refused_at_once(home_with_digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_UPLOAD_MB", 1)
    with open_service(home_with_digits) as (service, _):
        with pytest.raises(OwnSetRefused) as caught:
            service.own_sets.check(OWNER, "a.zip", io.BytesIO(bytes(2**20 + 1)))
        assert caught.value.problem == "too_large"
        assert left_in(home_with_digits) == []


def test_an_upload_that_finds_no_room_leaves_nothing(home_with_digits: Path) -> None:
    class Cut(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise OSError(errno.ENOSPC, "No space left on device")

    with open_service(home_with_digits) as (service, _):
        with pytest.raises(StoreUnavailable, match="No space left"):
            service.own_sets.check(OWNER, "a.zip", Cut())
        assert service.own_sets.upload(OWNER) is None
        assert left_in(home_with_digits) == []


def test_an_upload_whose_check_cannot_even_begin_is_over(
    home_with_digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable() -> None:
        raise OSError(errno.EIO, "Input/output error")

    with open_service(home_with_digits) as (service, _):
        monkeypatch.setattr("core.datasets.own.owners.sets_of", lambda _: ())
        monkeypatch.setattr("core.datasets.own.owners.all_folders", unreadable)
        service.own_sets.check(OWNER, "a.zip", io.BytesIO(b"x"))
        until(lambda: not under_way(service, OWNER))
        monkeypatch.undo()
        assert left_in(home_with_digits) == []


def test_uploads_wait_for_one_another(home_with_digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    may_go = threading.Event()

    def checked(self: OwnSets, owner: str, *_: object) -> str:
        self._note(owner, state="checking")
        may_go.wait(20)
        raise OwnSetRefused("encrypted")

    monkeypatch.setattr(OwnSets, "_checked", checked)
    monkeypatch.setattr(limits, "MAX_WAITING", 2)
    with open_service(home_with_digits) as (service, _):
        own = service.own_sets

        def is_refused_as_busy(owner: str) -> bool:
            with pytest.raises(OwnSetRefused) as caught:
                own.check(owner, "a.zip", io.BytesIO(b"x"))
            return caught.value.problem == "busy"

        may_go.set()
        own.check("c", "a.zip", io.BytesIO(b"x"))
        until(lambda: not under_way(service, "c"))
        may_go.clear()
        own.check("a", "a.zip", io.BytesIO(b"x"))
        until(lambda: getattr(own.upload("a"), "state", "") == "checking")
        own.check("b", "a.zip", io.BytesIO(b"x"))
        assert is_refused_as_busy("b")  # one upload per owner
        own.check("c", "a.zip", io.BytesIO(b"x"))
        assert is_refused_as_busy("d")  # a full queue
        own.forget_upload("b")  # only what is over can be forgotten
        assert own.pop_result("b") is None
        assert [getattr(own.upload(owner), "place", 0) for owner in "bc"] == [1, 2]
        may_go.set()
        until(lambda: not any(under_way(service, owner) for owner in "abc"))
        assert left_in(home_with_digits) == []
        monkeypatch.setattr("core.runs.own_sets.KEPT_UPLOADS", 1)
        own.check("d", "a.zip", io.BytesIO(b"x"))
        assert [owner for owner in "abc" if own.upload(owner)] == ["c"]


def test_old_sets_that_no_run_needs_make_room(home_with_digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_service(home_with_digits) as (service, _):
        needed, unneeded, spared = (upload(service, home_with_digits, first=n) for n in (0, 100, 300))
        finish(service, service.start(OTHER, QUICK.replaced(dataset=needed)).id)
        one = sum(file.stat().st_size for file in catalog.own_folder(needed).glob("*.*"))
        monkeypatch.setattr(limits, "MAX_TOTAL_BYTES", 3.5 * one)
        newest = upload(service, home_with_digits, first=200)
        assert set(left_in(home_with_digits)) == {needed, spared, newest}
        assert not catalog.own_folder(unneeded).exists()
        finish(service, service.start(OTHER, QUICK.replaced(dataset=spared)).id)
        finish(service, service.start(OTHER, QUICK.replaced(dataset=newest)).id)
        monkeypatch.setattr(limits, "MAX_TOTAL_BYTES", one)
        for file_name in ("more.zip", "pets.zip"):  # a new set, and one that is there
            service.own_sets.check(OWNER, file_name, io.BytesIO((home_with_digits / "up.zip").read_bytes()))
            until(lambda: not under_way(service, OWNER), timeout_s=60)
            done = service.own_sets.upload(OWNER)
            assert done
            assert done.error
            assert done.error.problem == "no_room"
            assert set(left_in(home_with_digits)) == {needed, spared, newest}


def test_no_run_starts_on_a_set_that_is_being_deleted(home_with_digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_service(home_with_digits) as (service, _), ThreadPoolExecutor(1) as other_page:
        old, new = (upload(service, home_with_digits, first=n) for n in (0, 100))
        could_start: dict[str, bool] = {}

        def delete(name: str) -> None:
            could_start[name] = other_page.submit(service._engine.lock.acquire, blocking=False).result()
            delete_set(name)

        delete_set = owners.delete_set
        monkeypatch.setattr(owners, "delete_set", delete)
        monkeypatch.setattr(limits, "MAX_TOTAL_BYTES", 0)
        service.clean_up()
        service.delete_own_set(OWNER, new)
        assert could_start == {old: False, new: False}


def test_a_learner_has_a_few_sets(home_with_digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SETS_PER_OWNER", 1)
    with open_service(home_with_digits) as (service, _):
        upload(service, home_with_digits)
        with pytest.raises(OwnSetRefused) as caught:
            service.own_sets.check(OWNER, "a.zip", io.BytesIO(b"x"))
        assert caught.value.problem == "many_sets"
        upload(service, home_with_digits, owner=OTHER)
