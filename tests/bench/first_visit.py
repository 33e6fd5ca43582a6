"""How much a browser loads on its first visit, as a whole class may do at once over one access point."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.bench.browser import TIMEOUT_MS, browser
from tests.bench.server import MEGABYTE, warm_server
from tests.bench.table import Figure, Outcome
from tests.browser.ensure_browser import ensure_browser

CHART = ".js-plotly-plot"


def first_visit(home: Path, _quick: bool) -> dict[str, Outcome]:
    """Measures Home, whose charts load the most."""
    with warm_server(home, "visit", workers=1) as server:
        return {"first_visit": Figure(asyncio.run(_loaded_mb(server.address)))}


async def _loaded_mb(address: str) -> float:
    """All bytes received, including headers, until the page has its charts and is idle."""
    async with browser(ensure_browser()) as chromium:
        page = await chromium.new_page(locale="en-GB")
        line, loaded = await page.context.new_cdp_session(page), list[float]()
        line.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
        await line.send("Network.enable")
        await page.goto(address, timeout=TIMEOUT_MS)
        await page.wait_for_selector(CHART, timeout=TIMEOUT_MS)
        await page.wait_for_load_state("networkidle", timeout=TIMEOUT_MS)
        return sum(loaded) / MEGABYTE
