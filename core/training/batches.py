"""From mapped uint8 images to float batches, in an order that only the seed and the epoch decide."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from core.datasets import PreparedData

# torch.manual_seed takes 64 bits; an epoch never reaches this many.
EPOCHS_PER_SEED = 1_000


def epoch_order(seed: int, epoch: int, num_images: int) -> Tensor:
    """The order of the training images in an epoch (counted from 0): (num_images,) int64."""
    generator = torch.Generator().manual_seed(seed * EPOCHS_PER_SEED + epoch)
    return torch.randperm(num_images, generator=generator)


def gather(data: PreparedData, index: np.ndarray | slice) -> tuple[Tensor, Tensor]:
    """Images (n, 3, 24, 24) float32 in [-1, 1], channels last in memory, and labels (n,) int64."""
    pixels = torch.from_numpy(np.array(data.images[index]))  # a copy: the map itself is read-only
    images = pixels.permute(0, 3, 1, 2).expand(-1, 3, -1, -1)
    scaled = images.to(torch.float32, memory_format=torch.channels_last).div_(127.5).sub_(1.0)
    return scaled, torch.from_numpy(np.array(data.labels[index]))
