"""A run trained slice after slice, timing the work for its snapshots. Commands as in `bench.loops`."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from core.config import RunConfig
from core.models import build_model
from core.runs.files import FileStore
from core.training import evaluate
from core.training.checkpoint import weights_bytes
from core.training.result import Snapshot
from core.training.slice import train_slice
from tests.bench.children import serve

SLICE_S = 0.5  # as in the app while no one waits
NO_LIMIT = 10**9
SEEDS = itertools.count()  # different weights every time, as equal bytes are written only once


def share(model: str, epochs: int, folder: str) -> float:
    """The cost of snapshots in percent of the run's time without them."""
    config, files = RunConfig(model=model, epochs=epochs, seed=next(SEEDS)), FileStore(Path(folder))
    clock, checkpoint, train_s, is_done = _Clock(), None, 0.0, False
    evaluate.weights_bytes = clock.timed(weights_bytes)
    while not is_done:
        result = train_slice(config, checkpoint, NO_LIMIT, max_seconds=SLICE_S)
        checkpoint, is_done, train_s = result.checkpoint, result.done, train_s + result.train_s
        train_s -= clock.within_s
        clock.kept_s, clock.within_s = clock.kept_s + clock.within_s, 0.0
        for snapshot in result.snapshots:
            clock.kept_s += _keeping_s(snapshot, files)
    return 100 * clock.kept_s / train_s


def kept_bytes(model: str) -> int:
    """The bytes of the weights saved in a run of 50 epochs."""
    size = len(weights_bytes(build_model(RunConfig(model=model))))
    return size * len(evaluate.SNAPSHOT_EPOCHS)


class _Clock:
    """`within_s` counts the time inside a slice, `kept_s` all of it."""

    def __init__(self) -> None:
        self.within_s = self.kept_s = 0.0

    def timed(self, function: Callable[..., bytes]) -> Callable[..., bytes]:
        def call(*arguments: Any) -> bytes:
            started = time.perf_counter()
            content = function(*arguments)
            self.within_s += time.perf_counter() - started
            return content

        return call


def _keeping_s(snapshot: Snapshot, files: FileStore) -> float:
    """The time of rounding the answers, as the slice does, and of writing the files, as the worker does."""
    exact, started = torch.from_numpy(snapshot.logits).float(), time.perf_counter()
    files.write(exact.half().numpy().tobytes())
    if snapshot.weights:
        files.write(snapshot.weights)
    return time.perf_counter() - started


def main() -> None:
    serve({"share": share, "kept_bytes": kept_bytes})


if __name__ == "__main__":
    main()
