"""Maps that show which pixels a network's answer hangs on, as the pages take them. NumPy alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Method = Literal["saliency", "integrated_gradients", "grad_cam", "occlusion"]
METHODS: tuple[Method, ...] = get_args(Method)
SIGNED: tuple[Method, ...] = ("integrated_gradients", "occlusion")  # tell what speaks for a class from what against
Map = NDArray[np.float32]


@dataclass(frozen=True)
class Explanation:
    """`strength` is (24, 24), float32: what each pixel has to do with the logit of class `target`. It is in logits
    (occlusion, integrated gradients), logits by pixel value from -1 to 1 (saliency), or of no unit (Grad-CAM).

    `layer` and `cells` are the convolution that Grad-CAM looks at and the size of its maps, `is_rectified` says that
    they are taken after the ReLU that follows. `rise` is how much higher the logit is for the picture than for a blank
    one of shade `blank`; with `num_steps` steps, integrated gradients divide it among the pixels.
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
        """How far the sum of integrated gradients is from the rise, as a share of it."""
        return abs(float(self.strength.sum(dtype=np.float64)) - self.rise) / max(abs(self.rise), 1e-6)


def rank_correlation(a: Map, b: Map) -> float | None:
    """Spearman's: 1 where both order the pixels alike, 0 where one tells nothing of the other, -1 where the orders are
    opposite. Equal values share their mean rank. None where a map is the same everywhere."""
    ranks_a, ranks_b = _ranks(a), _ranks(b)
    spread = float(np.sqrt((ranks_a**2).sum() * (ranks_b**2).sum()))
    return float((ranks_a * ranks_b).sum()) / spread if spread else None


def _ranks(values: Map) -> NDArray[np.float64]:
    """Ranks less their mean."""
    _, at, counts = np.unique(values.ravel(), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[at]
    centred: NDArray[np.float64] = ranks - ranks.mean()
    return centred
