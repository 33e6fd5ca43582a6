"""Membership inference by the loss alone (Yeom et al., 2018): the lower the loss, the likelier a member."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LOWEST_LOSS, HIGHEST_LOSS = 1e-6, 10.0  # values outside count in the outermost bins
NUM_BINS = 28


def auc_by_loss(
    members: Sequence[float] | NDArray[np.floating], others: Sequence[float] | NDArray[np.floating]
) -> float:
    """The probability that a member has a lower loss than another image, ties counted half; 0.5 is guessing."""
    ordered = np.sort(np.asarray(others, float))
    losses = np.asarray(members, float)
    above = len(ordered) - np.searchsorted(ordered, losses, "right")
    tied = np.searchsorted(ordered, losses, "right") - np.searchsorted(ordered, losses, "left")
    return float((above + tied / 2).mean() / len(ordered))


def loss_edges() -> NDArray[np.float64]:
    """Bin edges, equally spaced on a logarithmic axis."""
    return np.geomspace(LOWEST_LOSS, HIGHEST_LOSS, NUM_BINS + 1)


def loss_shares(losses: Sequence[float] | NDArray[np.floating]) -> NDArray[np.float64]:
    """Percent of the images in each bin."""
    inside = np.clip(np.asarray(losses, float), LOWEST_LOSS, HIGHEST_LOSS)
    counts, _ = np.histogram(inside, loss_edges())
    return counts / len(inside) * 100
