"""Classifying drawings over HTTP: who may, what is accepted, and how many at once."""

from __future__ import annotations

import base64
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from core.interpret.preprocess import INK_SIDE, drawing_pixels
from core.live.drawing_route import AT_ONCE
from core.live.identity import COOKIE, owner_of
from core.runs.service import RunService
from tests.handwritten import inked
from tests.live.serving import Site, new_browser
from tests.parts import OWNER, QUICK, finish
from tests.waiting import until

INK = inked(3).tobytes()


def finished(service: RunService, owner: str = OWNER, public: bool = True) -> str:
    run = service.start(owner, QUICK, public=public)
    finish(service, run.id)
    return run.id


def read(site: Site, run_id: str, ink: bytes = INK, epoch: object = 1, browser: str = "") -> httpx.Response:
    headers = {"cookie": f"{COOKIE}={browser}"} if browser else {}
    address = f"{site.address}/api/runs/{run_id}/drawing?epoch={epoch}"
    return httpx.post(address, content=ink, headers=headers, timeout=20, verify=False)


def test_the_answer_is_that_of_the_network_to_the_pixels(site: Site) -> None:
    runs = site.service
    run_id = finished(runs)
    told = read(site, run_id).json()
    pixels = drawing_pixels(inked(3), "digits").tobytes()
    assert base64.b64decode(told["pixels"]) == pixels
    network = runs.networks.for_run(runs.run(run_id))[0]
    shares = runs.networks.ask(QUICK, network.weights_file, "class_probabilities", pixels)
    assert told["shares"] == pytest.approx(shares, abs=1e-4)
    assert sum(told["shares"]) == pytest.approx(1, abs=1e-3)


def test_a_hidden_run_answers_its_owner_alone(site: Site) -> None:
    mine, other = new_browser(), new_browser()
    run_id = finished(site.service, owner_of(mine), public=False)
    assert read(site, run_id, browser=mine).status_code == 200
    assert read(site, run_id, browser=other).status_code == 404
    assert read(site, run_id).status_code == 404


def test_what_cannot_be_read_is_refused(site: Site) -> None:
    run_id = finished(site.service)
    assert read(site, run_id, INK[:-1]).status_code == 400
    assert read(site, run_id, INK + b"\0").status_code == 400
    assert read(site, run_id, b"").status_code == 400
    assert read(site, run_id, bytes(10 * 2**20)).status_code == 400
    for epoch in ("", "-1", "x", "9" * 30, "²"):
        assert read(site, run_id, epoch=epoch).status_code == 400
    assert read(site, run_id, epoch=99).status_code == 404
    assert read(site, "0" * 32).status_code == 404
    empty = read(site, run_id, bytes(INK_SIDE**2))
    assert (empty.status_code, empty.json()) == (422, {"error": "picture_empty"})


def test_weights_that_are_lost_are_told(site: Site) -> None:
    run_id = finished(site.service)
    (network, *_) = site.service.networks.for_run(site.service.run(run_id))
    (site.service._files._folder / str(network.weights_file)).write_bytes(b"lost")
    answer = read(site, run_id)
    assert (answer.status_code, answer.json()) == (410, {"error": "checkpoint"})


def test_drawings_that_never_come_whole_keep_nobody_out(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    run_id = finished(site.service)
    host, port = site.address.removeprefix("http://").split(":")
    begun = f"POST /api/runs/{run_id}/drawing?epoch=1 HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(INK)}\r\n\r\n"
    with ExitStack() as stack:
        for _ in range(AT_ONCE):
            stack.enter_context(socket.create_connection((host, int(port)))).sendall(begun.encode() + INK[:1])
        assert read(site, run_id).status_code == 200
    assert read(site, run_id).status_code == 200
    assert not caplog.records  # a page that was left is no error


def test_one_browser_has_two_answers_under_way_and_all_together_eight(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, browser = finished(site.service), new_browser()
    asked, may_answer = threading.Semaphore(0), threading.Event()

    def slow(*_: Any, **__: Any) -> tuple[float, ...]:
        asked.release()
        may_answer.wait(20)
        return (1.0,) + (0.0,) * 9

    monkeypatch.setattr(site.service.networks, "ask", slow)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = [pool.submit(read, site, run_id, browser=browser) for _ in range(2)]
        assert all(asked.acquire(timeout=20) for _ in range(2))
        assert read(site, run_id, browser=browser).status_code == 429
        others = [pool.submit(read, site, run_id, browser=each) for each in (new_browser(), *[""] * (AT_ONCE - 3))]
        assert all(asked.acquire(timeout=20) for _ in others)
        assert read(site, run_id, browser=new_browser()).status_code == 429
        may_answer.set()
        assert [each.result().status_code for each in (*waiting, *others)] == [200] * AT_ONCE
    assert read(site, run_id, browser=browser).status_code == 200
    until(lambda: not site.api._drawings._under_way)
