"""The networks that the lab trains, one file each: a literal `SPEC` and `build(config) -> nn.Module`.

Every network takes images of shape (N, 3, 24, 24), float32 in [-1, 1], and gives logits of shape (N, 10).
`multiply_adds` are those of its convolutions and linear layers for one image. `SPEC["uses"]` names `depth` where the
network reads it; `parameters` and `multiply_adds` are then those at the default depth, to which each layer more adds
`parameters_per_layer` and `multiply_adds_per_layer`. `SPEC["running_averages"]` says that averages over the batches so
far decide its answers when it is measured, as with batch normalisation.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

    from core.config import RunConfig

NUM_CLASSES = 10
IMAGE_SHAPE = (3, 24, 24)  # of one image, as a network takes it


def build_model(config: RunConfig) -> nn.Module:
    """The network named by `config.model`; its weights come from torch's global random state."""
    model: nn.Module = import_module(f"core.models.{config.model}").build(config)
    return model
