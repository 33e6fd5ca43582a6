"""The delay from the end of a slice in its worker to the point on a reader's screen, and the app's cost per reader."""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median

from playwright.async_api import Browser

from core.live.buckets import bucket_exponent, first_bucket_step
from tests.bench.browser import browser, train_page
from tests.bench.homes import tell
from tests.bench.server import Mark, cpu_s, read_marks, until_idle, warm_server
from tests.bench.sessions import Session
from tests.bench.streams import Watcher, watching
from tests.bench.table import Figure, Outcome, p95
from tests.browser.ensure_browser import ensure_browser
from tests.serving import Server

WATCHERS = 100
EPOCHS = 50
STEPS = EPOCHS * 45  # of 1,437 digits in batches of 32
WINDOW_S = 12.0
SETTLE_S = 2.0
LATEST_S = 1.0  # well beyond the goals; points that are later count as this late

Points = Sequence[tuple[float, int]]  # (time, step) in order


@dataclass(frozen=True)
class Window:
    """The events in a time window while one run was watched and another kept the second worker busy."""

    cpu_s: float
    num_slices: int  # of both runs
    deliveries: int  # slices of the watched run times number of light watchers
    num_events: int  # received by the light watchers
    delays_s: list[float]  # to each light watcher
    drawn_s: list[float]  # to the chart in the browser


def delays(home: Path, quick: bool) -> dict[str, Outcome]:
    """Alternates between a browser alone and a browser with 100 more watchers."""
    executable = ensure_browser()
    with warm_server(home, "watched", workers=2) as server:
        few, many = asyncio.run(_windows(server, executable, quick))
    return {"delay_1": _drawn(few), "delay_100": _delay_of_many(many), "watcher_cpu": _cost(few, many)}


async def _windows(server: Server, executable: str, quick: bool) -> tuple[list[Window], list[Window]]:
    few, many, seeds = list[Window](), list[Window](), count(1)
    async with browser(executable) as chromium:
        for number in range(1 if quick else 3):
            few.append(await _window(server, chromium, seeds, 0))
            many.append(await _window(server, chromium, seeds, WATCHERS))
            tell(f"  round {number + 1}: the app's CPU {few[-1].cpu_s:.2f} s, then {many[-1].cpu_s:.2f} s")
    return few, many


async def _window(server: Server, chromium: Browser, seeds: count[int], light_watchers: int) -> Window:
    """Two learners train; the first one's run is watched by a browser and `light_watchers` others."""
    seed = next(seeds)
    async with AsyncExitStack() as stack:
        learners = [Session(server.address, query=f"seed={each}&epochs={EPOCHS}") for each in (seed, next(seeds))]
        for learner in learners:
            await stack.enter_async_context(learner)
            await learner.press("train")
        page = await stack.enter_async_context(train_page(chromium, server.address))
        await page.open(f"run={learners[0].run_id}")
        await page.until_drawn()
        watchers = await stack.enter_async_context(watching(server.address, learners[0].run_id, light_watchers))
        await asyncio.sleep(SETTLE_S)
        began, cpu_before, events_before = time.time(), cpu_s(server), _num_events(watchers)
        await asyncio.sleep(WINDOW_S)
        ended, cpu_used = time.time(), cpu_s(server) - cpu_before
        num_events = _num_events(watchers) - events_before
        await asyncio.sleep(LATEST_S)
        marks = [mark for mark in read_marks(server) if began <= mark.at < ended]
        ours = [mark for mark in marks if mark.seed == seed]
        until = time.time()
        drawn = delays_s(ours, await page.drawn(), until, bucket_exponent(STEPS))
        arrived = [delay for watcher in watchers for delay in delays_s(ours, watcher.points, until)]
        for learner in learners:
            await learner.stop_training()
    await asyncio.to_thread(until_idle, server)
    return Window(cpu_used, len(marks), len(ours) * light_watchers, num_events, arrived, drawn)


def delays_s(marks: Sequence[Mark], points: Points, until: float, k: int | None = None) -> list[float]:
    """From each mark to the first point that reaches its step, or to `until` at the latest; with `k`, points are the
    first steps of buckets."""
    steps, times = [step for _, step in points], [*(at for at, _ in points), until]
    wanted = [mark.step if k is None else first_bucket_step(mark.step - 1, k) for mark in marks]
    places = [bisect_left(steps, step) for step in wanted]
    return [times[place] - mark.at for mark, place in zip(marks, places, strict=True)]


def _drawn(windows: Sequence[Window]) -> Figure:
    return p95([1000 * delay for window in windows for delay in window.drawn_s])


def _delay_of_many(windows: Sequence[Window]) -> Figure:
    """The worse of two delays: at the 100 streams, and in the browser's chart among them."""
    streams = p95([1000 * delay for window in windows for delay in window.delays_s])
    drawn = _drawn(windows)
    note = f"at the 100 streams {streams.value:.0f}, drawn in the browser among them {drawn.value:.0f}"
    return Figure(max(streams.value, drawn.value), max(streams, drawn, key=lambda each: each.value).spread, note)


def _cost(few: Sequence[Window], many: Sequence[Window]) -> Figure:
    """The app's extra CPU time, compared to as many slices with one watcher, per event of a light watcher."""
    slice_s = sum(window.cpu_s for window in few) / sum(window.num_slices for window in few)
    beyond = [window.cpu_s - slice_s * window.num_slices for window in many]
    costs = [1000 * extra / window.num_events for extra, window in zip(beyond, many, strict=True)]
    update_ms = 1000 * sum(beyond) / sum(window.deliveries for window in many)
    note = f"{update_ms:.3f} ms an update (all events of a slice); {1000 * slice_s:.0f} ms a slice for itself"
    return Figure(median(costs), f"{min(costs):.3f} to {max(costs):.3f}, n={len(costs)}", note)


def _num_events(watchers: Sequence[Watcher]) -> int:
    return sum(watcher.num_events for watcher in watchers)
