"""The networks that the lab trains, one file each: a literal `SPEC` and `build(config) -> nn.Module`.

Every network takes images of shape (N, 3, 24, 24), float32 in [-1, 1], and returns logits of shape (N, 10).
`multiply_adds` counts those of its convolutions and linear layers for one image. `SPEC["uses"]` names `depth` if the
network reads it; `parameters` and `multiply_adds` then apply to the default depth, and each further layer adds
`parameters_per_layer` and `multiply_adds_per_layer`. `SPEC["running_averages"]` says that the network is evaluated with
running averages over the batches so far, as with batch normalisation.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

    from core.config import RunConfig

NUM_CLASSES = 10
IMAGE_SHAPE = (3, 24, 24)  # one image, as input to a network


def build_model(config: RunConfig) -> nn.Module:
    """The network named by `config.model`; its weights come from torch's global random state."""
    model: nn.Module = import_module(f"core.models.{config.model}").build(config)
    return model
