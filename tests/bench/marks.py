"""Loaded before the app, so that its workers record in a file when each slice was finished."""

from __future__ import annotations

import os
import time
from typing import Any

from core.runs import cluster, worker


def run_slice(config: dict[str, Any], *rest: Any) -> Any:
    """The worker's task, with a mark at its end: time, seed, step."""
    trained = worker.run_slice(config, *rest)
    with open(os.environ["TRENDLAB_BENCH_MARKS"], "a", encoding="utf-8") as marks:
        marks.write(f"{time.time():.6f} {config['seed']} {trained.result.step}\n")
    return trained


cluster.run_slice = run_slice
