"""The app in a separate, warmed-up process, with marks of its slices and measurements of its memory and CPU."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from core.live.plotly_route import PLOTLY_URL
from core.settings import PROJECT
from tests.bench.homes import copy_of
from tests.bench.sessions import Session
from tests.serving import Server
from tests.waiting import until

MARKS = "marks"
WARM_TIMEOUT_S = 90.0
MEGABYTE = 2**20


@dataclass(frozen=True)
class Mark:
    """A slice that a worker has finished: when, of which seed, and at which step."""

    at: float
    seed: int
    step: int


@contextmanager
def warm_server(home: Path, name: str, workers: int) -> Iterator[Server]:
    """The app with prepared digits after all initial work: workers warm, sample run trained, nothing running."""
    own_home = copy_of(home, name)
    script = own_home / "marked_app.py"
    script.write_text("import tests.bench.marks\n\n" + (PROJECT / "app.py").read_text("utf-8"), "utf-8")
    server = Server(own_home, script=script, TRENDLAB_WORKERS=str(workers), TRENDLAB_BENCH_MARKS=str(own_home / MARKS))
    with server:
        until(lambda: _is_warm(server, workers), WARM_TIMEOUT_S, server.log)
        asyncio.run(_open_once(server))
        until_idle(server)
        yield server


def until_idle(server: Server, timeout_s: float = WARM_TIMEOUT_S) -> None:
    """Wait until nothing trains in two checks in a row, as a chore of the app may fall between two slices."""
    for _ in range(2):
        until(lambda: _is_idle(server), timeout_s, server.log)
        time.sleep(0.5)


async def _open_once(server: Server) -> None:
    """Do what the first visitor would have to wait for: imports for the charts, and compression of their JavaScript."""
    async with Session(server.address):
        server.get(PLOTLY_URL)


def _is_warm(server: Server, workers: int) -> bool:
    return server.get("api/healthz").json()["workers"] == workers and bool(server.get("api/runs").json())


def _is_idle(server: Server) -> bool:
    health = server.get("api/healthz").json()
    return health["running"] == 0 and health["queued"] == 0


def read_marks(server: Server) -> list[Mark]:
    """The slices finished so far, in order."""
    text = (server.home / MARKS).read_text(encoding="utf-8")
    fields = [line.split() for line in text.splitlines()]
    return [Mark(float(at), int(seed), int(step)) for at, seed, step in fields]


def cpu_s(server: Server) -> float:
    """CPU seconds used by the app process itself."""
    assert server.process
    times = psutil.Process(server.process.pid).cpu_times()
    return times.user + times.system


def memory_mb(pid: int) -> tuple[float, float]:
    """(RSS, PSS) of a process; PSS divides memory shared by several processes (0 if unavailable)."""
    full = psutil.Process(pid).memory_full_info()
    return full.rss / MEGABYTE, getattr(full, "pss", 0) / MEGABYTE
