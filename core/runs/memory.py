"""How a process deals with Linux and glibc about memory; elsewhere these functions do nothing."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

WORKER_SCORE, UPLOAD_SCORE = 500, 1000  # which of them the system ends first when memory is full
M_ARENA_MAX = -8  # from malloc.h
ARENAS = 2


def keep_few_heaps() -> None:
    """For a process of many threads: by default glibc gives sixteen of them their own heap, with free room in each."""
    if sys.platform == "linux":
        _call_glibc("mallopt", M_ARENA_MAX, ARENAS)


def give_back_memory(above_mb: int) -> None:
    """If this process holds more than that, return what it has freed to the system; glibc would keep what lies below
    anything still in use. Not more often, as the next slice then takes a few percent longer."""
    if sys.platform == "linux" and _resident_mb() > above_mb:
        _call_glibc("malloc_trim", 0)


def _call_glibc(function: str, *arguments: int) -> None:
    with suppress(OSError, AttributeError):  # another C library
        getattr(ctypes.CDLL("libc.so.6"), function)(*arguments)


def _resident_mb() -> float:
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20


def let_die_first(process_id: int, score: int) -> None:
    """When memory is full, the system ends a process with a high score, up to 1000, rather than the app."""
    with suppress(OSError):  # no such file on other systems
        Path(f"/proc/{process_id}/oom_score_adj").write_text(str(score))
