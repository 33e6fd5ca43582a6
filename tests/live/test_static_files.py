"""Streamlit's own scripts, as sent on a first visit."""

from __future__ import annotations

import re
from pathlib import Path

import httpx

from tests.serving import Server


def test_scripts_come_compressed_from_the_first_reader_on(home_with_digits: Path) -> None:
    with Server(home_with_digits, base_path="lab") as server:
        found = re.search(r"static/js/index[\w.-]+\.js", server.get("").text)
        assert found

        def ask(**headers: str) -> httpx.Response:
            return httpx.get(f"{server.address}/{found[0]}", headers=headers, verify=False)

        plain, compressed = ask(**{"accept-encoding": "identity"}), ask()
        assert compressed.headers["content-encoding"] == "gzip"
        assert compressed.content == plain.content  # httpx has unpacked it
        assert int(compressed.headers["content-length"]) < len(plain.content) / 2
        assert set(compressed.headers["cache-control"].split(", ")) == set(plain.headers["cache-control"].split(", "))
        for untouched in (plain, ask(range="bytes=0-9")):
            assert "content-encoding" not in untouched.headers
            assert plain.content.startswith(untouched.content)
