"""Identity without accounts: a random cookie per browser; the owner of a run is the cookie's hash."""

from __future__ import annotations

import hashlib
import re
import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "trendlab"
OWN_HEADER = "x-trendlab"
MAX_AGE_S = 400 * 24 * 3600  # the longest lifetime that browsers allow
_TOKEN = re.compile(r"[0-9a-f]{32}")


def is_token(value: object) -> bool:
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def new_token() -> str:
    """128 random bits."""
    return secrets.token_hex(16)


def owner_of(token: str) -> str:
    """The name under which runs are stored; it does not reveal the token."""
    return hashlib.sha256(token.encode()).hexdigest()


async def reset_identity(request: Request) -> Response:
    """POST: from now on the browser counts as a new learner. Other sites cannot request it: they may not send
    this header."""
    if OWN_HEADER not in request.headers:
        return Response(status_code=403)
    return Response(status_code=204, headers={"Set-Cookie": _set_cookie(request.scope), "Cache-Control": "no-store"})


class IdentityMiddleware:
    """Gives every browser its cookie, and every request `scope["owner"]` (None on a browser's first request)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        token = _read_token(scope)
        scope["owner"] = owner_of(token) if token else None

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and not _may_be_kept_by_proxies(message):
                message.setdefault("headers", []).append((b"set-cookie", _set_cookie(scope).encode()))
            await send(message)

        await self._app(scope, receive, send if token else send_with_cookie)


def _read_token(scope: Scope) -> str | None:
    token = Request(scope).cookies.get(COOKIE)  # parsed as the pages do, whatever cookies other apps on the host set
    return token if is_token(token) else None


def _may_be_kept_by_proxies(message: Message) -> bool:
    """A cached response would give the same cookie, and so the same identity, to several browsers."""
    return b"public" in dict(message.get("headers", [])).get(b"cache-control", b"")


def _set_cookie(scope: Scope) -> str:
    # Each proxy appends the scheme of its request; the first entry is the browser's.
    forwarded = dict(scope["headers"]).get(b"x-forwarded-proto", b"").decode("latin-1").split(",")[0].strip()
    # Over https it is kept in an iframe too, as on a course page: a separate one for each embedding site.
    site = "None; Secure; Partitioned" if "https" in (scope.get("scheme"), forwarded) else "Lax"
    return f"{COOKIE}={new_token()}; Path=/; Max-Age={MAX_AGE_S}; HttpOnly; SameSite={site}"
