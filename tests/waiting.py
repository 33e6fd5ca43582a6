"""Waits for a condition that depends on a background thread or another process."""

from __future__ import annotations

import time
from collections.abc import Callable

LOOK_EVERY_S = 0.02


def until(condition: Callable[[], bool], timeout_s: float = 30.0, what: Callable[[], str] = str) -> None:
    """Return as soon as the condition holds; on timeout `what` adds details to the error."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"it did not happen in time. {what()}")
        time.sleep(LOOK_EVERY_S)
