"""How long a reader waits for a page of the survey, and for a slider on one, in a full class."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Page

from core.content.words import Words
from core.ui.shell import READING
from tests.bench.browser import TIMEOUT_MS, browser
from tests.bench.server import memory_mb, warm_server
from tests.bench.sessions import Session
from tests.bench.table import Figure, Outcome, middle, p95
from tests.browser.ensure_browser import ensure_browser
from tests.serving import Server

SESSIONS = 60
FIRST, *REST = [name for name in READING if name not in ("home", "train")]
PAGES = [*REST, "home"]  # each is opened from the one before
SLIDER_PAGE, SLIDER, STOPS = "applications", "ill", ("1%", "5%", "10%", "20%")

# Presses the button that leads to the next page; resolves with the milliseconds until that page is complete.
NEXT = """(title) => new Promise((resolve) => {
  const began = performance.now();
  document.querySelector(".st-key-next button").click();
  const look = () => {
    const heading = document.querySelector("h1");
    const idle = document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]");
    const whole = heading && heading.textContent === title && idle && document.querySelector(".st-key-next button");
    const charts = [...document.querySelectorAll(".js-plotly-plot")];
    if (whole && charts.every((chart) => chart.querySelector(".main-svg"))) resolve(performance.now() - began);
    else requestAnimationFrame(look);
  };
  look();
})"""


def survey(home: Path, quick: bool) -> dict[str, Outcome]:
    """Pages in order, each opened by a click on the one before; then readers of all pages move a slider."""
    with warm_server(home, "survey", workers=2) as server:
        drawn = asyncio.run(_read_on(server, rounds=2 if quick else 6))
        moved = asyncio.run(_full_class(server, moves=60 if quick else 240))
        assert server.process
        memory = memory_mb(server.process.pid)
    slowest = max(drawn, key=lambda name: middle(drawn[name]).value)
    return {
        "survey_page": middle(drawn[slowest], f"the slowest: {slowest}"),
        "survey_slider": p95([1000 * each for each in moved], f"{SESSIONS} readers"),
        "memory_survey": Figure(memory[0], f"PSS {memory[1]:.0f}"),
    }


async def _read_on(server: Server, rounds: int) -> dict[str, list[float]]:
    """Seconds by page. The first round warms up the server; each further one is by a new reader."""
    seconds: dict[str, list[float]] = {name: [] for name in PAGES}
    async with browser(ensure_browser()) as chromium:
        for number in range(1 + rounds):
            context = await chromium.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
            page = await context.new_page()
            for name, took in (await _one_reader(page, server)).items():
                seconds[name] += [took] if number else []
            await context.close()
    return seconds


async def _one_reader(page: Page, server: Server) -> dict[str, float]:
    say, seconds = Words("en"), dict[str, float]()
    await page.goto(f"{server.address}/{FIRST}", timeout=TIMEOUT_MS)
    await page.wait_for_selector(".st-key-next button", timeout=TIMEOUT_MS)
    for name in PAGES:
        await page.wait_for_timeout(1000)  # as a reader would pause; the previous page is then idle
        seconds[name] = await page.evaluate(NEXT, say(f"{name}.title")) / 1000
    return seconds


async def _full_class(server: Server, moves: int) -> list[float]:
    """Readers are spread over all pages; those of one move its slider in turn."""
    async with AsyncExitStack() as stack:
        readers = [Session(server.address, page=PAGES[number % len(PAGES)]) for number in range(SESSIONS)]
        for reader in readers:
            await stack.enter_async_context(reader)
        movers = [reader for reader in readers if reader.page == SLIDER_PAGE]
        return [await _moved(movers[n % len(movers)], STOPS[n % len(STOPS)]) for n in range(moves)]


async def _moved(reader: Session, stop: str) -> float:
    return await reader.rerun({SLIDER: {"string_array_value": {"data": [stop]}}})
