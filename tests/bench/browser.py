"""A real browser: when the Train page's chart drew what, and how long a page took after a button press."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, async_playwright

from tests.browser.ensure_browser import ensure_browser

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
TIMEOUT_MS = 60_000
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
TRAIN = ":is(.st-key-train, .st-key-train_anew)"

# Checks the chart once per frame. Times are Date.now(); `drawn` has [time, first step of the last bucket drawn].
LOOK = """
(() => {
  const bench = (window.bench = { pressed: 0, firstPoint: 0, before: null, drawn: [] });
  const runShown = () => new URL(location.href).searchParams.get("run");
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".st-key-train, .st-key-train_anew")) return;
    Object.assign(bench, { pressed: Date.now(), firstPoint: 0, before: runShown() });
  }, true);
  const lastStep = (run) => {
    for (const plot of document.querySelectorAll(".tl-plot"))
      for (const trace of plot.data || [])
        if (trace.meta && trace.meta.run === run && trace.meta.series === "loss_raw" && trace.x.length)
          return trace.customdata[trace.x.length - 1] - 1;
    return null;
  };
  const look = () => {
    const run = runShown();
    const step = run && lastStep(run);
    if (step !== null) {
      if (bench.pressed && !bench.firstPoint && run !== bench.before) bench.firstPoint = Date.now();
      const last = bench.drawn[bench.drawn.length - 1];
      if (!last || last[1] !== step) bench.drawn.push([Date.now(), step]);
    }
    requestAnimationFrame(look);
  };
  look();
})();
"""

# Presses a button; resolves with the milliseconds until its script's last change to the page.
PRESS = """(button) => new Promise((resolve, reject) => {
  const QUIET_MS = 400;
  const app = document.querySelector("[data-testid=stApp]");
  const main = document.querySelector("[data-testid=stMain]");
  const began = performance.now();
  let hasRun = false, changed = began;
  const note = () => requestAnimationFrame(() => setTimeout(() => (changed = performance.now())));
  const changes = new MutationObserver(note);
  changes.observe(main, { subtree: true, childList: true, attributes: true, characterData: true });
  main.addEventListener("load", note, true);
  const script = new MutationObserver(() => (hasRun ||= app.dataset.testScriptState === "running"));
  script.observe(app, { attributes: true });
  button.click();
  const look = setInterval(() => {
    if (!hasRun || app.dataset.testScriptState === "running" || performance.now() - changed < QUIET_MS) return;
    clearInterval(look);
    changes.disconnect();
    script.disconnect();
    main.removeEventListener("load", note, true);
    const error = main.querySelector("[data-testid=stException], [data-testid=stAlertContentError]");
    if (error) reject(new Error(error.textContent));
    else resolve(changed - began);
  }, 20);
})"""


class TrainPage:
    """The Train page in a tab of a fresh browser profile."""

    def __init__(self, page: Page, address: str) -> None:
        self._page, self._address = page, address

    async def open(self, query: str = "") -> None:
        """Load the page and wait until its button is enabled."""
        await self._page.goto(f"{self._address}/train?{query}", timeout=TIMEOUT_MS)
        await self._page.wait_for_selector(f"{TRAIN} button:enabled", timeout=TIMEOUT_MS)

    async def until_drawn(self) -> None:
        """Wait for the charts, so that measurements start on a warm page."""
        await self._page.wait_for_selector(".tl-chart.drawn", timeout=TIMEOUT_MS)

    async def press_train(self) -> float:
        """Press Train; the seconds from the click to the new run's first point on the chart."""
        await self._page.click(f"{TRAIN} button", timeout=TIMEOUT_MS)
        await self._page.wait_for_function("window.bench.firstPoint", timeout=TIMEOUT_MS)
        bench = await self._page.evaluate("window.bench")
        return (bench["firstPoint"] - bench["pressed"]) / 1000

    async def first_point_at(self) -> float:
        return float(await self._page.evaluate("window.bench.firstPoint")) / 1000

    async def drawn(self) -> list[tuple[float, int]]:
        """(time, first step of the last bucket on the chart) at each change."""
        return [(at / 1000, step) for at, step in await self._page.evaluate("window.bench.drawn")]


@asynccontextmanager
async def browser(executable: str) -> AsyncIterator[Browser]:
    """A running headless Chromium."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=executable, args=FLAGS)
        try:
            yield chromium
        finally:
            await chromium.close()


@asynccontextmanager
async def train_page(chromium: Browser, address: str) -> AsyncIterator[TrainPage]:
    context = await chromium.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    try:
        await context.add_init_script(LOOK)
        yield TrainPage(await context.new_page(), address)
    finally:
        await context.close()


async def next_pictures_ms(address: str, query: str, times: int) -> list[float]:
    """On the Understand page: from pressing for the next picture to the last change on the screen."""
    async with browser(ensure_browser()) as chromium:
        page = await chromium.new_page(locale="en-GB", viewport={"width": 1280, "height": 800})
        await page.goto(f"{address}/understand?{query}", timeout=TIMEOUT_MS)
        button = page.locator(".st-key-next_picture button")

        async def press_ms() -> float:
            await button.wait_for(timeout=TIMEOUT_MS)
            await page.wait_for_selector(IDLE, timeout=TIMEOUT_MS)  # so that a run of the script can be seen to begin
            return float(await asyncio.wait_for(button.evaluate(PRESS), TIMEOUT_MS / 1000))

        for _ in range(2):  # so that each worker has done its imports
            await press_ms()
        return [await press_ms() for _ in range(times)]
