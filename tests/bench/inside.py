"""The time to look inside a network, and what one reader's heavy question costs the others."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import count
from pathlib import Path

from tests.bench.browser import next_pictures_ms
from tests.bench.homes import tell
from tests.bench.latency import first_point_of
from tests.bench.server import until_idle, warm_server
from tests.bench.sessions import Session
from tests.bench.table import Figure, Outcome, p95
from tests.serving import Server

PAGE = "understand"
KEPT_EPOCHS = (1, 2, 3, 5, 7, 10)  # epochs of the example with weights: each has a surface that is not cached
UNDER_WAY_S = 1.0  # by then a surface is being computed


def activations(home: Path, quick: bool) -> dict[str, Outcome]:
    """From choosing the next picture to all activations, and the calculation of one of them, on the screen."""
    with warm_server(home, "activations", workers=2) as server:
        query = "part=inside&inside=activations"
        drawn_ms = asyncio.run(next_pictures_ms(server.address, query, 5 if quick else 40))
    return {"activations": p95(drawn_ms, "the survey's CNN, a new picture each time")}


def heavy_request(home: Path, quick: bool) -> dict[str, Outcome]:
    """First points while a loss surface is being computed, compared with the median without one."""
    with warm_server(home, "heavy", workers=2) as server:
        alone, beside = asyncio.run(_first_points(server, KEPT_EPOCHS[:2] if quick else KEPT_EPOCHS))
    usual = sorted(alone)[len(alone) // 2]
    delays = [1000 * (each - usual) for each in beside]
    tell(f"  first points alone {alone}, beside a heavy question {beside}")
    note = f"usually {1000 * usual:.0f} ms, n={len(delays)}"
    return {"heavy_request": Figure(max(delays), f"from {min(delays):.0f}", note)}


async def _first_points(server: Server, epochs: tuple[int, ...]) -> tuple[list[float], list[float]]:
    alone, beside = list[float](), list[float]()
    seeds = count(1)
    for epoch in epochs:
        alone.append(await _first_point(server, next(seeds)))
        await asyncio.to_thread(until_idle, server)
        reader = Session(server.address, page=PAGE, query=f"part=further&further=surface&at_epoch={epoch}")
        looking = asyncio.create_task(reader.open())
        await asyncio.sleep(UNDER_WAY_S)
        beside.append(await _first_point(server, next(seeds)))
        assert not looking.done(), "the surface was there too soon"
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        await reader.close()
        await asyncio.to_thread(until_idle, server)
    return alone, beside


async def _first_point(server: Server, seed: int) -> float:
    async with Session(server.address, query=f"seed={seed}") as other:
        seconds = await first_point_of(other)
        await other.stop_training()
    return seconds
