"""The time to compare six long runs, and to write the program of a run."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from tests.bench.server import until_idle, warm_server
from tests.bench.sessions import Session
from tests.bench.table import Outcome, p95
from tests.serving import Server

RUNS, EPOCHS = 6, 50
CODE_TAB = "The code"


def looks(home: Path, quick: bool) -> dict[str, Outcome]:
    """Each view is a fresh page; each program is for settings that are not cached."""
    with warm_server(home, "looks", workers=2) as server:
        run_ids = asyncio.run(_trained(server))
        until_idle(server)
        compared, shown = asyncio.run(_timed(server, run_ids, times=5 if quick else 20))
    return {
        "compare_six": p95([1000 * each for each in compared], f"{RUNS} runs of {EPOCHS} epochs"),
        "code_tab": p95([1000 * each for each in shown], "a new program each time"),
    }


async def _trained(server: Server) -> list[str]:
    async with AsyncExitStack() as stack:
        learners = [Session(server.address, query=f"model=mlp&seed={n}&epochs={EPOCHS}") for n in range(1, RUNS + 1)]
        for learner in learners:
            await stack.enter_async_context(learner)
            await learner.press("train")
        return [learner.run_id for learner in learners]


async def _timed(server: Server, run_ids: list[str], times: int) -> tuple[list[float], list[float]]:
    compared, shown = list[float](), list[float]()
    for number in range(times):
        page = Session(server.address, page="compare", query="runs=" + ".".join(run_ids))
        compared.append(await page.open())
        await page.close()
        async with Session(server.address, query=f"run={run_ids[0]}&seed={1000 + number}") as reader:
            shown.append(await reader.rerun({"after": {"string_value": CODE_TAB}}))
    return compared, shown
