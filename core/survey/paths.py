"""Paths of optimizers over loss surfaces of two weights, each given the same gradient.

The rules are those of `data/facts/optimizers.csv`, as their authors wrote them, with the usual constants: 0.9 for
momentum and each exponential average, 0.999 for Adam's squares, 1e-8 against division by zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Point = NDArray[np.float64]  # (2,)
Slope = Callable[[Point], Point]
Step = tuple[Point, Any]  # the new point and the rule's state, initially 0.0

NUM_STEPS = 150
MOMENTUM = 0.9
SQUARES_MEAN = 0.9  # RMSProp's
ADAM_MEAN, ADAM_SQUARES_MEAN = 0.9, 0.999
SMALL = 1e-8
FAR = 1e3  # from the origin, in either weight: a path ends there


@dataclass(frozen=True)
class Surface:
    """A loss over two weights: its value, its gradient, the start of paths, the box to draw (low and high of each
    weight), its minima, and its source."""

    loss: Callable[[Any, Any], Any]
    slope: Slope
    start: tuple[float, float]
    box: tuple[tuple[float, float], tuple[float, float]]
    lowest: tuple[tuple[float, float], ...]
    source: tuple[str, str]


@dataclass(frozen=True)
class Path:
    """The points of a path, beginning with its start; `left` means that it went out of bounds."""

    points: NDArray[np.float64]  # (steps + 1, 2)
    left: bool


def path(optimizer: str, surface: Surface, learning_rate: float, num_steps: int = NUM_STEPS) -> Path:
    """`num_steps` of an optimizer with the exact gradient, which training only estimates from a batch."""
    point, kept = np.array(surface.start, float), 0.0
    points = [point]
    for number in range(1, num_steps + 1):
        point, kept = RULES[optimizer](point, surface.slope, learning_rate, kept, number)
        if not (np.abs(point) < FAR).all():
            return Path(np.array(points), left=True)
        points.append(point)
    return Path(np.array(points), left=False)


def _sgd(at: Point, slope: Slope, rate: float, kept: Any, _number: int) -> Step:
    return at - rate * slope(at), kept


def _momentum(at: Point, slope: Slope, rate: float, kept: Any, _number: int) -> Step:
    speed = MOMENTUM * kept + slope(at)
    return at - rate * speed, speed


def _nesterov(at: Point, slope: Slope, rate: float, kept: Any, _number: int) -> Step:
    """The gradient is taken where the momentum leads."""
    carried = MOMENTUM * kept
    speed = carried + slope(at - rate * carried)
    return at - rate * speed, speed


def _adagrad(at: Point, slope: Slope, rate: float, kept: Any, _number: int) -> Step:
    here = slope(at)
    squares = kept + here**2
    return at - rate * here / (np.sqrt(squares) + SMALL), squares


def _rmsprop(at: Point, slope: Slope, rate: float, kept: Any, _number: int) -> Step:
    here = slope(at)
    squares = SQUARES_MEAN * kept + (1 - SQUARES_MEAN) * here**2
    return at - rate * here / (np.sqrt(squares) + SMALL), squares


def _adam(at: Point, slope: Slope, rate: float, kept: Any, number: int) -> Step:
    here = slope(at)
    mean, squares = kept or (0.0, 0.0)
    mean = ADAM_MEAN * mean + (1 - ADAM_MEAN) * here
    squares = ADAM_SQUARES_MEAN * squares + (1 - ADAM_SQUARES_MEAN) * here**2
    unbiased, unbiased_squares = mean / (1 - ADAM_MEAN**number), squares / (1 - ADAM_SQUARES_MEAN**number)
    return at - rate * unbiased / (np.sqrt(unbiased_squares) + SMALL), (mean, squares)


# By the keys of `data/facts/optimizers.csv`.
RULES: Mapping[str, Callable[[Point, Slope, float, Any, int], Step]] = MappingProxyType(
    {
        "sgd": _sgd,
        "momentum": _momentum,
        "nesterov_accelerated_gradient": _nesterov,
        "adagrad": _adagrad,
        "rmsprop": _rmsprop,
        "adam": _adam,
    }
)

VALLEY_STEEPNESS = 25.0  # how much steeper across than along

SURFACES: Mapping[str, Surface] = MappingProxyType(
    {
        "valley": Surface(
            loss=lambda x, y: (x**2 + VALLEY_STEEPNESS * y**2) / 2,
            slope=lambda at: np.array([at[0], VALLEY_STEEPNESS * at[1]]),
            start=(-4.0, 1.6),
            box=((-5.0, 2.0), (-2.5, 2.5)),
            lowest=((0.0, 0.0),),
            source=("Why Momentum Really Works (Goh, 2017)", "https://doi.org/10.23915/distill.00006"),
        ),
        "banana": Surface(
            loss=lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
            slope=lambda at: np.array(
                [-2 * (1 - at[0]) - 400 * at[0] * (at[1] - at[0] ** 2), 200 * (at[1] - at[0] ** 2)]
            ),
            start=(-1.2, 1.0),
            box=((-2.0, 2.0), (-1.0, 3.0)),
            lowest=((1.0, 1.0),),
            source=(
                "An Automatic Method for Finding the Greatest or Least Value of a Function (Rosenbrock, 1960)",
                "https://doi.org/10.1093/comjnl/3.3.175",
            ),
        ),
        "saddle": Surface(
            loss=lambda x, y: x**2 - y**2 + y**4 / 4,
            slope=lambda at: np.array([2 * at[0], -2 * at[1] + at[1] ** 3]),
            start=(-1.8, 0.01),
            box=((-2.5, 2.5), (-2.2, 2.2)),
            lowest=((0.0, 2**0.5), (0.0, -(2**0.5))),
            source=(
                "Identifying and attacking the saddle point problem (Dauphin et al., 2014)",
                "https://arxiv.org/abs/1406.2572",
            ),
        ),
    }
)


def standings(surface: Surface, learning_rate: float) -> list[tuple[str, float | None]]:
    """Each optimizer with its final height above the minimum, lowest first; at the end, None for those that left."""
    bottom = min(surface.loss(*place) for place in surface.lowest)
    found: list[tuple[str, float | None]] = []
    for name in RULES:
        taken = path(name, surface, learning_rate)
        found.append((name, None if taken.left else float(surface.loss(*taken.points[-1]) - bottom)))
    return sorted(found, key=lambda entry: float("inf") if entry[1] is None else entry[1])
