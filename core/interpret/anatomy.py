"""What a trained network is made of, and what goes through it: known without torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IMAGE = -1  # as the number of a layer: the image itself
SURFACE_SIDE = 17  # points of a loss surface from -1 to 1 along each direction, the network itself in the middle
SURFACE_IMAGES = 256  # of which the loss is
WEIGHT_LEVELS = 127  # of a byte, to each side of zero: finer than a picture of weights shows
DEAD_IMAGES = 1_024  # validation images at most, that a unit must leave silent to count as dead

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of the forward pass. `kind` is one of `conv`, `linear`, `norm`, `relu`, `tanh`, `max_pool`, `avg_pool`,
    `mean`, `add`, `flatten`, or torch's own name for anything else; `size` is the side of a kernel or a window in
    pixels, else 0."""

    kind: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class NetworkLayer:
    """Weights and what follows them up to the next weights; or, with an empty `path`, where two ways meet.

    `inputs` are the numbers of the layers it takes from (IMAGE for the image itself), `added` those whose results a
    shortcut adds on the way; `shape` is that of its result for one image: (channels, height, width) or (units,).
    """

    path: str
    operations: tuple[Operation, ...]
    inputs: tuple[int, ...]
    added: tuple[int, ...]
    shape: tuple[int, ...]
    parameters: int


@dataclass(frozen=True, slots=True)
class Value:
    """What one operation makes of the numbers that one output comes from: (height, width), a window of them before it
    is pooled and one afterwards. `added` are the numbers that an addition adds; `norm` are mean, variance, epsilon,
    scale and shift of a normalisation."""

    operation: Operation
    numbers: Floats
    added: Floats | None = None
    norm: tuple[float, float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class PixelStory:
    """How one output of a layer comes about. `patch` and `kernel` are (channels, height, width), or (units,) for a full
    layer. `values` begins with all sums of products that count; at `row` and `column` of them stands that of
    `patch`, `kernel` and `bias`, the largest where a maximum is taken."""

    patch: Floats
    kernel: Floats
    bias: float
    row: int
    column: int
    values: tuple[Value, ...]

    @property
    def products(self) -> Floats:
        return self.patch * self.kernel

    @property
    def sum(self) -> float:
        """The layer's own number, of which `products` and `bias` are the parts."""
        return float(self.values[0].numbers[self.row, self.column])


@dataclass(frozen=True, slots=True)
class Histogram:
    """How the middle 99 % of some numbers are spread: `counts` in bins of equal width from `low` to `high`. Zeros are
    left out and told as a share of all, as they would tower over the rest."""

    low: float
    high: float
    counts: NDArray[np.int32]
    zeros: float


@dataclass(frozen=True, slots=True)
class LayerNumbers:
    """Of one layer with weights: the weights themselves, their gradients, and the results of its operations. `dead` are
    the units (or channels) of `units` whose ReLU let nothing through for any image; None without a ReLU."""

    path: str
    weights: Histogram
    gradients: Histogram
    results: Histogram
    units: int
    dead: int | None


def surface_steps() -> list[float]:
    """The steps along a direction of the loss surface; 1 is as far as the network's filters are long."""
    return [2 * at / (SURFACE_SIDE - 1) - 1 for at in range(SURFACE_SIDE)]
