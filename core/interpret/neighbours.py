"""t-SNE (van der Maaten and Hinton 2008) of a few hundred points. NumPy only: scikit-learn would take 200 MB."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PERPLEXITY = 30.0  # the effective number of neighbours
ITERATIONS = 500
EARLY = 250  # iterations in which clusters are pulled together
EXAGGERATION = 12.0
SEARCHES = 64  # halvings of the interval for a point's bandwidth
FIRST_SPREAD = 1e-4  # as in scikit-learn
LEAST_GAIN = 0.01

Points = NDArray[np.float32]
Doubles = NDArray[np.float64]


def arranged(points: Points) -> Points:
    """(images, axes) to (images, 2), starting from the first two axes, so that the same points always give the same
    map. Learning rate, momentum and gains are scikit-learn's."""
    near = _affinities(points.astype(np.float64), max(1.0, min(PERPLEXITY, (len(points) - 1) / 3)))
    places = points[:, :2].astype(np.float64) / (float(points[:, 0].std()) or 1.0) * FIRST_SPREAD
    moves, gains = np.zeros_like(places), np.ones_like(places)
    rate = max(len(points) / EXAGGERATION / 4, 50.0)
    for iteration in range(ITERATIONS):
        is_early = iteration < EARLY
        slope = _slope(near * EXAGGERATION if is_early else near, places)
        gains = np.maximum(np.where(moves * slope < 0, gains + 0.2, gains * 0.8), LEAST_GAIN)
        moves = (0.5 if is_early else 0.8) * moves - rate * gains * slope
        places += moves
    return places.astype(np.float32)


def _affinities(points: Doubles, perplexity: float) -> Doubles:
    """How near every two points are: symmetric, adding up to 1. Each point's bandwidth gives it `perplexity`
    neighbours."""
    apart = _squared_distances(points)
    np.fill_diagonal(apart, np.inf)
    apart -= apart.min(1, keepdims=True)
    low, high = np.full((len(points), 1), -64.0), np.full((len(points), 1), 64.0)  # of the bandwidth's logarithm
    for _ in range(SEARCHES):
        middle = (low + high) / 2
        near = np.exp(-apart * np.exp(-middle))
        near /= near.sum(1, keepdims=True)
        entropy = -(near * np.log(np.maximum(near, np.finfo(np.float64).tiny))).sum(1, keepdims=True)
        is_wide = entropy > np.log(perplexity)
        low, high = np.where(is_wide, low, middle), np.where(is_wide, middle, high)
    together: Doubles = (near + near.T) / (2 * len(points))
    return together


def _slope(near: Doubles, places: Doubles) -> Doubles:
    """The gradient of the Kullback-Leibler divergence with respect to the places."""
    closeness = 1 / (1 + _squared_distances(places))
    np.fill_diagonal(closeness, 0.0)
    pull = (near - closeness / closeness.sum()) * closeness
    slope: Doubles = 4 * (pull.sum(1, keepdims=True) * places - pull @ places)
    return slope


def _squared_distances(points: Doubles) -> Doubles:
    lengths = (points**2).sum(1)
    apart: Doubles = np.maximum(lengths[:, None] + lengths - 2 * points @ points.T, 0.0)
    return apart
