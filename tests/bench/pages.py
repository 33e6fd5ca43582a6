"""The cost of pages: a slider moved in a full class, the memory of app and workers, and the very first start."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser

from tests.bench.browser import browser, train_page
from tests.bench.homes import empty, tell
from tests.bench.server import memory_mb, warm_server
from tests.bench.sessions import Session
from tests.bench.streams import Watcher
from tests.bench.table import Figure, Outcome, middle, p95
from tests.browser.ensure_browser import ensure_browser
from tests.serving import Server

SESSIONS = 60
LEARNERS = 12  # who train for longer than the measurement takes; the others watch them
MOVES_A_SECOND = 4.0  # each reader moves a slider every 15 s
START_TIMEOUT_S = 60.0

Memory = tuple[float, float]  # (RSS, PSS) in MB


def reruns(home: Path, quick: bool) -> dict[str, Outcome]:
    """60 pages with their event streams are open and two workers train, while readers in turn move a slider."""
    with warm_server(home, "pages", workers=2) as server:
        before = _app_memory(server)
        full = asyncio.run(_full_class(server, moves=30 if quick else 120))
    note = f"{MOVES_A_SECOND:g} moves a second; {full.training} of {LEARNERS} runs trained to the end"
    return {
        "rerun_60": p95([1000 * each for each in full.moves_s], note),
        "memory_app": Figure(full.app[0], f"PSS {full.app[1]:.0f}", f"before the pages {before[0]:.0f}"),
        "memory_worker": Figure(full.worker[0], f"PSS {full.worker[1]:.0f}"),
    }


@dataclass(frozen=True)
class FullClass:
    moves_s: list[float]
    training: int  # runs that were still training at the end of the measurement
    app: Memory
    worker: Memory  # the largest


async def _full_class(server: Server, moves: int) -> FullClass:
    async with AsyncExitStack() as stack:
        learners = [Session(server.address, query=f"seed={seed}&epochs=50") for seed in range(1, LEARNERS + 1)]
        for learner in learners:
            await stack.enter_async_context(learner)
            await learner.press("train")
        runs = [learner.run_id for learner in learners]
        readers = [Session(server.address, query=f"run={runs[n % LEARNERS]}") for n in range(SESSIONS - LEARNERS)]
        for reader in readers:
            await stack.enter_async_context(reader)
        streams = [
            asyncio.create_task(Watcher().listen(each.address, each.run_id, each.cookie)) for each in learners + readers
        ]
        tell(f"  {len(streams)} pages are open")
        seconds = await _moved_sliders(readers, moves)
        app, worker = _app_memory(server), _largest_worker(server)
        for stream in streams:
            stream.cancel()
        for ended in await asyncio.gather(*streams, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended  # without its stream a page would cost less
        training = sum([await learner.stop_training() for learner in learners])
    return FullClass(seconds, training, app, worker)


async def _moved_sliders(readers: list[Session], moves: int) -> list[float]:
    """The seconds of reruns; moves come at random times, as in a class, and do not wait for each other."""
    chance = random.Random(0)
    jobs: list[asyncio.Task[float]] = []
    for number in range(moves):
        reader = readers[number % len(readers)]
        jobs.append(asyncio.create_task(reader.slide("epochs_0", chance.randint(1, 50))))
        await asyncio.sleep(chance.expovariate(MOVES_A_SECOND))
    return list(await asyncio.gather(*jobs))


def _largest_worker(server: Server) -> Memory:
    return max(memory_mb(pid) for pid in server.worker_pids())


def _app_memory(server: Server) -> Memory:
    assert server.process
    return memory_mb(server.process.pid)


def first_start(home: Path, quick: bool) -> dict[str, Outcome]:
    """Each time with an empty home: no prepared data, no database, no recorded run."""
    return asyncio.run(_first_starts(home, ensure_browser(), times=1 if quick else 3))


async def _first_starts(home: Path, executable: str, times: int) -> dict[str, Outcome]:
    pages, trainings = list[float](), list[float]()
    async with browser(executable) as chromium:
        for number in range(times):
            pages.append(await _first_page(_new_server(home, f"page-{number}")))
            trainings.append(await _first_training(_new_server(home, f"training-{number}"), chromium))
            tell(f"  first page {pages[-1]:.2f} s, first training {trainings[-1]:.2f} s")
    return {"first_page": middle(pages), "first_training": middle(trainings, "in a browser that is running already")}


def _new_server(home: Path, name: str) -> Server:
    return Server(empty(home, name), TRENDLAB_WORKERS="2")


async def _first_page(server: Server) -> float:
    """From the start of the process until the first script run of the first reader has finished."""
    began, session = time.perf_counter(), Session(server.address, page="")
    starting = asyncio.create_task(asyncio.to_thread(server.start))
    try:
        await session.open(wait_s=START_TIMEOUT_S)
        return time.perf_counter() - began
    finally:
        await starting
        await session.close()
        server.kill()


async def _first_training(server: Server, chromium: Browser) -> float:
    """From the start of the process, with the page opened and Train pressed as soon as possible."""
    began = time.time()
    try:
        await asyncio.to_thread(server.start)
        async with train_page(chromium, server.address) as page:
            await page.open()
            await page.press_train()
            return await page.first_point_at() - began
    finally:
        server.kill()
