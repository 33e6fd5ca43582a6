"""The weights of the first layer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import nn

from core.config import RunConfig
from core.datasets import open_prepared
from core.interpret.anatomy import WEIGHT_LEVELS
from core.models import IMAGE_SHAPE


def answer(network: nn.Module, config: RunConfig) -> tuple[NDArray[np.int8], float]:
    """The first layer's weights, (units, colours, height, width) in 127ths of the largest, and the largest. Grey images
    have three equal channels, so their weights are summed into one."""
    weights = next(network.parameters()).detach()
    if weights.dim() == 2:  # a linear layer sees all pixels
        weights = weights.reshape(-1, *IMAGE_SHAPE)
    if open_prepared(config.dataset).images.shape[-1] == 1:
        weights = weights.sum(1, keepdim=True)
    largest = float(weights.abs().max())
    return (weights / (largest or 1.0) * WEIGHT_LEVELS).round().char().numpy(), largest
