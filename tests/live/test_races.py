"""Race conditions in which a stream could miss or leak something, provoked on purpose."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

from core.errors import StoreUnavailable
from core.live.hub import Feed, Hub
from core.live.identity import COOKIE
from core.live.stream import stream
from core.runs.records import Curve, Pace, State
from tests.artificial import add_finished_run, branch_of, commit, evaluation, new_run, new_trajectory, noisy_losses
from tests.live.serving import Site, new_browser, serve
from tests.parts import OWNER, QUICK, finish, open_service
from tests.waiting import until


class Gate:
    """Wraps a function so that its first call waits until it is opened."""

    def __init__(self, inner: Callable[..., object]) -> None:
        self._inner = inner
        self._opened = threading.Event()
        self.reached = threading.Event()

    def __call__(self, *arguments: object) -> object:
        result = self._inner(*arguments)
        if not self.reached.is_set():
            self.reached.set()
            self._opened.wait(20)
        return result

    def open(self) -> None:
        self._opened.set()


def test_what_comes_while_the_reader_is_slow_is_told_before_the_end(site: Site) -> None:
    run = add_finished_run(site.service._store, steps_per_epoch=10, epochs=3)
    finished = site.service.view(run.id)
    feed = Feed(replace(finished, state=State.TRAINING, step=20), noisy_losses(30), {})

    async def read() -> list[str]:
        wake, texts = asyncio.Event(), []
        async for text in stream(Hub(site.service), [feed], wake, ""):
            texts.append(text)
            feed.view = finished  # it advanced while the text was being sent
            wake.set()
        return texts

    with ThreadPoolExecutor(1) as other:  # this thread may have the browser's loop
        texts = other.submit(asyncio.run, read()).result()
    assert "id: 30\n" in texts[1]
    assert texts[-1].startswith("event: end")


def test_a_run_that_falls_back_is_told_anew(site: Site) -> None:
    run = add_finished_run(site.service._store, steps_per_epoch=10, epochs=3)
    finished = site.service.view(run.id)
    measured = {epoch: evaluation(epoch, 10 * epoch) for epoch in (1, 2, 3)}
    feed = Feed(replace(finished, state=State.TRAINING), noisy_losses(30), measured)

    async def read() -> list[str]:
        wake, texts = asyncio.Event(), []
        async for text in stream(Hub(site.service), [feed], wake, ""):
            texts.append(text)
            feed.view = replace(finished, step=20)
            wake.set()
        return texts

    with ThreadPoolExecutor(1) as other:
        first, again, *_ = other.submit(asyncio.run, read()).result()
    assert first.count("event: epoch") == 3
    assert again.startswith("event: reset")
    assert "id: 20\n" in again
    assert again.count("event: epoch") == 2


def test_of_a_past_that_is_not_shared_nothing_is_told(site: Site) -> None:
    """The former trajectory went on for others; the new one has not yet measured its second epoch."""
    store, before, after = site.service._store, noisy_losses(30), noisy_losses(6, seed=1)
    parent = new_trajectory()
    store.add_trajectory(parent)
    measured = {epoch: evaluation(epoch, 10 * epoch) for epoch in (1, 2, 3)}
    assert commit(store, parent, list(before), evaluations=tuple(measured.values()))
    branch = branch_of(parent, 14)
    store.add_trajectory(branch)
    assert commit(store, branch, list(after), evaluating=True)
    old, new = new_run(parent, allowed_step=14), new_run(branch)
    for run in (old, new):
        store.add_run(run)
    feed = Feed(site.service.view(old.id), before, measured)
    told = "".join(text for _, text in feed.metrics_after(0))
    assert "[13," in told
    assert "[14," not in told
    assert [each.epoch for each in feed.epochs_from(0)] == [1]
    with ThreadPoolExecutor(1) as other:
        other.submit(asyncio.run, Hub(site.service)._load(feed, site.service.view(new.id))).result()
    assert feed.view.step == 20
    assert np.array_equal(feed.losses, np.concatenate([before[:14], after]))
    assert [each.epoch for each in feed.epochs_from(0)] == [1]
    assert feed.epochs_from(1) == []


def test_a_run_that_ends_while_its_first_watcher_comes_in_is_told_to_its_end(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = site.service
    run = service.start(OWNER, QUICK, pace=Pace.STEP)
    gate = Gate(service.curve_since)
    monkeypatch.setattr(service, "curve_since", gate)
    with ThreadPoolExecutor(1) as pool:
        watcher = pool.submit(site.read_to_end, f"api/events?run={run.id}")
        assert gate.reached.wait(20)
        service.resume(OWNER, run.id)
        finish(service, run.id)
        gate.open()
        told = watcher.result(timeout=30)
    assert len(told.losses(run.id)) == 36
    assert told.states[-1] == "finished"


def test_a_store_that_is_locked_for_a_moment_loses_no_point(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    service = site.service
    run = service.start(OWNER, QUICK, pace=Pace.STEP)
    views, locked, attempts = service.views, threading.Event(), list[object]()

    def views_when_unlocked(run_ids: list[str]) -> object:
        attempts.append(run_ids)
        if locked.is_set():
            raise StoreUnavailable("locked")
        return views(run_ids)

    with site.listen(f"api/events?run={run.id}") as stream:
        stream.next("state")
        monkeypatch.setattr(service, "views", views_when_unlocked)
        locked.set()
        service.step(OWNER, run.id)
        until(lambda: service.view(run.id).step == 1 and len(attempts) > 2)
        locked.clear()
        assert stream.next("metrics").data["points"][0][0] == 0


def test_losses_that_come_later_than_the_step_they_belong_to_are_told(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = site.service
    run = service.start(OWNER, QUICK, pace=Pace.STEP)
    curve_since, missing = service.curve_since, [Curve(np.empty(0, np.float32), ())]

    def late(trajectory_id: str, step: int) -> Curve:
        has_moved = service.view(run.id).step == 1
        return missing.pop() if has_moved and missing else curve_since(trajectory_id, step)

    with site.listen(f"api/events?run={run.id}") as stream:
        stream.next("state")
        monkeypatch.setattr(service, "curve_since", late)
        service.step(OWNER, run.id)
        assert stream.next("metrics").data["points"][0][0] == 0
    assert not missing


def test_who_is_gone_before_the_stream_begins_leaves_nothing_behind(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = site.service
    run = service.start(OWNER, QUICK, pace=Pace.STEP)
    gate, left = Gate(service.view), threading.Event()
    monkeypatch.setattr(service, "view", gate)
    leave = site.hub.leave
    monkeypatch.setattr(site.hub, "leave", lambda feed, wake: (leave(feed, wake), left.set()))
    where = urlsplit(site.address)
    request = (
        f"GET /api/events?run={run.id} HTTP/1.1\r\nHost: {where.netloc}\r\nCookie: {COOKIE}={new_browser()}\r\n\r\n"
    )
    with socket.create_connection((str(where.hostname), int(where.port or 0))) as door:
        door.sendall(request.encode())
        assert gate.reached.wait(20)
    site.get("api/healthz")  # by now the server knows that the other is gone
    gate.open()
    assert left.wait(20)
    site.nothing_is_left()


def test_streams_opened_at_the_same_moment_are_counted_too(home_with_digits: Path) -> None:
    browser, many = new_browser(), 12
    with open_service(home_with_digits) as (service, _), serve(service, per_browser=3) as site:
        run = service.start(OWNER, QUICK, pace=Pace.STEP)
        everybody, seen = threading.Barrier(many + 1), list[int]()

        def listen() -> None:
            everybody.wait(20)
            with site.listen(f"api/events?run={run.id}", browser) as stream:
                seen.append(stream.response.status_code)
                everybody.wait(20)

        with ThreadPoolExecutor(many) as pool:
            for _ in range(many):
                pool.submit(listen)
            everybody.wait(20)
            everybody.wait(20)
        assert sorted(seen) == [200] * 3 + [429] * 9
        site.nothing_is_left()


def test_a_store_that_fails_while_a_stream_opens_leaves_nothing_behind(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = site.service
    first, second = (service.start(OWNER, QUICK.replaced(seed=seed), pace=Pace.STEP) for seed in range(2))
    view = service.view

    def view_of_the_first(run_id: str) -> object:
        if run_id == second.id:
            raise StoreUnavailable("locked")
        return view(run_id)

    monkeypatch.setattr(service, "view", view_of_the_first)
    answer = site.get(f"api/events?run={first.id}&run={second.id}", headers={"cookie": f"{COOKIE}={new_browser()}"})
    assert answer.status_code == 503
    site.nothing_is_left()


def test_feeds_encode_once_for_all_and_forget(site: Site) -> None:
    run = add_finished_run(site.service._store, steps_per_epoch=10, epochs=10)
    feed = Feed(site.service.view(run.id), noisy_losses(100), {})
    assert feed.metrics_after(0) is feed.metrics_after(0)
    for seen in range(100):
        feed.metrics_after(seen)
    assert len(feed._encoded) <= 32


def test_what_is_encoded_is_of_the_step_and_the_length_that_the_run_has_now(site: Site) -> None:
    run = add_finished_run(site.service._store, steps_per_epoch=10, epochs=3)
    whole = site.service.view(run.id)
    feed = Feed(replace(whole, step=20), noisy_losses(30), {})
    assert feed.metrics_after(0)[-1][0] == 20
    feed.view = whole
    assert feed.metrics_after(0)[-1][0] == 30
    feed.view = replace(whole, total_steps=2_000)
    assert '"k":1' in feed.metrics_after(0)[-1][1]
