"""Limits on what a real app accepts from a browser: uploads and messages."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from core.settings import PROJECT
from tests.serving import Server

FILE = bytes(2**20 * 31 // 32)
MAX_BYTES = 8 * 2**20  # a thirtieth of what an app keeps
WITH_LESS_ROOM = f"from core.live import uploads\nuploads.MAX_BYTES = {MAX_BYTES}\n"


def connect_as_page(server: Server) -> ClientConnection:
    return connect(server.address.replace("http", "ws") + "/_stcore/stream", max_size=None)


def session_of(page: ClientConnection) -> str:
    asked, told = BackMsg(), ForwardMsg()
    asked.rerun_script.SetInParent()
    page.send(asked.SerializeToString())
    while not told.HasField("new_session"):
        told.ParseFromString(bytes(page.recv(timeout=30)))
    return told.new_session.initialize.session_id


def held_bytes(server: Server) -> int:
    """Call once per test, as Streamlit caches the answer for a while."""
    found = re.search(r'cache_type="UploadedFileManager"[^}]*} (\d+)', server.get("_stcore/metrics").text)
    return int(found[1]) if found else 0


def test_the_oldest_uploads_make_room_for_the_newest(home_with_digits: Path) -> None:
    script = home_with_digits / "app.py"
    script.write_text(WITH_LESS_ROOM + (PROJECT / "app.py").read_text("utf-8"), "utf-8")
    with Server(home_with_digits, script=script) as server, connect_as_page(server) as page:
        token = server.get("_stcore/health").cookies["_streamlit_xsrf"]
        headers = {"X-Xsrftoken": token, "Cookie": f"_streamlit_xsrf={token}"}

        def address(session: str, file: int) -> str:
            return f"{server.address}/_stcore/upload_file/{session}/{file}"

        def put(session: str, file: int) -> int:
            files = {"file": FILE[file:]}
            return httpx.put(address(session, file), files=files, headers=headers, timeout=30, verify=False).status_code

        session, most = session_of(page), MAX_BYTES // len(FILE)
        assert [put(session, number) for number in range(most)] == [204] * most
        assert put("unknown", 0) == 400  # and does not count
        httpx.delete(address(session, 5), headers=headers, timeout=30, verify=False).raise_for_status()  # nor does this
        assert [put(session, number) for number in range(most, most + 3)] == [204] * 3
        assert held_bytes(server) == sum(len(FILE[number:]) for number in range(2, most + 3) if number != 5)


def test_a_message_larger_than_any_of_a_page_ends_the_connection(home_with_digits: Path) -> None:
    with Server(home_with_digits) as server, connect_as_page(server) as page:
        session_of(page)
        asked = BackMsg()
        asked.file_urls_request.file_names.extend(["a"] * 400_000)
        page.send(asked.SerializeToString())
        with pytest.raises(ConnectionClosed, match="received 1009"):
            list(iter(lambda: page.recv(timeout=30), b""))
