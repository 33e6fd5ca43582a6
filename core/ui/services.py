"""The single service of this process, however the app was started."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import FrameType, ModuleType
from typing import Any

import streamlit as st
from streamlit.runtime import get_instance

from core.errors import InvalidSetting, StoreError
from core.live.hub import Hub
from core.live.routes import Api
from core.runs.build import OpenService
from core.runs.memory import keep_few_heaps
from core.runs.service import RunService
from core.settings import get_settings

log = logging.getLogger(__name__)

# When a class presses Train together, thirty scripts compete for Python's GIL. With the default switch interval of 5 ms
# the engine would wait 150 ms before each of the many short operations that lead to a slice on a worker.
SWITCH_INTERVAL_S = 0.0005
# Each open page takes five, and Streamlit keeps three for each page just left; macOS grants 256 by default.
OPEN_FILES = 8_192
RETRY_S = 2.0
GC_AFTER_OBJECTS = 20_000  # a rerun makes thousands; the default of 700 would stop all threads again and again
# A closed page is garbage that only a full collection finds. After every third middle one that is some 70,000 objects
# and takes 0.2 s; after fifty the app grew by 50 MB in 1,000 visits, and the pause with it.
GC_FULL_AFTER = 3


class Pollers:
    """Tracks who polls, and limits how often each may, to bound the total rate of a class."""

    POLL_S = 2.0
    MAX_POLLS_PER_S = 10.0
    GONE_S = 60.0

    def __init__(self) -> None:
        self._seen_at: dict[str, float] = {}

    def interval_s(self, owner: str) -> float:
        """How long this owner's page should wait between polls."""
        now = time.monotonic()
        here = {other: at for other, at in list(self._seen_at.items()) if now - at < self.GONE_S}
        self._seen_at = here | {owner: now}
        return max(self.POLL_S, len(self._seen_at) / self.MAX_POLLS_PER_S)


class Services:
    """The open run service, the hub that feeds its event streams, and the pages that poll instead."""

    def __init__(self) -> None:
        _ask_for_open_files()
        keep_few_heaps()
        self._opened = OpenService(get_settings())
        self.runs: RunService = self._opened.service
        self.hub = Hub(self.runs)
        self.pollers = Pollers()
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        # Objects alive now are long-lived: spare the collector from scanning them after every rerun.
        gc.collect()
        gc.freeze()
        gc.set_threshold(GC_AFTER_OBJECTS, 10, GC_FULL_AFTER)

    def close(self) -> None:
        self._opened.close()


def _ask_for_open_files() -> None:
    """Raise the limit on open files to what a class needs or the system allows; Windows has none."""
    if sys.platform != "win32":
        import resource

        granted, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
        if granted != resource.RLIM_INFINITY and granted < wanted:
            with suppress(ValueError, OSError):  # macOS may allow less than it reports
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


# Not in Streamlit's cache, which any browser may clear, nor in this module, which is reloaded after an edit.
_process: Any = sys.modules.setdefault("trendlab_process", ModuleType("trendlab_process"))
_opening = threading.Lock()


def services() -> Services:
    """The services, opened once. Raises HomeUnwritable, StoreInUse, StoreTooNew or StoreUnavailable."""
    with _opening:
        if not hasattr(_process, "services"):
            _process.services = Services()
    opened: Services = _process.services
    return opened


def close_services() -> None:
    with _opening:
        if hasattr(_process, "services"):
            _process.services.close()
            del _process.services


def has_events() -> bool:
    """Whether this process serves event streams; False if `app.py` runs as a plain script, or there is no store."""
    try:
        return services().hub.attached
    except StoreError:
        return False


def upload_bytes(session: str, file: str) -> int:
    """The size of a file that a browser uploaded; 0 if it is gone."""
    return sum(len(found.data) for found in get_instance().uploaded_file_mgr.get_files(session, [file]))


def drop_upload(session: str, file: str) -> None:
    """Free the memory of a file that a browser uploaded; its page will no longer find it."""
    uploads: Any = get_instance().uploaded_file_mgr
    uploads.remove_file(session, file)


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Open the service in the background at startup; close it with the server."""
    loop = asyncio.get_running_loop()
    threading.Thread(target=_open, args=(loop,), name="open-services", daemon=True).start()
    if threading.current_thread() is threading.main_thread():  # only there can signal handlers be set
        _end_streams_at(signal.SIGINT, loop)
        _end_streams_at(signal.SIGTERM, loop)
    yield
    await asyncio.to_thread(close_services)


def _end_streams_at(number: signal.Signals, loop: asyncio.AbstractEventLoop) -> None:
    """End the streams on a signal, as the server would otherwise wait for them however long their runs train."""
    end_server = signal.getsignal(number)

    def end(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(_end_streams)
        if callable(end_server):
            end_server(number, frame)

    signal.signal(number, end)


def _end_streams() -> None:
    if hasattr(_process, "services"):
        _process.services.hub.end()


def _open(loop: asyncio.AbstractEventLoop) -> None:
    """Retry until the service opens: pages need events even if it opens late."""
    logged = ""
    while not loop.is_closed():
        try:
            services().hub.attach(loop)
            return
        except StoreError as problem:  # also shown on the pages
            if problem.message != logged:
                log.error(logged := problem.message)
            time.sleep(RETRY_S)


def api() -> Api:
    """The HTTP routes of this process. An invalid setting ends it with one line; a plain script shows that instead."""
    try:
        settings = get_settings()
    except InvalidSetting as problem:
        if st.runtime.exists():
            log.error(problem.message)
            st.error(problem.message, icon=":material/settings:")
            st.stop()
        raise SystemExit(f"error: {problem.message}") from None
    return Api(lambda: (services().runs, services().hub), settings.max_streams, settings.max_streams_per_browser)
