"""The HTTP API on a real server in a thread, and a browser's view of an event stream."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from core.live.hub import Hub
from core.live.identity import COOKIE, IdentityMiddleware
from core.live.routes import Api
from core.runs.service import RunService
from tests.waiting import until


@dataclass
class Site:
    """A served API and its service. Without `verify=False` each request would load the system's certificates, which
    takes longer than the request and is useless without https."""

    service: RunService
    hub: Hub
    api: Api
    address: str

    def get(self, path: str, **how: Any) -> httpx.Response:
        return httpx.get(f"{self.address}/{path}", timeout=20, verify=False, **how)

    @contextmanager
    def listen(self, path: str, browser: str = "", last_id: str = "") -> Iterator[Stream]:
        """A stream as a browser opens it; `browser` is its cookie."""
        headers = {"last-event-id": last_id} if last_id else {}
        headers |= {"cookie": f"{COOKIE}={browser}"} if browser else {}
        with httpx.stream("GET", f"{self.address}/{path}", headers=headers, timeout=20, verify=False) as response:
            stream = Stream(response)  # closed once unreferenced
            yield stream

    def read_to_end(self, path: str, last_id: str = "") -> Received:
        """Everything that a stream sends until its end."""
        with self.listen(path, last_id=last_id) as stream:
            told = Received()
            for event in stream:
                told.take(event)
            return told

    def nothing_is_left(self) -> None:
        """Wait until the server has dropped every stream."""
        until(lambda: not self.hub._feeds and not self.api._open)


@contextmanager
def serve(
    service: RunService,
    *,
    base_path: str = "",
    max_streams: int = 100,
    per_browser: int = 6,
    more: Sequence[BaseRoute] = (),
) -> Iterator[Site]:
    """A real server on a free loopback port."""
    hub = Hub(service)
    api = Api(lambda: (service, hub), max_streams, per_browser)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        hub.attach(asyncio.get_running_loop())
        yield

    routes = [*api.routes(base_path), *more]
    app = Starlette(routes=routes, middleware=[Middleware(IdentityMiddleware)], lifespan=lifespan)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        until(lambda: server.started)
        try:
            yield Site(service, hub, api, f"http://127.0.0.1:{door.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join(timeout=10)


def new_browser() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True)
class Event:
    """An event as a browser's listener gets it."""

    name: str
    data: dict[str, Any]
    last_id: str
    num_bytes: int


class Stream:
    """The events of a response, parsed as WHATWG HTML 9.2.6 says."""

    TIMEOUT_S = 25.0

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.last_id = ""
        self._lines = lines(self._chunks())

    def _chunks(self) -> Iterator[bytes]:
        # The server's comments keep a silent stream open for ever.
        deadline = time.monotonic() + self.TIMEOUT_S
        for chunk in self.response.iter_bytes():
            yield chunk
            assert time.monotonic() < deadline, "the stream did not tell it in time"

    def __iter__(self) -> Iterator[Event]:
        name, data, last_id, num_bytes = "", list[str](), self.last_id, 0
        for line in self._lines:
            num_bytes += len(line.encode()) + 1
            if line == "":
                self.last_id = last_id
                if data:
                    yield Event(name or "message", json.loads("\n".join(data)), last_id, num_bytes)
                name, data, num_bytes = "", [], 0
                continue
            word, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if word == "event":
                name = value
            elif word == "data":
                data.append(value)
            elif word == "id" and "\0" not in value:
                last_id = value

    def next(self, name: str = "") -> Event:
        """The next event, or the next one of that name."""
        return next(event for event in self if name in ("", event.name))


def lines(chunks: Iterator[bytes]) -> Iterator[str]:
    """Lines that end with CR LF, LF or CR; text after the last line end is dropped."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        whole = rest.removesuffix(b"\r")  # a line feed may follow
        *ended, last = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        rest = last + rest[len(whole) :]
        yield from (line.decode("utf-8") for line in ended)


@dataclass
class Received:
    """What a page knows after some events, assembled like its chart: points by their first step."""

    points: dict[tuple[str, int], list[Any]] = field(default_factory=dict)
    epochs: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    states: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    resets: int = 0
    last_id: str = ""

    def take(self, event: Event) -> None:
        self.names.append(event.name)
        self.last_id = event.last_id or self.last_id
        run = event.data.get("run", "")
        if event.name == "metrics":
            self.points |= {(run, point[0]): point for point in event.data["points"]}
        elif event.name == "epoch":
            self.epochs[run, event.data["epoch"]] = event.data
        elif event.name == "state":
            self.states.append(event.data["state"])
        elif event.name == "reset":
            self.resets += 1
            self.points = {key: point for key, point in self.points.items() if key[0] != run}
            self.epochs = {key: epoch for key, epoch in self.epochs.items() if key[0] != run}

    def losses(self, run_id: str) -> list[float | None]:
        """The curve of a run whose points are single steps, without gaps."""
        steps = sorted(step for run, step in self.points if run == run_id)
        assert steps == list(range(len(steps)))
        return [self.points[run_id, step][1] for step in steps]
