"""Who is who without accounts: a random cookie a browser; the owner of a run is the cookie's hash."""

from __future__ import annotations

import hashlib
import re
import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "trendlab"
OWN_HEADER = "x-trendlab"
MAX_AGE_S = 400 * 24 * 3600  # the longest that browsers keep a cookie
_TOKEN = re.compile(r"[0-9a-f]{32}")


def is_token(value: object) -> bool:
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def new_token() -> str:
    """128 random bits."""
    return secrets.token_hex(16)


def owner_of(token: str) -> str:
    """The name under which runs are kept; it does not give the token away."""
    return hashlib.sha256(token.encode()).hexdigest()


async def become_newcomer(request: Request) -> Response:
    """POST: from now on the browser is another learner's. No other site can ask for it: it may not send this header."""
    if OWN_HEADER not in request.headers:
        return Response(status_code=403)
    return Response(status_code=204, headers={"Set-Cookie": _set_cookie(request.scope), "Cache-Control": "no-store"})


class IdentityMiddleware:
    """Gives every browser its cookie, and every request `scope["owner"]` (None on a browser's very first)."""

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
    token = Request(scope).cookies.get(COOKIE)  # as the pages read it: whatever cookies other apps of the host have
    return token if is_token(token) else None


def _may_be_kept_by_proxies(message: Message) -> bool:
    """Such an answer goes to others too, and one cookie for many would make them one person."""
    return b"public" in dict(message.get("headers", [])).get(b"cache-control", b"")


def _set_cookie(scope: Scope) -> str:
    # Each proxy adds how it was spoken to; the first of them was spoken to by the browser.
    forwarded = dict(scope["headers"]).get(b"x-forwarded-proto", b"").decode("latin-1").split(",")[0].strip()
    # By https it is kept in a frame too, as on a course's page: another one for each site that frames the app.
    site = "None; Secure; Partitioned" if "https" in (scope.get("scheme"), forwarded) else "Lax"
    return f"{COOKIE}={new_token()}; Path=/; Max-Age={MAX_AGE_S}; HttpOnly; SameSite={site}"
