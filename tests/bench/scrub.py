"""The time until the results of another epoch are on the screen, in a real browser."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.bench.browser import TIMEOUT_MS, browser
from tests.bench.server import until_idle, warm_server
from tests.bench.sessions import Session
from tests.bench.table import Outcome, p95
from tests.browser.ensure_browser import ensure_browser
from tests.serving import Server

EPOCHS = 50
PAUSE_MS = 700  # lets the page rerun for the address when the slider stops

# Moves the slider; resolves with the milliseconds until the frame after the one in which the results changed.
MOVE = """(slider, [index, results]) => new Promise((resolve) => {
  const began = performance.now();
  slider.value = index;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  const look = () => {
    if (results.dataset.epoch !== String(index)) return requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
  };
  look();
})"""


def scrub(home: Path, quick: bool) -> dict[str, Outcome]:
    """From epoch to epoch, near and far, in a run with many mistakes to show."""
    with warm_server(home, "scrub", workers=2) as server:
        run_id = asyncio.run(_trained(server))
        until_idle(server)
        took = asyncio.run(_moves(server, run_id, 10 if quick else 100))
    return {"scrub": p95(took, f"{EPOCHS} epochs, matrix, images, a course and a table")}


async def _trained(server: Server) -> str:
    query = f"model=mlp&seed=1&epochs={EPOCHS}&learning_rate=0.0003"
    async with Session(server.address, query=query) as learner:
        await learner.press("train")
        return learner.run_id


async def _moves(server: Server, run_id: str, times: int) -> list[float]:
    async with browser(ensure_browser()) as chromium:
        page = await chromium.new_page(locale="en-GB", viewport={"width": 1280, "height": 800})
        await page.goto(f"{server.address}/understand?network={run_id}", timeout=TIMEOUT_MS)
        results = await page.wait_for_selector(".tl-results[data-epoch]", timeout=TIMEOUT_MS)
        took = []
        for number in range(times):
            index = number * 7 % EPOCHS
            took.append(await page.locator(".tl-scrubber input").evaluate(MOVE, [index, results]))
            await page.wait_for_timeout(PAUSE_MS)
        return took
