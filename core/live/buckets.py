"""Thins a curve to the same points whether seen live, after a reload, or in a replay.

A bucket covers 2^k steps and is aligned at step 0; k depends only on the run's length. Bucket means follow a noisy
loss without the bias of selected points (LTTB was 48 % off under smoothing).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

MAX_POINTS = 1_000  # per curve

Point = list[float | int | None]


def bucket_exponent(total_steps: int) -> int:
    """The smallest k for which a curve of `total_steps` has at most MAX_POINTS buckets."""
    return max(0, math.ceil(math.log2(max(1, total_steps) / MAX_POINTS)))


def first_bucket_step(step: int, k: int) -> int:
    """The first step of the bucket that contains a step."""
    return step >> k << k


def bucket_points(losses: NDArray[np.float32], first_step: int, k: int) -> list[Point]:
    """Points for the losses from `first_step`, the start of a bucket, on; the last bucket may be incomplete.

    `[first_step, mean, min, max]`, or `[step, loss]` for k = 0. Non-finite numbers become None.
    """
    if k == 0:
        return [[first_step + i, _short(value)] for i, value in enumerate(losses)]
    width = 1 << k
    return [
        [first_step + start, *_summary(losses[start : start + width].astype(np.float64))]
        for start in range(0, len(losses), width)
    ]


def _summary(values: NDArray[np.float64]) -> list[float | None]:
    return [_short(values.mean()), _short(values.min()), _short(values.max())]


def _short(value: float) -> float | None:
    return float(f"{value:.5g}") if math.isfinite(value) else None
