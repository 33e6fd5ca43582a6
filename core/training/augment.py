"""Images moved, mirrored and cropped at random: every image of a batch its own way, all by one indexing.

transforms v2 would give the whole batch one crop and one flip; one image at a time is thirty times slower.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.config import RunConfig

Pixels = NDArray[np.uint8]  # (n, 24, 24, C)

MAX_SHIFT = 3  # pixels, each way
MIN_CROP = 18  # pixels of the 24 that a crop keeps at least; it is drawn large again
STEPS_PER_SEED = 10**7  # a run never has so many


def augmented(pixels: Pixels, config: RunConfig, step: int) -> Pixels:
    """A changed copy, as the settings say; only (seed, step) decide how."""
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
    """A copy moved to the right by so many pixels; what comes in repeats the edge."""
    if not distance:
        return np.array(pixels)
    columns = np.arange(pixels.shape[2]) - distance
    return pixels[:, :, columns.clip(0)]


def _taken(pixels: Pixels, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Pixels:
    """Each image's own rows and columns; beyond the edge, the edge repeats."""
    last = pixels.shape[1] - 1
    image = np.arange(len(pixels))[:, None, None]
    taken: Pixels = pixels[image, rows.clip(0, last)[:, :, None], columns.clip(0, last)[:, None, :]]
    return taken
