"""The benchmark's reader without a browser has the same effect on a page as a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.bench.sessions import Session
from tests.serving import Server


def run(coroutine: Coroutine[Any, Any, object]) -> None:
    """Run in a separate thread, as an earlier browser test leaves its event loop running in this one."""
    with ThreadPoolExecutor(1) as other:
        other.submit(asyncio.run, coroutine).result()


def test_a_moved_slider_counts_and_a_button_that_went_away_is_not_pressed(home_with_digits: Path) -> None:
    async def look(server: Server) -> None:
        async with Session(server.address, query="model=mlp&epochs=50") as learner:
            await learner.slide("epochs_0", 1)
            assert learner.query == "model=mlp&epochs=1"
            await learner.press("train")
            async with asyncio.timeout(60):
                while "stop" in learner.widgets:
                    await learner.rerun()
            assert not await learner.stop_training()

    with Server(home_with_digits) as server:
        run(look(server))


def test_a_page_that_fails_is_no_quick_page(home_with_digits: Path) -> None:
    script = home_with_digits / "app.py"
    script.write_text("raise ValueError('broken')", encoding="utf-8")
    with (
        Server(home_with_digits, script=script) as server,
        pytest.raises(RuntimeError, match="script of the page train failed"),
    ):
        run(Session(server.address).open())
