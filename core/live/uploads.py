"""A limit on uploads: Streamlit keeps each file in memory until the session of its page ends."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

AT = "/_stcore/upload_file/"
MAX_BYTES = 256 * 2**20  # enough for a photo per learner; a data set is moved to disk by its page


class BoundedUploads:
    """Drops the oldest files, whoever owns them, when the total is too large. `num_bytes` and `drop` get session and
    file; a file that is gone has 0 bytes."""

    def __init__(self, app: ASGIApp, num_bytes: Callable[[str, str], int], drop: Callable[[str, str], None]) -> None:
        self._app, self._num_bytes, self._drop = app, num_bytes, drop
        self._files: list[tuple[str, str]] = []  # oldest first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        if scope["type"] == "http" and scope["method"] == "PUT" and AT in scope["path"]:
            session, _, file = scope["path"].partition(AT)[2].partition("/")
            self._make_room((session, file))

    def _make_room(self, newest: tuple[str, str]) -> None:
        sizes = {file: self._num_bytes(*file) for file in (*self._files, newest)}
        self._files = [file for file, size in sizes.items() if size]
        while sum(sizes[file] for file in self._files) > MAX_BYTES:
            self._drop(*self._files.pop(0))
