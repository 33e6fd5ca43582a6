"""How far a network misses each single image: all that the simplest guess of membership needs (Yeom et al., 2018)."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

CHUNK = 128  # images: little memory
MAX_IMAGES = 2_000  # of each kind: enough for a steady guess


@torch.inference_mode()
def image_losses(model: nn.Module, images: Tensor, labels: Tensor) -> NDArray[np.float32]:
    """The cross-entropy of each image, in their order."""
    model.eval()
    chunks = [
        F.cross_entropy(model(images[first : first + CHUNK]).float(), labels[first : first + CHUNK], reduction="none")
        for first in range(0, len(labels), CHUNK)
    ]
    return torch.cat(chunks).numpy()
