"""Classifies a drawing while it is drawn: no page reruns for a stroke, and nothing is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from core.errors import CheckpointError, NoWorkers, PictureEmpty, RunNotFound
from core.runs.drawings import INK_BYTES, Reading, read_drawing
from core.runs.service import RunService

AT_ONCE = 8  # concurrent drawings; each occupies a thread
AT_ONCE_A_BROWSER = 2  # the end of a stroke may overlap the request before it
LATER = {"Retry-After": "1"}


class Drawings:
    """POST of the ink, for anyone who may view the run on the page. Limited in bytes and in concurrent requests."""

    def __init__(self, service: Callable[[], RunService]) -> None:
        self._service = service
        self._under_way: Counter[str | None] = Counter()

    async def answer(self, request: Request) -> Response:
        browser = request.scope.get("owner")
        ink = await _body(request)  # before counting, so that a slow or stalled sender takes no place
        mine = self._under_way[browser] if browser else 0  # in a frame of another site many have no cookie
        if mine >= AT_ONCE_A_BROWSER or self._under_way.total() >= AT_ONCE:
            return JSONResponse({"error": "too_many_drawings"}, status_code=429, headers=LATER)
        self._under_way[browser] += 1
        try:
            return await self._answer(request, browser, ink)
        finally:
            self._under_way[browser] -= 1
            self._under_way += Counter()  # drops entries of zero

    async def _answer(self, request: Request, browser: str | None, ink: bytes | None) -> Response:
        epoch = request.query_params.get("epoch", "")
        if ink is None or not (epoch.isascii() and epoch.isdigit() and len(epoch) < 9):
            return JSONResponse({"error": "invalid_request", "limit": f"{INK_BYTES} bytes, an epoch"}, status_code=400)
        try:
            reading = await run_in_threadpool(self._read, browser, request.path_params["run_id"], int(epoch), ink)
        except RunNotFound:
            return JSONResponse({"error": "run_not_found"}, status_code=404)
        except PictureEmpty as problem:
            return JSONResponse({"error": problem.key}, status_code=422)
        except CheckpointError as problem:
            return JSONResponse({"error": problem.key}, status_code=410)
        except NoWorkers as problem:
            return JSONResponse({"error": problem.key}, status_code=503, headers=LATER)
        return JSONResponse(reading.wire(), headers={"Cache-Control": "no-store"})

    def _read(self, browser: str | None, run_id: str, epoch: int, ink: bytes) -> Reading:
        runs = self._service()
        run = runs.run(run_id)
        if not (run.public or run.owner == browser):
            raise RunNotFound(run_id)
        return read_drawing(runs, run_id, epoch, ink)


async def _body(request: Request) -> bytes | None:
    """The body; None unless it has exactly the expected size. Never buffers more than that."""
    read = bytearray()
    with suppress(ClientDisconnect):  # who left the page gets no answer
        async for chunk in request.stream():
            read += chunk
            if len(read) > INK_BYTES:
                return None
    return bytes(read) if len(read) == INK_BYTES else None
