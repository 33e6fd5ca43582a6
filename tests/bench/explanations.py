"""The time of an explanation: from pressing for the next picture to its maps on the screen."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.bench.browser import next_pictures_ms
from tests.bench.server import warm_server
from tests.bench.table import Outcome, p95

METHODS = ("grad_cam", "integrated_gradients")


def explanations(home: Path, quick: bool) -> dict[str, Outcome]:
    """On the recorded run, with the survey's network; no picture has been asked about before."""
    with warm_server(home, "explanations", workers=2) as server:
        return {method: p95(_drawn_ms(server.address, method, 10 if quick else 40)) for method in METHODS}


def _drawn_ms(address: str, method: str, times: int) -> list[float]:
    """Both sides show the same map, so the worker is asked only once."""
    return asyncio.run(next_pictures_ms(address, f"part=why&method={method}&second_method={method}", times))
