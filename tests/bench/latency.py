"""The time from pressing Train to the first point: alone, and when a class presses together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median

from playwright.async_api import Browser

from tests.bench.browser import TrainPage, browser, train_page
from tests.bench.homes import tell
from tests.bench.server import read_marks, until_idle, warm_server
from tests.bench.sessions import Session
from tests.bench.streams import Watcher
from tests.bench.table import Figure, Outcome, middle
from tests.browser.ensure_browser import ensure_browser
from tests.serving import Server

LEARNERS, EPOCHS = 30, 10
FIRST_POINT_TIMEOUT_S = 60.0
END_TIMEOUT_S = 900.0


@dataclass(frozen=True)
class ClassStart:
    """The waiting times of learners who pressed Train together."""

    first_points_s: list[float]  # each from the learner's own press
    ended_s: float | None  # until the last slice of all; None if the learners stopped earlier


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
        together = [await _together(server, chromium, seeds) for _ in range(0 if quick else 3)]
        together.append(await _together(server, chromium, seeds, to_the_end=True))
    return {"first_point": middle(alone), "first_point_of_30": _last_of_class(together)}


async def _first_points_slow(server: Server, executable: str, quick: bool) -> dict[str, Outcome]:
    seeds = count(1)
    async with browser(executable) as chromium:
        together = [await _together(server, chromium, seeds) for _ in range(1 if quick else 4)]
    return {"first_point_of_30_slow": _last_of_class(together)}


def _last_of_class(starts: Sequence[ClassStart]) -> Figure:
    """The last learner's first point, with a note on the median and on when all runs had ended."""
    note = f"the middle learner's {median(at for start in starts for at in start.first_points_s):.2f} s"
    ends = [start.ended_s for start in starts if start.ended_s is not None]
    if ends:
        note += f"; all runs, {EPOCHS} epochs each, ended after {max(ends):.0f} s"
    return middle([max(start.first_points_s) for start in starts], note)


async def _alone(server: Server, chromium: Browser, seed: int) -> float:
    async with train_page(chromium, server.address) as page:
        await _ready(page, seed)
        seconds = await page.press_train()
    await asyncio.to_thread(until_idle, server)
    return seconds


async def _together(server: Server, chromium: Browser, seeds: Iterator[int], *, to_the_end: bool = False) -> ClassStart:
    """A browser and 29 light learners; they stop when all have their first points, or train to the end."""
    async with AsyncExitStack() as stack:
        page = await stack.enter_async_context(train_page(chromium, server.address))
        await _ready(page, next(seeds))
        others = [Session(server.address, query=f"seed={next(seeds)}&epochs={EPOCHS}") for _ in range(LEARNERS - 1)]
        for other in others:
            await stack.enter_async_context(other)
        pressed_at = time.time()
        times = await asyncio.gather(page.press_train(), *(first_point_of(other) for other in others))
        if not to_the_end:
            await asyncio.gather(*(other.stop_training() for other in others))
        await asyncio.to_thread(until_idle, server, END_TIMEOUT_S)
        ended_s = read_marks(server)[-1].at - pressed_at if to_the_end else None
    tell(f"  together: the browser {times[0]:.2f} s, the others {min(times[1:]):.2f} to {max(times[1:]):.2f} s")
    return ClassStart(times, ended_s)


async def _ready(page: TrainPage, seed: int) -> None:
    await page.open(f"seed={seed}&epochs={EPOCHS}")
    await page.until_drawn()
    await asyncio.sleep(1.0)  # lets the page finish, so that only the press is measured


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
