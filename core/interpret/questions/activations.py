"""The activations of every layer for one picture."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.config import RunConfig
from core.interpret.pictures import Picture, picture_tensor
from core.interpret.trace import layer_outputs, traced


@torch.inference_mode()
def answer(network: nn.Module, config: RunConfig, picture: Picture) -> tuple[NDArray[np.float16], ...]:
    """The outputs of the layers in the order of `architecture`, (channels, height, width) or (units,) each."""
    images, _ = picture_tensor(config, picture)
    return tuple(each[0].half().numpy() for each in layer_outputs(traced(network, images)))
