"""The delay from the end of a stroke to the ten probabilities on the page, while a class trains."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Browser, Page

from tests.bench.browser import TIMEOUT_MS, browser
from tests.bench.server import until_idle, warm_server
from tests.bench.sessions import Session
from tests.bench.table import Outcome, p95
from tests.browser.ensure_browser import ensure_browser
from tests.handwritten import STROKES, Points
from tests.serving import Server

LEARNERS, EPOCHS = 30, 50
BETWEEN_STROKES_S = 0.3
MOVE_S = 0.02

# For each stroke: when it ended, and when the answer to the resulting drawing was on the page. An answer to an earlier
# drawing may come in between and does not count.
WATCH = """
(() => {
  const bench = (window.drawn = { ended: 0, times: [] });
  document.addEventListener("pointerup", () => (bench.ended = performance.now()), true);
  const send = window.fetch;
  window.fetch = async (address, how) => {
    const asked = performance.now();
    const response = await send(address, how);
    if (!String(address).includes("/drawing?") || !response.ok) return response;
    const read = response.json.bind(response);
    response.json = async () => {
      const answer = await read();
      if (bench.ended && asked >= bench.ended) {
        const ended = bench.ended;
        bench.ended = 0;
        requestAnimationFrame(() => bench.times.push(performance.now() - ended));
      }
      return answer;
    };
    return response;
  };
})();
"""


def drawing(home: Path, quick: bool) -> dict[str, Outcome]:
    """Digits are written one after the other in a browser while thirty learners' runs train."""
    executable = ensure_browser()
    with warm_server(home, "drawing", workers=2) as server:
        times, training = asyncio.run(_times(server, executable, digits=3 if quick else 20))
        until_idle(server)
    return {"drawing": p95([1000 * each for each in times], f"{training} of {LEARNERS} runs trained to the end")}


async def _times(server: Server, executable: str, digits: int) -> tuple[list[float], int]:
    """The delay of each stroke, and how many runs were still training after the last one."""
    async with AsyncExitStack() as stack:
        chromium = await stack.enter_async_context(browser(executable))
        page = await _paper(server, chromium)
        learners = [Session(server.address, query=f"seed={seed}&epochs={EPOCHS}") for seed in range(1, LEARNERS + 1)]
        for learner in learners:
            await stack.enter_async_context(learner)
            await learner.press("train")
        for number in range(digits):
            for stroke in STROKES[number % 10]:
                await _draw(page, stroke)
            await page.keyboard.press("Delete")
        times = [float(each) / 1000 for each in await page.evaluate("window.drawn.times")]
        training = sum([await learner.stop_training() for learner in learners])
    return times, training


async def _paper(server: Server, chromium: Browser) -> Page:
    context = await chromium.new_context(locale="en-GB", viewport={"width": 1280, "height": 1600})
    await context.add_init_script(WATCH)
    page = await context.new_page()
    await page.goto(f"{server.address}/understand", timeout=TIMEOUT_MS)
    await page.locator(".tl-ink").scroll_into_view_if_needed(timeout=TIMEOUT_MS)
    return page


async def _draw(page: Page, stroke: Points) -> None:
    """Draw a stroke at a hand's speed, and wait for the answer."""
    box = await page.locator(".tl-ink").bounding_box()
    assert box
    points = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in stroke]
    before = await page.evaluate("window.drawn.times.length")
    await page.mouse.move(*points[0])
    await page.mouse.down()
    for point in points[1:]:
        await page.mouse.move(*point)
        await asyncio.sleep(MOVE_S)
    await page.mouse.up()
    await page.wait_for_function(f"window.drawn.times.length > {before}", timeout=TIMEOUT_MS)
    await asyncio.sleep(BETWEEN_STROKES_S)
