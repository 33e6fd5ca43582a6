"""A limit on uploads: Streamlit keeps each file in memory until the session of its page ends."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

AT = "/_stcore/upload_file/"
MAX_BYTES = 256 * 2**20  # enough for a photo per learner; a data set is moved to disk by its page


class BoundedUploads:
    """Drops the oldest files, whoever owns them, when the total is too large. `drop` gets session and file."""

    def __init__(self, app: ASGIApp, drop: Callable[[str, str], None]) -> None:
        self._app, self._drop = app, drop
        self._bytes: dict[tuple[str, str], int] = {}  # oldest first; some may have gone with their session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "PUT" or AT not in scope["path"]:
            await self._app(scope, receive, send)
            return
        num_bytes, is_kept = 0, False

        async def counted() -> Message:
            nonlocal num_bytes
            message = await receive()
            num_bytes += len(message.get("body", b""))
            return message

        async def heard(message: Message) -> None:
            nonlocal is_kept
            is_kept = is_kept or message.get("status") == 204
            await send(message)

        await self._app(scope, counted, heard)
        if is_kept:
            session, _, file = scope["path"].partition(AT)[2].partition("/")
            self._keep((session, file), num_bytes)

    def _keep(self, file: tuple[str, str], num_bytes: int) -> None:
        self._bytes[file] = num_bytes
        while sum(self._bytes.values()) > MAX_BYTES:
            oldest = next(iter(self._bytes))
            del self._bytes[oldest]
            self._drop(*oldest)
