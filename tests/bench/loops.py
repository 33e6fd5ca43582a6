"""The two sides of the speed rows, each in its own process: our slices, and a tutorial's loop at its best.

`python -m tests.bench.loops` answers the commands of `tests.bench.engine` (see `main`).
"""

from __future__ import annotations

import time
from functools import cache

import numpy as np

from core.config import RunConfig
from core.training.doctor import matmul_gflops
from core.training.slice import train_slice
from tests.bench.children import serve
from tests.bench.tutorial import Tutorial

SLICE_S = 0.5  # as in the app while no one waits
NO_LIMIT = 10**9

# Multiply-adds of the seed network for one image of 24x24x3: height x width x outputs x inputs of the 3x3 windows.
CONV1 = 24 * 24 * 32 * 27
CONV2 = 12 * 12 * 64 * 288
LINEAR = 2304 * 120 + 120 * 84 + 84 * 10
# Two operations per multiply-add; the backward pass costs as much for the weights and again for the inputs, but the
# gradient of the images is not needed.
FLOP_PER_IMAGE = 2 * (3 * (CONV1 + CONV2 + LINEAR) - CONV1)


class Chain:
    """A run that trains slice after slice as in a worker: state in as bytes, state out as bytes."""

    def __init__(self, config: RunConfig) -> None:
        self._config, self._checkpoint = config, None

    def train(self, seconds: float) -> dict[str, float]:
        images, started = 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            result = train_slice(self._config, self._checkpoint, NO_LIMIT, max_seconds=SLICE_S)
            self._checkpoint = None if result.done else result.checkpoint
            images += len(result.metrics) * self._config.batch_size
        return {"images": images, "seconds": time.perf_counter() - started}


def main() -> None:
    serve(
        {
            "tutorial": lambda batch_size, **how: _tutorial(batch_size).train(**how),
            "tutorial_losses": lambda batch_size, steps: _tutorial(batch_size).losses(steps),
            "slices": lambda batch_size, precision, seconds: _chain(batch_size, precision).train(seconds),
            "slice_losses": lambda batch_size, steps: _losses(RunConfig(batch_size=batch_size), steps),
            "peak_share": peak_share,
            "accuracy": accuracy,
        }
    )


def peak_share(batch_size: int, steps: int) -> dict[str, float]:
    """FLOP/s of a slice's steps, and of the matrix product just before and after it."""
    config = RunConfig(batch_size=batch_size)
    checkpoint = train_slice(config, None, 2).checkpoint
    before = matmul_gflops()
    result = train_slice(config, checkpoint, steps)
    after = matmul_gflops()
    images = len(result.metrics) * batch_size
    return {"slice": images * FLOP_PER_IMAGE / result.train_s / 1e9, "matmul": (before + after) / 2}


def accuracy(seed: int, precision: str, batch_size: int, learning_rate: float, epochs: int) -> float:
    """Validation accuracy after the last epoch, in percent."""
    config = RunConfig(
        seed=seed, precision=precision, batch_size=batch_size, learning_rate=learning_rate, epochs=epochs
    )
    return 100 * train_slice(config, None, NO_LIMIT).evaluations[-1].val_accuracy


def _losses(config: RunConfig, steps: int) -> list[float]:
    return train_slice(config, None, steps).metrics.astype(np.float64).tolist()


@cache
def _tutorial(batch_size: int) -> Tutorial:
    return Tutorial(batch_size)


@cache
def _chain(batch_size: int, precision: str) -> Chain:
    return Chain(RunConfig(batch_size=batch_size, precision=precision, epochs=50))


if __name__ == "__main__":
    main()
