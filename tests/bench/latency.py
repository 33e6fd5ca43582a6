"""From Train pressed to the first point: alone, and when a class presses together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

from playwright.async_api import Browser

from tests.bench.browser import TrainPage, browser, train_page
from tests.bench.homes import tell
from tests.bench.server import until_idle, warm_server
from tests.bench.sessions import Session
from tests.bench.streams import Watcher
from tests.bench.table import Outcome, middle
from tests.browser.ensure_browser import ensure_browser
from tests.serving import Server

LEARNERS = 30
FIRST_POINT_TIMEOUT_S = 60.0


def first_points(home: Path, quick: bool) -> dict[str, Outcome]:
    """With two workers: one learner alone, in a browser; then 29 light ones and a browser together."""
    executable = ensure_browser()
    with warm_server(home, "two-workers", workers=2) as server:
        return asyncio.run(_first_points(server, executable, quick))


def first_points_slow(home: Path, quick: bool) -> dict[str, Outcome]:
    """With one worker: the class together."""
    executable = ensure_browser()
    with warm_server(home, "one-worker", workers=1) as server:
        return asyncio.run(_first_points_slow(server, executable, quick))


async def _first_points(server: Server, executable: str, quick: bool) -> dict[str, Outcome]:
    seeds = count(1)
    async with browser(executable) as chromium:
        alone = [await _alone(server, chromium, next(seeds)) for _ in range(2 if quick else 6)]
        tell(f"  alone: {alone}")
        together = [await _together(server, chromium, seeds) for _ in range(1 if quick else 4)]
    return {"first_point": middle(alone), "first_point_of_30": middle(together)}


async def _first_points_slow(server: Server, executable: str, quick: bool) -> dict[str, Outcome]:
    seeds = count(1)
    async with browser(executable) as chromium:
        together = [await _together(server, chromium, seeds) for _ in range(1 if quick else 4)]
    return {"first_point_of_30_slow": middle(together)}


async def _alone(server: Server, chromium: Browser, seed: int) -> float:
    async with train_page(chromium, server.address) as page:
        await _ready(page, seed)
        seconds = await page.press_train()
    await asyncio.to_thread(until_idle, server)
    return seconds


async def _together(server: Server, chromium: Browser, seeds: Iterator[int]) -> float:
    """The longest time between any learner's press and the first point of the same learner's run."""
    async with AsyncExitStack() as stack:
        page = await stack.enter_async_context(train_page(chromium, server.address))
        await _ready(page, next(seeds))
        others = [Session(server.address, query=f"seed={next(seeds)}") for _ in range(LEARNERS - 1)]
        for other in others:
            await stack.enter_async_context(other)
        times = await asyncio.gather(page.press_train(), *(first_point_of(other) for other in others))
        await asyncio.gather(*(other.rerun() for other in others))
        await asyncio.gather(*(other.press("stop") for other in others))
    await asyncio.to_thread(until_idle, server)
    tell(f"  together: the browser {times[0]:.2f} s, the others {min(times[1:]):.2f} to {max(times[1:]):.2f} s")
    return max(times)


async def _ready(page: TrainPage, seed: int) -> None:
    await page.open(f"seed={seed}")
    await page.until_drawn()
    await asyncio.sleep(1.0)  # what the page does after its first drawing is not the press


async def first_point_of(learner: Session) -> float:
    """Press Train and follow the new run's stream, as the page's chart does."""
    began = time.perf_counter()
    await learner.press("train")
    watcher = Watcher()
    listening = asyncio.create_task(watcher.listen(learner.address, learner.run_id, learner.cookie))
    try:
        await asyncio.wait_for(watcher.first_point.wait(), FIRST_POINT_TIMEOUT_S)
    finally:
        listening.cancel()
    return time.perf_counter() - began
