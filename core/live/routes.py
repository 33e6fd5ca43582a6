"""The HTTP API: health, public runs, event streams and CSV."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

from core.errors import RunNotFound, StoreError
from core.export.table import metrics_csv
from core.live.drawing_route import Drawings
from core.live.hub import Feed, Hub
from core.live.identity import reset_identity
from core.live.plotly_route import plotly_route
from core.live.stream import stream
from core.runs.service import RunService

MAX_RUNS_A_STREAM = 8
NO_BUFFER = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
LATER = {"Retry-After": "5"}

Handler = Callable[[Request], Awaitable[Response]]


class Api:
    """The routes of one service. `parts` is called at each request, as the service may open after the server."""

    def __init__(self, parts: Callable[[], tuple[RunService, Hub]], max_streams: int, max_per_browser: int) -> None:
        self._parts = parts
        self._max_streams, self._max_per_browser = max_streams, max_per_browser
        self._open: Counter[str | None] = Counter()
        self._drawings = Drawings(lambda: parts()[0])

    def routes(self, base_path: str) -> list[BaseRoute]:
        """The routes at the root and, if the app has a base path, below that too."""
        inner: list[BaseRoute] = [
            Route("/healthz", _or_later(self.health)),
            Route("/runs", _or_later(self.list_runs)),
            Route("/runs/{run_id}/events", _or_later(self.run_events)),
            Route("/runs/{run_id}/metrics.csv", _or_later(self.run_csv)),
            Route("/events", _or_later(self.events)),
            Route("/runs/{run_id}/drawing", _or_later(self._drawings.answer), methods=["POST"]),
            Route("/newcomer", reset_identity, methods=["POST"]),
            plotly_route(),
        ]
        base = base_path.strip("/")
        return [Mount(path, routes=inner) for path in ("/api", f"/{base}/api")[: 2 if base else 1]]

    async def health(self, _request: Request) -> Response:
        service, _ = await run_in_threadpool(self._parts)
        return JSONResponse(await run_in_threadpool(service.health))

    async def list_runs(self, _request: Request) -> Response:
        service, _ = await run_in_threadpool(self._parts)
        views = await run_in_threadpool(service.public_runs)
        keys = ("id", "name", "state", "step", "epoch")
        return JSONResponse([{k: getattr(v, k) for k in keys} | {"config": v.config.model_dump()} for v in views])

    async def run_csv(self, request: Request) -> Response:
        service, _ = await run_in_threadpool(self._parts)
        run_id = request.path_params["run_id"]
        try:
            view = await run_in_threadpool(service.view, run_id)
            curve = await run_in_threadpool(service.curve, view)
        except RunNotFound:
            return _not_found(run_id)
        text = await run_in_threadpool(metrics_csv, curve, view)
        headers = {"Content-Disposition": f'attachment; filename="trendlab-{run_id[:8]}.csv"'}
        return Response(text, media_type="text/csv; charset=utf-8", headers=headers)

    async def run_events(self, request: Request) -> Response:
        return await self._stream(request, [request.path_params["run_id"]])

    async def events(self, request: Request) -> Response:
        run_ids = request.query_params.getlist("run")
        if not 1 <= len(run_ids) <= MAX_RUNS_A_STREAM:
            limit = f"1 to {MAX_RUNS_A_STREAM} runs"
            return JSONResponse({"error": "invalid_request", "field": "run", "limit": limit}, status_code=400)
        return await self._stream(request, run_ids)

    async def _stream(self, request: Request, run_ids: list[str]) -> Response:
        browser = request.scope.get("owner")
        if self._is_full(browser):
            return JSONResponse(
                {"error": "too_many_streams", "limit": self._max_per_browser}, status_code=429, headers=LATER
            )
        after = request.headers.get("last-event-id") or request.query_params.get("after", "")
        ending = AsyncExitStack()
        try:
            self._count(browser, ending)
            wake = asyncio.Event()
            _, hub = await run_in_threadpool(self._parts)
            feeds = [await self._watch(hub, run_id, wake, ending) for run_id in run_ids]
            return _Stream(stream(hub, feeds, wake, after), ending.pop_all())
        except RunNotFound as problem:
            return _not_found(str(problem.run_id))
        finally:
            await ending.aclose()

    def _count(self, browser: str | None, ending: AsyncExitStack) -> None:
        """Count a stream before its first byte, as several may be opened at the same moment."""
        self._open[browser] += 1
        ending.callback(self._uncount, browser)

    def _uncount(self, browser: str | None) -> None:
        self._open[browser] -= 1
        if not self._open[browser]:
            del self._open[browser]

    async def _watch(self, hub: Hub, run_id: str, wake: asyncio.Event, ending: AsyncExitStack) -> Feed:
        feed = await hub.watch(run_id, wake)
        ending.callback(hub.leave, feed, wake)
        return feed

    def _is_full(self, browser: str | None) -> bool:
        # Never by IP address: a whole class may share one.
        mine = self._open[browser] if browser else 0
        return mine >= self._max_per_browser or self._open.total() >= self._max_streams


class _Stream(StreamingResponse):
    """An event stream that releases its resources however it ends, even before its first byte."""

    def __init__(self, content: AsyncGenerator[str, None], ending: AsyncExitStack) -> None:
        super().__init__(content, media_type="text/event-stream", headers=NO_BUFFER)
        ending.push_async_callback(content.aclose)
        self._ending = ending

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._ending:
            await super().__call__(scope, receive, send)


def _or_later(handler: Handler) -> Handler:
    """Respond with 503 while there is no store."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except StoreError as problem:
            content = {"error": problem.key, "reason": problem.message}
            return JSONResponse(content, status_code=503, headers=LATER)

    return answer


def _not_found(run_id: str) -> Response:
    return JSONResponse({"error": "run_not_found", "run_id": run_id[:64]}, status_code=404)
