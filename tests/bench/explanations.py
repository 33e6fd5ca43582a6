"""What it costs to ask a network why: the next picture pressed, to its maps drawn."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.bench.browser import next_pictures_ms
from tests.bench.server import warm_server
from tests.bench.table import Outcome, p95

METHODS = ("grad_cam", "integrated_gradients")


def explanations(home: Path, quick: bool) -> dict[str, Outcome]:
    """On the recorded run, the survey's network; each picture is one that nobody has asked about yet."""
    with warm_server(home, "explanations", workers=2) as server:
        return {method: p95(_drawn_ms(server.address, method, 10 if quick else 40)) for method in METHODS}


def _drawn_ms(address: str, method: str, times: int) -> list[float]:
    """Both sides show the same map, which the worker is asked for once."""
    return asyncio.run(next_pictures_ms(address, f"part=why&method={method}&second_method={method}", times))
