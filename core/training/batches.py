"""The data that a run sees: which images, in which order, how augmented, with which labels.

It depends on the settings alone: the order of an epoch on (seed, epoch), the augmentation of a step's images on
(seed, step), wrong labels on the data set.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.config import RunConfig
from core.datasets import PreparedData
from core.training.augment import augmented, shifted

# More than any run has. torch uses only the low 32 bits of a seed: seeds that are 2**29 apart give the same order of
# images, but different initial weights.
EPOCHS_PER_SEED = 1_000
LABEL_NOISE_SEED = 4_711  # the wrong labels are part of the data: the same for every run


class Batches:
    """The training batches and the validation images of one run. Images are (n, 3, 24, 24) float32 in [-1, 1],
    channels last in memory, labels as (n,) int64."""

    def __init__(self, config: RunConfig, data: PreparedData) -> None:
        self._config, self._data = config, data
        self.steps_per_epoch = config.steps_per_epoch(data.num_train)
        self.num_validation = data.num_validation
        self._labels = noisy_labels(data.labels, data.num_train, config)
        self._order: tuple[int, NDArray[np.int64]] | None = None

    def training(self, step: int) -> tuple[Tensor, Tensor]:
        """The batch that is trained on after `step` steps."""
        epoch, batch = divmod(step, self.steps_per_epoch)
        size = self._config.batch_size
        index = self._epoch(epoch)[batch * size : (batch + 1) * size]
        pixels = augmented(self._data.images[index], self._config, step)
        return as_floats(pixels), torch.from_numpy(self._labels[index])

    def members(self, at_most: int) -> tuple[Tensor, Tensor]:
        """The first images that the run trains on, without augmentation, with the labels that it learns."""
        here = slice(min(at_most, self._config.num_used(self._data.num_train)))
        return as_floats(np.array(self._data.images[here])), torch.from_numpy(np.array(self._labels[here]))

    def validation(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        """The validation images from `start` up to `stop`, with their true labels."""
        first = self._data.num_train
        here = slice(first + start, first + min(stop, self.num_validation))
        pixels = shifted(self._data.images[here], self._config.val_shift)
        return as_floats(pixels), torch.from_numpy(np.array(self._data.labels[here]))

    def _epoch(self, epoch: int) -> NDArray[np.int64]:
        if self._order is None or self._order[0] != epoch:
            used, wanted = (of(self._data.num_train) for of in (self._config.num_used, self._config.images_per_epoch))
            self._order = epoch, epoch_order(self._config.seed, epoch, used, wanted)
        return self._order[1]


def epoch_order(seed: int, epoch: int, num_used: int, num_wanted: int) -> NDArray[np.int64]:
    """The order of images in an epoch (counted from 0): as many passes over the `num_used` as `num_wanted` takes."""
    generator = torch.Generator().manual_seed(seed * EPOCHS_PER_SEED + epoch)
    passes = [torch.randperm(num_used, generator=generator) for _ in range(-(-num_wanted // num_used))]
    return torch.cat(passes)[:num_wanted].numpy()


def as_floats(pixels: NDArray[np.uint8]) -> Tensor:
    """(n, 24, 24, C) uint8 to (n, 3, 24, 24) float32 in [-1, 1], channels last in memory."""
    images = torch.from_numpy(pixels).to(torch.float32).div_(127.5).sub_(1.0)
    # Grey images are expanded to three channels last, so that each pixel is scaled only once.
    return images.expand(-1, -1, -1, 3).contiguous().permute(0, 3, 1, 2)


def noisy_labels(labels: NDArray[np.int64], num_train: int, config: RunConfig) -> NDArray[np.int64]:
    """The labels, with a share `label_noise` of the training labels replaced by another class. A larger share includes
    the wrong labels of a smaller one."""
    if not config.label_noise:
        return labels
    random = np.random.default_rng(LABEL_NOISE_SEED)
    is_wrong = random.random(num_train) < config.label_noise
    other = (labels[:num_train] + random.integers(1, config.num_classes, num_train)) % config.num_classes
    return np.concatenate([np.where(is_wrong, other, labels[:num_train]), labels[num_train:]])
