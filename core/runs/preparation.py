"""Prepares data sets in the background, each once for everyone who waits for it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal

from core.datasets import ensure_prepared, is_prepared
from core.errors import DatasetError, TrendLabError


@dataclass(frozen=True)
class DatasetStatus:
    """`progress` runs from 0 to 1 while preparing; `error` says why it failed."""

    state: Literal["absent", "preparing", "ready", "failed"]
    progress: float = 0.0
    error: TrendLabError | None = None


READY, ABSENT = DatasetStatus("ready", 1.0), DatasetStatus("absent")


class Preparations:
    """Starts and follows the preparation of data sets."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._status: dict[str, DatasetStatus] = {}

    def status(self, name: str) -> DatasetStatus:
        known = self._status.get(name, ABSENT)  # before the check, as it is dropped once the set is ready
        return READY if is_prepared(name) else known

    def start(self, name: str) -> None:
        """Begin to prepare, unless it is ready or in progress; after a failure, try again."""
        with self._lock:
            if self.status(name).state in ("ready", "preparing"):
                return
            self._status[name] = DatasetStatus("preparing")
        threading.Thread(target=self.prepare_now, args=(name,), name=f"prepare-{name}", daemon=True).start()

    def prepare_now(self, name: str) -> None:
        """Prepare and wait; `status` gives the outcome."""

        def on_progress(progress: float) -> None:
            self._status[name] = DatasetStatus("preparing", progress)

        try:
            ensure_prepared(name, on_progress)
        except TrendLabError as error:
            self._status[name] = DatasetStatus("failed", error=error)
        except OSError as problem:
            self._status[name] = DatasetStatus("failed", error=DatasetError(name, str(problem)))
        else:
            self._status.pop(name, None)  # the set may be deleted later
