"""Streamlit's own JavaScript, compressed once. Streamlit sends it uncompressed, up to 8 MB on a first visit, and leaves
compression to a proxy, which a class behind one access point does not have."""

from __future__ import annotations

import gzip
from pathlib import Path

from anyio import Lock, to_thread
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from core.live.scripts import script, takes_gzip

AT = "/static/"
LEVEL = 5  # 1 % larger than the best level in half the time, for which the first reader waits


class CompressedScripts:
    """Serves the scripts of a folder that the app has at /static. Each is compressed at its first request, before it is
    sent, as a class that arrives at one moment may saturate the network."""

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self._app = app
        self._files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.js")}
        self._bodies: dict[str, bytes] = {}
        self._one_at_a_time = Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if name := self._wanted(scope):
            await script(await self._body(name), is_gzipped=True)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _body(self, name: str) -> bytes:
        if name not in self._bodies:
            async with self._one_at_a_time:
                if name not in self._bodies:
                    self._bodies[name] = await to_thread.run_sync(_gzipped, self._files[name])
        return self._bodies[name]

    def _wanted(self, scope: Scope) -> str | None:
        """The script that this request is for; under any base path, as its name contains a hash of its content."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return None
        headers, name = Headers(scope=scope), scope["path"].partition(AT)[2]
        return name if name in self._files and takes_gzip(headers) and "range" not in headers else None


def _gzipped(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), LEVEL, mtime=0)
