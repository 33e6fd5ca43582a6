"""The result of a one-step adversarial change. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_LEVELS = 64  # grey levels of 255: a quarter of the way from black to white


@dataclass(frozen=True)
class Adversarial:
    """`direction` is +1, 0 or -1 for each value of the picture, (24, 24, channels) int8. `shares` are the class
    probabilities after 0, 1, 2, ... MOST_LEVELS grey levels in that direction, (MOST_LEVELS + 1, classes). `levels` is
    the smallest number of levels that changes the answer; None if it never changes."""

    direction: NDArray[np.int8]
    shares: NDArray[np.float32]
    levels: int | None


def stepped(pixels: NDArray[np.uint8], direction: NDArray[np.int8], levels: int) -> NDArray[np.uint8]:
    """The picture moved by `levels` grey levels in a direction, clipped to black and white."""
    moved = pixels.astype(np.int16) + levels * direction.astype(np.int16)
    return np.asarray(moved.clip(0, 255), np.uint8)
