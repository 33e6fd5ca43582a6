"""Uploads to a real app: the memory that they take is bounded."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from core.live.uploads import MAX_BYTES
from tests.serving import Server

FILE = bytes(31 * 2**20)


def held_bytes(server: Server) -> int:
    found = re.search(r'cache_type="UploadedFileManager"[^}]*} (\d+)', server.get("_stcore/metrics").text)
    return int(found[1]) if found else 0


def test_the_oldest_uploads_make_room_for_the_newest(home_with_digits: Path) -> None:
    with Server(home_with_digits) as server, connect(server.address.replace("http", "ws") + "/_stcore/stream") as page:
        asked = BackMsg()
        asked.rerun_script.SetInParent()
        page.send(asked.SerializeToString())
        told = ForwardMsg()
        while not told.HasField("new_session"):
            told.ParseFromString(bytes(page.recv(timeout=30)))
        session = told.new_session.initialize.session_id
        token = server.get("_stcore/health").cookies["_streamlit_xsrf"]
        how = {"headers": {"X-Xsrftoken": token, "Cookie": f"_streamlit_xsrf={token}"}, "timeout": 30, "verify": False}

        def put(file: object, session: str = session) -> int:
            address = f"{server.address}/_stcore/upload_file/{session}/{file}"
            return httpx.put(address, files={"file": FILE}, **how).status_code  # type: ignore[arg-type]

        most = MAX_BYTES // len(FILE)
        assert [put(number) for number in range(most)] == [204] * most
        assert [put("refused", session="unknown") for _ in range(2)] == [400] * 2
        assert held_bytes(server) == most * len(FILE)
        assert [put(number) for number in range(most, most + 3)] == [204] * 3
        assert held_bytes(server) == most * len(FILE)
