"""The structure of a trained network and the values that pass through it. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IMAGE = -1  # in place of a layer's number: the image itself
SURFACE_SIDE = 17  # points of a loss surface from -1 to 1 along each direction, with the network in the middle
SURFACE_IMAGES = 256  # images over which the loss is averaged
WEIGHT_LEVELS = 127  # levels on each side of zero, in one byte: finer than a picture of weights shows
DEAD_IMAGES = 1_024  # a unit is dead if it is silent for so many validation images, or for all if there are fewer

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
    """Weights and the operations after them up to the next weights; or, with an empty `path`, where two branches meet.

    `inputs` are the numbers of its input layers (IMAGE for the image itself), `added` those whose outputs a shortcut
    adds; `shape` is that of its output for one image: (channels, height, width) or (units,).
    """

    path: str
    operations: tuple[Operation, ...]
    inputs: tuple[int, ...]
    added: tuple[int, ...]
    shape: tuple[int, ...]
    parameters: int


@dataclass(frozen=True, slots=True)
class Value:
    """The result of one operation on the numbers behind one output: (height, width), a window before pooling and a
    single number afterwards. `added` are the numbers that an addition adds; `norm` are mean, variance, epsilon, scale
    and shift of a normalisation."""

    operation: Operation
    numbers: Floats
    added: Floats | None = None
    norm: tuple[float, float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class PixelStory:
    """How one output of a layer is calculated. `patch` and `kernel` are (channels, height, width), or (units,) for a
    linear layer. `values` begins with all the sums of products involved; the one at `row` and `column` belongs to
    `patch`, `kernel` and `bias`, and is the largest if a maximum is taken."""

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
        """The weighted sum, made of `products` and `bias`."""
        return float(self.values[0].numbers[self.row, self.column])


@dataclass(frozen=True, slots=True)
class Histogram:
    """The distribution of the middle 99 % of some numbers: `counts` in bins of equal width from `low` to `high`. Zeros
    are left out and given as a share of all, as they would dwarf the rest."""

    low: float
    high: float
    counts: NDArray[np.int32]
    zeros: float


@dataclass(frozen=True, slots=True)
class LayerNumbers:
    """For one layer with weights: histograms of the weights, their gradients, and the outputs of its operations. `dead`
    counts those of its `units` (or channels) whose ReLU is zero for every image; None without a ReLU."""

    path: str
    weights: Histogram
    gradients: Histogram
    results: Histogram
    units: int
    dead: int | None


def surface_steps() -> list[float]:
    """The steps along a direction of the loss surface; 1 is the length of the network's own filters."""
    return [2 * at / (SURFACE_SIDE - 1) - 1 for at in range(SURFACE_SIDE)]
