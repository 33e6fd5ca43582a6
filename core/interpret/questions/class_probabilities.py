"""The network's class probabilities for one picture."""

from __future__ import annotations

import torch
from torch import nn

from core.config import RunConfig
from core.interpret.pictures import Picture, picture_tensor


@torch.inference_mode()
def answer(network: nn.Module, config: RunConfig, picture: Picture) -> tuple[float, ...]:
    """They add up to 1."""
    images, _ = picture_tensor(config, picture)
    return tuple(network(images)[0].float().softmax(0).tolist())
