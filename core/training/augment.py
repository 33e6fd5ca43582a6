"""Random shifts, mirroring and crops, different for every image of a batch, in one indexing operation.

torchvision's transforms v2 would crop and flip the whole batch alike; one image at a time is thirty times slower.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.config import RunConfig

Pixels = NDArray[np.uint8]  # (n, 24, 24, C)

MAX_SHIFT = 3  # pixels, each way
MIN_CROP = 18  # smallest side of a crop, of 24 pixels; it is resized to 24
STEPS_PER_SEED = 10**7  # more than any run has


def augmented(pixels: Pixels, config: RunConfig, step: int) -> Pixels:
    """An augmented copy, according to the settings; depends only on (seed, step)."""
    if not (config.augment_shift or config.augment_flip or config.augment_crop):
        return np.array(pixels)
    random = np.random.default_rng(config.seed * STEPS_PER_SEED + step)
    num, side = len(pixels), pixels.shape[1]
    rows = columns = np.broadcast_to(np.arange(side), (num, side))
    if config.augment_crop:
        size = random.integers(MIN_CROP, side + 1, (num, 1))
        top, left = (random.integers(0, side - size + 1) for _ in range(2))
        rows, columns = top + rows * size // side, left + columns * size // side
    if config.augment_shift:
        down, right = random.integers(-MAX_SHIFT, MAX_SHIFT + 1, (2, num, 1))
        rows, columns = rows - down, columns - right
    if config.augment_flip:
        columns = np.where(random.random((num, 1)) < 0.5, columns[:, ::-1], columns)
    return _taken(pixels, rows, columns)


def shifted(pixels: Pixels, distance: int) -> Pixels:
    """A copy moved right by `distance` pixels; the left edge is repeated."""
    if not distance:
        return np.array(pixels)
    columns = np.arange(pixels.shape[2]) - distance
    return pixels[:, :, columns.clip(0)]


def _taken(pixels: Pixels, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Pixels:
    """Index each image with its own rows and columns; beyond the border, the edge is repeated."""
    last = pixels.shape[1] - 1
    image = np.arange(len(pixels))[:, None, None]
    taken: Pixels = pixels[image, rows.clip(0, last)[:, :, None], columns.clip(0, last)[:, None, :]]
    return taken
