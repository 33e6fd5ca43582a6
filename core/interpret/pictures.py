"""The picture that a network is asked about: one of the validation images, or the reader's own."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from core.config import RunConfig
from core.datasets import open_prepared
from core.training.batches import Batches, as_floats

Picture = int | bytes  # the number of a validation image, or the uint8 pixels of a picture (24, 24, channels)


def picture_tensor(config: RunConfig, picture: Picture) -> tuple[Tensor, int | None]:
    """The network's input, (1, 3, 24, 24), and the true class if known."""
    data = open_prepared(config.dataset)
    if isinstance(picture, bytes):
        pixels = np.frombuffer(picture, np.uint8).reshape(1, *data.images.shape[1:])
        return as_floats(pixels.copy()), None
    images, labels = Batches(config, data).validation(picture, picture + 1)
    return images, int(labels[0])
