"""Responses with JavaScript that never changes under its address, compressed for clients that accept it."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import Response

FOREVER = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}


def takes_gzip(headers: Headers) -> bool:
    return "gzip" in headers.get("accept-encoding", "")


def script(body: bytes, *, is_gzipped: bool = False) -> Response:
    headers = FOREVER | ({"Content-Encoding": "gzip"} if is_gzipped else {})
    return Response(body, media_type="text/javascript; charset=utf-8", headers=headers)
