"""Killed processes, broken connections and locks lose nothing: real servers, real signals."""

from __future__ import annotations

import io
import os
import resource
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import takewhile
from pathlib import Path

import httpx
import locket
import numpy as np
import pandas as pd
import pytest
from websockets.sync.client import connect

from core.config import RunConfig
from core.training import train_slice
from tests.parts import OWNER, ThreadCluster, open_service
from tests.serving import Server
from tests.waiting import until

LONG = RunConfig(model="mlp", learning_rate=0.01, batch_size=32, epochs=20)  # 900 steps
PATIENCE_S = 600.0  # workers run at low priority and may get hardly any time on a busy machine
OTHER = LONG.replaced(seed=1)

pytestmark = pytest.mark.slow


@pytest.fixture
def one_going_one_paused(home_with_digits: Path) -> tuple[Path, str, str]:
    """A home folder in which an earlier app left one active run and one paused at step 30."""
    cluster = ThreadCluster()
    cluster.max_steps_a_slice = 10
    with open_service(home_with_digits, cluster) as (service, _):
        paused = service.start(OWNER, OTHER)
        until(lambda: service.view(paused.id).step >= 30)
        service.pause(OWNER, paused.id)
        cluster.max_steps_a_slice = 0
        going = service.start(OWNER, LONG)
    return home_with_digits, going.id, paused.id


def state_of(server: Server, run_id: str) -> tuple[str, int]:
    until(lambda: server.get("api/runs").status_code == 200, what=server.log)  # 503 until the service is open
    run = next(run for run in server.get("api/runs").json() if run["id"] == run_id)
    return run["state"], run["step"]


def losses_of(server: Server, run_id: str) -> np.ndarray:
    table = pd.read_csv(io.StringIO(server.get(f"api/runs/{run_id}/metrics.csv").text))
    steps = table.dropna(subset="loss")
    assert list(steps["step"]) == list(range(1, len(steps) + 1))  # none lost, none repeated
    return steps["loss"].to_numpy(np.float32)


def test_after_kill_9_of_the_app_runs_go_on_and_paused_ones_stay(one_going_one_paused: tuple[Path, str, str]) -> None:
    home, going, paused = one_going_one_paused
    server = Server(home)
    at_pause = 0
    with server:
        at_pause = state_of(server, paused)[1]
        until(lambda: 20 < state_of(server, going)[1] < 900, PATIENCE_S, server.log)
        workers = server.worker_pids()
        server.kill()
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
        server.start()
        until(lambda: state_of(server, going)[0] == "finished", PATIENCE_S, server.log)
        assert np.array_equal(losses_of(server, going), train_slice(LONG, None, 10**9).metrics)
        assert state_of(server, paused) == ("paused", at_pause)


def test_after_kill_9_of_a_worker_the_numbers_are_the_same(one_going_one_paused: tuple[Path, str, str]) -> None:
    home, going, _ = one_going_one_paused
    with Server(home) as server:
        until(lambda: 20 < state_of(server, going)[1] < 900, PATIENCE_S, server.log)
        os.kill(server.worker_pids()[0], signal.SIGKILL)
        until(lambda: state_of(server, going)[0] == "finished", PATIENCE_S, server.log)
        assert np.array_equal(losses_of(server, going), train_slice(LONG, None, 10**9).metrics)


def test_a_locked_store_only_holds_training_up(one_going_one_paused: tuple[Path, str, str]) -> None:
    home, going, _ = one_going_one_paused
    with Server(home) as server:
        until(lambda: state_of(server, going)[1] > 0, PATIENCE_S, server.log)
        lock = sqlite3.connect(home / "trendlab.db", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        until(lambda: server.get("api/healthz").json()["status"] == "waiting", what=server.log)
        assert "locked" in server.get("api/healthz").json()["reason"]
        lock.execute("ROLLBACK")
        until(lambda: state_of(server, going)[0] == "finished", PATIENCE_S, server.log)
        assert server.get("api/healthz").json()["status"] == "ok"
        assert np.array_equal(losses_of(server, going), train_slice(LONG, None, 10**9).metrics)


def test_an_app_that_gets_its_store_later_tells_live_what_happens(one_going_one_paused: tuple[Path, str, str]) -> None:
    home, going, _ = one_going_one_paused
    other_app = locket.lock_file(str(home / "trendlab.db.lock"))
    other_app.acquire()
    with Server(home) as server:
        until(lambda: server.get("api/healthz").status_code == 503, what=server.log)
        other_app.release()
        until(lambda: server.get("api/healthz").status_code == 200, what=server.log)
        with httpx.stream("GET", f"{server.address}/api/runs/{going}/events", timeout=PATIENCE_S) as stream:
            deadline = time.monotonic() + PATIENCE_S
            lines = takewhile(lambda _: time.monotonic() < deadline, stream.iter_lines())  # one at least every 15 s
            assert "event: end" in lines


def test_ctrl_c_ends_cleanly_with_streams_open(one_going_one_paused: tuple[Path, str, str]) -> None:
    home, going, paused = one_going_one_paused
    with Server(home) as server:
        until(lambda: len(server.worker_pids()) == 1)
        workers = server.worker_pids()
        with ExitStack() as streams:
            lines = [
                open_stream(server, run_id, streams) for run_id in (going, paused)
            ]  # kept referenced, or they would be closed
            assert all(next(each) for each in lines)
            server.stop()
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
        assert "Traceback" not in server.log()


def open_stream(server: Server, run_id: str, streams: ExitStack) -> Iterator[str]:
    return streams.enter_context(httpx.stream("GET", f"{server.address}/api/runs/{run_id}/events")).iter_lines()


@contextmanager
def few_open_files() -> Iterator[None]:
    """Limit processes started here to 150 open files unless they raise the limit; macOS grants 256."""
    granted, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (150, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (granted, most))


def test_a_whole_class_is_let_in_where_the_system_grants_few_open_files(home_with_digits: Path) -> None:
    server = Server(home_with_digits)
    with few_open_files():
        server.start()
    with ExitStack() as stack:
        stack.callback(server.kill)
        until(lambda: server.get("api/healthz").status_code == 200, what=server.log)  # its service is open
        socket = server.address.replace("http", "ws") + "/_stcore/stream"
        pages = [stack.enter_context(connect(socket)) for _ in range(60)]
        assert all(page.ping().wait(10) for page in pages)
