"""Plotly's own JavaScript for the live chart, as an ES module that leaves no trace in the page.

Streamlit's pages keep another version of Plotly in `window.Plotly`; ours is handed over by `import` instead.
"""

from __future__ import annotations

import gzip
from functools import cache

from plotly.offline import get_plotlyjs, get_plotlyjs_version
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FILE_NAME = f"plotly-{get_plotlyjs_version()}.js"
PLOTLY_URL = f"api/{FILE_NAME}"  # relative to the app's root
HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}

# Plotly's own wrapper fills `module.exports`, and sets the global that is put back here.
_HEAD = "const before = window.Plotly, module = { exports: {} };\n"
_TAIL = "\nif (before) window.Plotly = before; else delete window.Plotly;\nexport default module.exports;\n"


def plotly_route() -> Route:
    """To be mounted below `/api`."""
    return Route(f"/{FILE_NAME}", _serve)


async def _serve(request: Request) -> Response:
    body, headers = await run_in_threadpool(_gzipped_module), HEADERS
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers = HEADERS | {"Content-Encoding": "gzip"}
    else:
        body = await run_in_threadpool(gzip.decompress, body)
    return Response(body, media_type="text/javascript; charset=utf-8", headers=headers)


@cache
def _gzipped_module() -> bytes:
    return gzip.compress(f"{_HEAD}{get_plotlyjs()}{_TAIL}".encode(), compresslevel=6, mtime=0)
