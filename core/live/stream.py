"""One browser's event stream: its cursors, and the text that brings it up to date."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from core.live.events import epoch_data, event
from core.live.hub import Feed, Hub

HEARTBEAT_S = 15.0


@dataclass
class Cursor:
    """How much of one run a browser has received."""

    step: int
    epoch: int = 0
    state: str = ""


def parse_cursor(text: str, num_runs: int) -> list[int]:
    """The steps of an event id, `120.45` for two runs; anything else starts from the beginning."""
    parts = text.split(".")
    if len(parts) == num_runs and all(part.isascii() and part.isdigit() and len(part) < 12 for part in parts):
        return [int(part) for part in parts]
    return [0] * num_runs


async def stream(hub: Hub, feeds: Sequence[Feed], wake: asyncio.Event, after: str) -> AsyncGenerator[str, None]:
    """Yields text until all runs are final and fully sent, or the hub has ended."""
    cursors = [Cursor(step) for step in parse_cursor(after, len(feeds))]
    while not hub.is_over:
        wake.clear()
        text = "".join(_news(feeds, cursors))
        is_final = all(feed.is_final for feed in feeds)  # as sent: a feed may advance while the text is being sent
        if text:
            yield text
        if is_final:
            yield event("end", {})
            return
        try:
            await asyncio.wait_for(wake.wait(), HEARTBEAT_S)
        except TimeoutError:
            yield event("still_here", {})


def _news(feeds: Sequence[Feed], cursors: list[Cursor]) -> list[str]:
    parts: list[str] = []
    for feed, cursor in zip(feeds, cursors, strict=True):
        if cursor.step > feed.view.step:
            parts.append(event("reset", {"run": feed.view.id}))
            cursor.step, cursor.epoch = 0, 0
        if cursor.step < feed.view.step:
            for last_step, text in feed.metrics_after(cursor.step):
                cursor.step = last_step
                parts.append(f"id: {'.'.join(str(c.step) for c in cursors)}\n{text}")
        for evaluation in feed.epochs_from(cursor.epoch):
            cursor.epoch = evaluation.epoch
            parts.append(event("epoch", epoch_data(feed.view.id, evaluation)))
        if (state := feed.state_text()) != cursor.state:
            cursor.state = state
            parts.append(state)
    return parts
