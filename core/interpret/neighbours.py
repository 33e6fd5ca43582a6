"""t-SNE (van der Maaten and Hinton 2008), in a process of its own: `python -m core.interpret.neighbours < in > out`.

Both are arrays as `numpy.save` writes them: points (images, axes), then their places in the plane (images, 2). The
process is short-lived, so that scikit-learn burdens neither the pages nor the workers.
"""

from __future__ import annotations

import io
import os
import sys

import numpy as np
from numpy.typing import NDArray
from sklearn.manifold import TSNE

PERPLEXITY = 30.0  # about so many neighbours count
ITERATIONS = 500
FIRST_SPREAD = 1e-4  # as scikit-learn's own start from principal components
POLITE = 5  # training goes first


def arranged(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Begins with the first two axes, so that the same points always give the same map."""
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
