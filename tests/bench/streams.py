"""Event streams read without a browser."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

OPEN_TIMEOUT_S = 60.0


@dataclass
class Watcher:
    """Data from one stream: time and last step of each `metrics` event; number and size of all events."""

    points: list[tuple[float, int]] = field(default_factory=list)
    num_events: int = 0
    largest_bytes: int = 0
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    first_point: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self, address: str, run_id: str, cookie: str = "") -> None:
        """Read until the server ends the stream or the task is cancelled."""
        place = urlsplit(address)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        path = f"{place.path}/api/events?run={run_id}"
        lines = [f"GET {path} HTTP/1.1", f"Host: {place.netloc}", "Accept: text/event-stream"]
        if cookie:
            lines.append(f"Cookie: {cookie}")
        try:
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
            await self._read(reader)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Read lines of chunks and events mixed: the server sends whole events as chunks, so no line is ever split."""
        status = await reader.readline()
        if b" 200 " not in status:
            raise ConnectionError(f"the stream was refused: {status!r}")
        self.opened.set()
        step, size = 0, 0
        while line := await reader.readline():
            size += len(line)
            if line.startswith(b"id: "):
                step, size = int(line[4:]), len(line)
            elif line.startswith(b"event: "):
                size = size if step and line == b"event: metrics\n" else len(line)
                self.num_events += 1
                if line == b"event: metrics\n":
                    self.points.append((time.time(), step))
                    self.first_point.set()
            elif line.startswith(b"data: "):
                self.largest_bytes, step = max(self.largest_bytes, size + 1), 0
            elif line == b"0\r\n":
                return


@asynccontextmanager
async def watching(address: str, run_id: str, number: int) -> AsyncIterator[list[Watcher]]:
    """`number` open streams on one run."""
    watchers = [Watcher() for _ in range(number)]
    tasks = [asyncio.create_task(watcher.listen(address, run_id)) for watcher in watchers]
    try:
        async with asyncio.timeout(OPEN_TIMEOUT_S):
            await asyncio.gather(*(watcher.opened.wait() for watcher in watchers))
        yield watchers
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
