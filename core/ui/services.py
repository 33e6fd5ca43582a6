"""The one service of this process, however the app was started."""

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
from core.runs.service import RunService
from core.settings import get_settings

log = logging.getLogger(__name__)

# When a class presses Train together, thirty scripts want Python's lock at once. With turns of Python's own 5 ms the
# engine would wait 150 ms for each of the many short things that it does until a worker has something to train.
SWITCH_INTERVAL_S = 0.0005
# Each open page takes five, and Streamlit keeps three of each that was just left; macOS grants 256 unless asked.
OPEN_FILES = 8_192
RETRY_S = 2.0
GC_AFTER_OBJECTS = 20_000  # a rerun makes thousands; Python's own 700 would stop all threads for them, again and again


class Pollers:
    """Who polls, and how often each may, so that a class together asks at most so many times a second."""

    POLL_S = 2.0
    MAX_POLLS_PER_S = 10.0
    GONE_S = 60.0

    def __init__(self) -> None:
        self._seen_at: dict[str, float] = {}

    def interval_s(self, owner: str) -> float:
        """How long the page of this owner should wait between two looks."""
        now = time.monotonic()
        here = {other: at for other, at in list(self._seen_at.items()) if now - at < self.GONE_S}
        self._seen_at = here | {owner: now}
        return max(self.POLL_S, len(self._seen_at) / self.MAX_POLLS_PER_S)


class Services:
    """The open run service, the hub that feeds its event streams, and who must do without them."""

    def __init__(self) -> None:
        _ask_for_open_files()
        self._opened = OpenService(get_settings())
        self.runs: RunService = self._opened.service
        self.hub = Hub(self.runs)
        self.pollers = Pollers()
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        # What lives from now on lives long: the collector need not look at it again after every rerun.
        gc.collect()
        gc.freeze()
        gc.set_threshold(GC_AFTER_OBJECTS, 10, 50)

    def close(self) -> None:
        self._opened.close()


def _ask_for_open_files() -> None:
    """As many as a class needs, or as the system allows; Windows does not count them."""
    if sys.platform != "win32":
        import resource

        granted, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
        if granted != resource.RLIM_INFINITY and granted < wanted:
            with suppress(ValueError, OSError):  # macOS may allow less than it says
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


# Not in Streamlit's cache: any browser may empty that. Nor in this module, which is loaded anew after an edit.
_process: Any = sys.modules.setdefault("trendlab_process", ModuleType("trendlab_process"))
_opening = threading.Lock()


def services() -> Services:
    """Opened once; raises HomeUnwritable, StoreInUse, StoreTooNew or StoreUnavailable."""
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
    """Whether this process serves event streams, or runs `app.py` as a plain script."""
    return services().hub.attached


def drop_upload(session: str, file: str) -> None:
    """Free the memory of a file that a browser uploaded; if its page still wants it, that finds none."""
    uploads: Any = get_instance().uploaded_file_mgr
    uploads.remove_file(session, file)


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Open the service beside the first page, close it with the server."""
    loop = asyncio.get_running_loop()
    threading.Thread(target=_open, args=(loop,), name="open-services", daemon=True).start()
    if threading.current_thread() is threading.main_thread():  # where signals arrive
        _end_streams_at(signal.SIGINT, loop)
        _end_streams_at(signal.SIGTERM, loop)
    yield
    await asyncio.to_thread(close_services)


def _end_streams_at(number: signal.Signals, loop: asyncio.AbstractEventLoop) -> None:
    """A server that is told to end first waits for its open streams, however long their runs train."""
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
    """Try until it can be: pages that open the service later need their events, too."""
    told = ""
    while not loop.is_closed():
        try:
            services().hub.attach(loop)
            return
        except StoreError as problem:  # the pages say it too
            if problem.message != told:
                log.error(told := problem.message)
            time.sleep(RETRY_S)


def api() -> Api:
    """The HTTP routes of this process. Ends it with one line if a setting cannot be; a plain script says so instead."""
    try:
        settings = get_settings()
    except InvalidSetting as problem:
        if st.runtime.exists():
            log.error(problem.message)
            st.error(problem.message, icon=":material/settings:")
            st.stop()
        raise SystemExit(f"error: {problem.message}") from None
    return Api(lambda: (services().runs, services().hub), settings.max_streams, settings.max_streams_per_browser)
