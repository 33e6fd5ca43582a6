"""TrendLab. Start it with `streamlit run app.py`."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from core.live.identity import IdentityMiddleware
from core.live.static_files import CompressedScripts
from core.live.uploads import BoundedUploads
from core.settings import PROJECT
from core.ui.services import api, drop_upload, lifespan, upload_bytes
from core.ui.shell import run_app

app = st.App(
    PROJECT / "core" / "ui" / "script.py",
    lifespan=lifespan,
    routes=api().routes(st.config.get_option("server.baseUrlPath") or ""),
    middleware=[
        Middleware(CompressedScripts, folder=Path(st.__file__).parent / "static" / "static"),
        Middleware(IdentityMiddleware),
        Middleware(BoundedUploads, num_bytes=upload_bytes, drop=drop_upload),
    ],
)

# Run as a plain script, this file shows the same pages, with charts that poll instead of streaming.
if __name__ == "__main__":
    run_app()
