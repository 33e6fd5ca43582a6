"""A reader without a browser, which speaks Streamlit's own protocol over its websocket and costs next to nothing."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Block_pb2 import Block
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from core.live.identity import COOKIE

RETRY_S = 0.02
RUN_TIMEOUT_S = 60.0


class Session:
    """One open page with its own cookie. Use it as a context manager; `rerun` acts like a widget, and raises
    RuntimeError if the script raised an error."""

    def __init__(self, address: str, page: str = "train", query: str = "") -> None:
        self.address, self.page, self.query = address, page, query
        self.token = secrets.token_hex(16)
        self.widgets: dict[str, str] = {}  # key -> id of each widget on the page
        self._page_hash = ""  # Streamlit's id of the page, sent by its first script run
        self._socket: ClientConnection | None = None

    @property
    def cookie(self) -> str:
        return f"{COOKIE}={self.token}"

    @property
    def run_id(self) -> str:
        """The run that the page's address shows; empty before one was started."""
        return parse_qs(self.query.lstrip("?")).get("run", [""])[0]

    async def open(self, wait_s: float = 0.0) -> float:
        """Load the page, waiting up to `wait_s` for the server; returns the seconds of the first script run."""
        url = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        deadline = time.perf_counter() + wait_s
        while self._socket is None:
            try:
                headers = {"Cookie": self.cookie}
                self._socket = await connect(url, additional_headers=headers, max_size=None, compression=None)
            except (OSError, WebSocketException):
                if time.perf_counter() > deadline:
                    raise
                await asyncio.sleep(RETRY_S)
        return await self.rerun()

    async def press(self, key: str) -> float:
        """Click the button of that key."""
        return await self.rerun({key: {"trigger_value": True}})

    async def stop_training(self) -> bool:
        """Stop the page's run; returns whether it was still training."""
        await self.rerun()
        if "stop" not in self.widgets:
            return False
        await self.press("stop")
        return True

    async def slide(self, key: str, value: float) -> float:
        """Move the slider of that key."""
        return await self.rerun({key: {"double_array_value": {"data": [value]}}})

    async def rerun(self, changed: Mapping[str, Mapping[str, Any]] | None = None) -> float:
        """Send the changed widgets and receive what the script draws; returns the seconds until it has finished."""
        assert self._socket
        message = BackMsg()
        state = message.rerun_script
        state.page_name, state.page_script_hash, state.query_string = self.page, self._page_hash, self.query
        state.context_info.timezone, state.context_info.locale = "UTC", "en"
        state.context_info.url = f"{self.address}/{self.page}"
        for key, value in (changed or {}).items():
            state.widget_states.widgets.add(id=self.widgets[key], **value)
        began = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        await asyncio.wait_for(self._until_finished(), RUN_TIMEOUT_S)
        return time.perf_counter() - began

    async def _until_finished(self) -> None:
        assert self._socket
        successes = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)
        async for content in self._socket:
            message = ForwardMsg.FromString(content)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.widgets.clear()
            elif kind == "delta" and (drawn := message.delta.WhichOneof("type")) in ("new_element", "add_block"):
                self._note_widget(getattr(message.delta, drawn))
            elif kind == "navigation":
                self._page_hash = message.navigation.page_script_hash
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "script_finished" and message.script_finished in successes:
                return

    def _note_widget(self, element: Element | Block) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise RuntimeError(f"the script of the page {self.page} failed")
        widget_id = getattr(getattr(element, kind), "id", "") if kind else ""
        if widget_id.startswith("$$ID-"):  # $$ID-<hash>-<key>
            self.widgets[widget_id.split("-", 2)[2]] = widget_id

    async def close(self) -> None:
        if self._socket:
            with suppress(WebSocketException):
                await self._socket.close()

    async def __aenter__(self) -> Session:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
