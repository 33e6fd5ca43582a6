"""t-SNE (van der Maaten and Hinton 2008) in a separate process: `python -m core.interpret.neighbours < in > out`.

Input and output are arrays in the format of `numpy.save`: points (images, axes) and positions in the plane (images, 2).
The process is short-lived, so that scikit-learn takes no memory in the app or the workers.
"""

from __future__ import annotations

import io
import os
import sys

import numpy as np
from numpy.typing import NDArray
from sklearn.manifold import TSNE

PERPLEXITY = 30.0  # the effective number of neighbours
ITERATIONS = 500
FIRST_SPREAD = 1e-4  # same as scikit-learn's PCA initialisation
POLITE = 5  # niceness, so that training goes first


def arranged(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """The t-SNE map, initialised with the first two axes, so that the same points always give the same map."""
    spread = float(points[:, 0].std()) or 1.0
    perplexity = max(1.0, min(PERPLEXITY, (len(points) - 1) / 3))
    start = points[:, :2] / spread * FIRST_SPREAD
    method = TSNE(perplexity=perplexity, init=start, max_iter=ITERATIONS, random_state=0)
    places: NDArray[np.float32] = method.fit_transform(points).astype(np.float32)
    return places


def main() -> None:
    if sys.platform != "win32":
        os.nice(POLITE)
    points = np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False)
    np.save(sys.stdout.buffer, arranged(points))


if __name__ == "__main__":
    main()
