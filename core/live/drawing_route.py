"""What a network takes a drawing for, told while it is drawn: no page is rerun for a stroke, and nothing is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import CheckpointError, NoWorkers, PictureEmpty, RunNotFound
from core.runs.drawings import INK_BYTES, Reading, read_drawing
from core.runs.service import RunService

AT_ONCE = 8  # drawings under way; each holds a thread
AT_ONCE_A_BROWSER = 2  # a stroke's end may meet the look before it
LATER = {"Retry-After": "1"}


class Drawings:
    """POST of the ink; for whoever may look at the run on the page. Bounded in bytes and in how many at once."""

    def __init__(self, service: Callable[[], RunService]) -> None:
        self._service = service
        self._under_way: Counter[str | None] = Counter()

    async def answer(self, request: Request) -> Response:
        browser = request.scope.get("owner")
        ink = await _body(request)  # before it is counted: who sends slowly, or never all, keeps no place
        mine = self._under_way[browser] if browser else 0  # many are without a cookie, in a frame of another site
        if mine >= AT_ONCE_A_BROWSER or self._under_way.total() >= AT_ONCE:
            return JSONResponse({"error": "too_many_drawings"}, status_code=429, headers=LATER)
        self._under_way[browser] += 1
        try:
            return await self._answer(request, browser, ink)
        finally:
            self._under_way[browser] -= 1
            self._under_way += Counter()  # forgets those who have none

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
    """None for anything but exactly so many bytes; no more are held."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > INK_BYTES:
            return None
    return bytes(read) if len(read) == INK_BYTES else None
