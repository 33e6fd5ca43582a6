"""Maps of the pixels that a network's answer depends on, as the pages use them. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Method = Literal["saliency", "integrated_gradients", "grad_cam", "occlusion"]
METHODS: tuple[Method, ...] = get_args(Method)
SIGNED: tuple[Method, ...] = ("integrated_gradients", "occlusion")  # distinguish evidence for and against a class
Map = NDArray[np.float32]


@dataclass(frozen=True)
class Explanation:
    """`strength` is (24, 24), float32: the influence of each pixel on the logit of class `target`. Its unit is logits
    (occlusion, integrated gradients), logits per pixel value from -1 to 1 (saliency), or none (Grad-CAM).

    `layer` and `cells` are the convolution that Grad-CAM uses and the size of its maps; `is_rectified` says that they
    are taken after the following ReLU. `rise` is how much higher the logit is for the picture than for a blank one of
    shade `blank`; integrated gradients divide it among the pixels, in `num_steps` steps.
    """

    method: Method
    target: int
    strength: Map
    logits: tuple[float, ...]
    layer: str = ""
    is_rectified: bool = False
    cells: tuple[int, int] = (0, 0)
    rise: float = 0.0
    num_steps: int = 0

    @property
    def is_signed(self) -> bool:
        return self.method in SIGNED

    @property
    def missing(self) -> float:
        """The error of the sum of integrated gradients, as a share of the rise."""
        return abs(float(self.strength.sum(dtype=np.float64)) - self.rise) / max(abs(self.rise), 1e-6)


def rank_correlation(a: Map, b: Map) -> float | None:
    """Spearman's rank correlation: 1 if both maps order the pixels alike, 0 if the orders are unrelated, -1 if they are
    opposite. Equal values share their mean rank. None if a map is constant."""
    ranks_a, ranks_b = _ranks(a), _ranks(b)
    spread = float(np.sqrt((ranks_a**2).sum() * (ranks_b**2).sum()))
    return float((ranks_a * ranks_b).sum()) / spread if spread else None


def _ranks(values: Map) -> NDArray[np.float64]:
    """Ranks minus their mean."""
    _, at, counts = np.unique(values.ravel(), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[at]
    centred: NDArray[np.float64] = ranks - ranks.mean()
    return centred
