"""The plain layers with residual connections (He et al. 2016), still without normalisation."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from core.config import RunConfig
from core.models.plain import PlainLayers

SPEC = {
    "order": 7,
    "label": {"en": "Residual layers", "zh": "残差层堆叠"},
    "about": {
        "en": "The plain layers, each added to its input: eight learn; twenty, not normalised, mostly fail.",
        "zh": "与普通层堆叠只差一点：每层都加上自己的输入。八层学得会；二十层缺了归一化，多半失败。",
    },
    "parameters": 22_458,
    "parameters_per_layer": 2_320,
    "multiply_adds": 2_577_024,
    "multiply_adds_per_layer": 331_776,
    "uses": ["depth"],
    "running_averages": False,
}


class ResidualLayers(PlainLayers):
    """(N, 3, 24, 24) -> (N, 10), through `depth` convolutions with shortcuts around all but the first."""

    def through(self, layer: nn.Module, x: Tensor) -> Tensor:
        return x + F.relu(layer(x))


def build(config: RunConfig) -> nn.Module:
    return ResidualLayers(config.depth)
