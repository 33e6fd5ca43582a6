"""The loss of each single image, all that the simplest membership inference needs (Yeom et al., 2018)."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from core.config import RunConfig
from core.datasets import open_prepared
from core.training.batches import Batches

CHUNK = 128  # images: little memory
MAX_IMAGES = 2_000  # of each kind: enough for a stable estimate

Losses = NDArray[np.float32]


def answer(network: nn.Module, config: RunConfig) -> tuple[Losses, Losses]:
    """The losses of the training images that a run uses, and of the validation images, without shift; at most
    MAX_IMAGES of each. Images trained with wrong labels are left out, as the validation images have right ones."""
    data = open_prepared(config.dataset)
    batches = Batches(config.replaced(val_shift=0), data)
    images, learnt = batches.members(MAX_IMAGES)
    is_right = learnt.numpy() == data.labels[: len(learnt)]
    return image_losses(network, images[is_right], learnt[is_right]), image_losses(
        network, *batches.validation(0, MAX_IMAGES)
    )


@torch.inference_mode()
def image_losses(network: nn.Module, images: Tensor, labels: Tensor) -> Losses:
    """The cross-entropy of each image, in order."""
    chunks = [
        F.cross_entropy(network(images[at : at + CHUNK]).float(), labels[at : at + CHUNK], reduction="none")
        for at in range(0, len(labels), CHUNK)
    ]
    return torch.cat(chunks).numpy()
