"""Fetching a file whole or not at all: a time limit, progress, a checksum, and the name only at the end."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

SILENCE_S = 20.0  # a server that sends nothing for so long has failed
CHUNK_BYTES = 256 * 1024
HEADERS = {"User-Agent": "trendlab"}


class FetchFailed(Exception):
    """No address gave the file: host and reason of the first one."""

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(f"{host}: {reason}")
        self.host = host
        self.reason = reason


def fetch(urls: Sequence[str], target: Path, md5: str, on_bytes: Callable[[int], None]) -> None:
    """Write `target` from the first address whose bytes have this md5; `on_bytes` gets the count so far.

    Raises FetchFailed, or OSError if the disk fails; then there is no `target`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    failures = []
    for url in urls:
        try:
            return _fetch_from(url, target, md5, on_bytes)
        except FetchFailed as failure:
            failures.append(failure)
    raise failures[0]


def _fetch_from(url: str, target: Path, md5: str, on_bytes: Callable[[int], None]) -> None:
    part = target.with_name(f".{target.name}.part")
    digest, num_bytes = hashlib.md5(usedforsecurity=False), 0
    try:
        with part.open("wb") as file, closing(_chunks(url)) as chunks:
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                num_bytes += len(chunk)
                on_bytes(num_bytes)
        if digest.hexdigest() != md5:
            raise FetchFailed(_host(url), f"other bytes than expected, {num_bytes} of them")
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def _chunks(url: str) -> Iterator[bytes]:
    """The file's bytes. Only the network's own errors become FetchFailed."""
    try:
        with urlopen(Request(url, headers=HEADERS), timeout=SILENCE_S) as response:
            while chunk := response.read(CHUNK_BYTES):
                yield chunk
    except (OSError, HTTPException) as problem:
        raise FetchFailed(_host(url), _reason(problem)) from problem


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _reason(problem: Exception) -> str:
    cause = problem.reason if type(problem) is URLError else problem
    return str(getattr(cause, "strerror", None) or cause)
