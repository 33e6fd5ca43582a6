"""What a newcomer's browser loads, as a class does at the same moment over one access point."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Browser

from tests.bench.browser import TIMEOUT_MS, browser
from tests.bench.server import MEGABYTE, warm_server
from tests.bench.table import Figure, Outcome
from tests.browser.ensure_browser import ensure_browser

CHART = ".js-plotly-plot"


def first_visit(home: Path, quick: bool) -> dict[str, Outcome]:  # noqa: ARG001  it is short
    """Home, whose charts need the most, opened by one reader and then by a newcomer."""
    with warm_server(home, "visit", workers=1) as server:
        first, newcomer = asyncio.run(_two_readers(server.address))
    return {"first_visit": Figure(newcomer, note=f"the very first reader {first:.2f}")}


async def _two_readers(address: str) -> tuple[float, float]:
    async with browser(ensure_browser()) as chromium:
        first = await _loaded_mb(chromium, address)
        await asyncio.sleep(5)  # what was sent as it is is being compressed
        return first, await _loaded_mb(chromium, address)


async def _loaded_mb(chromium: Browser, address: str) -> float:
    """All that comes over the line until the page has its charts and rests, headers included."""
    context = await chromium.new_context(locale="en-GB")
    page = await context.new_page()
    line, loaded = await context.new_cdp_session(page), list[float]()
    line.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    await line.send("Network.enable")
    await page.goto(address, timeout=TIMEOUT_MS)
    await page.wait_for_selector(CHART, timeout=TIMEOUT_MS)
    await page.wait_for_load_state("networkidle", timeout=TIMEOUT_MS)
    await context.close()
    return sum(loaded) / MEGABYTE
