"""What it costs to ask a network why: the next picture pressed, to its maps drawn."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.bench.server import warm_server
from tests.bench.sessions import Session
from tests.bench.table import Outcome, p95
from tests.serving import Server

METHODS = ("grad_cam", "integrated_gradients")


def explanations(home: Path, quick: bool) -> dict[str, Outcome]:
    """On the recorded run, the survey's network; each picture is one that nobody has asked about yet."""
    with warm_server(home, "explanations", workers=2) as server:
        seconds = {method: asyncio.run(_next_pictures(server, method, 10 if quick else 40)) for method in METHODS}
    return {method: p95([1000 * each for each in taken]) for method, taken in seconds.items()}


async def _next_pictures(server: Server, method: str, times: int) -> list[float]:
    """Both sides show the same map, which the worker is asked for once."""
    query = f"part=why&method={method}&second_method={method}"
    async with Session(server.address, page="understand", query=query) as reader:
        for _ in range(2):  # each worker imports the method
            await reader.press("next_picture")
        return [await reader.press("next_picture") for _ in range(times)]
