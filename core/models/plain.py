"""A stack of 16-channel convolutions without normalisation: the effect of depth alone with PyTorch's default
initialisation. That of He et al. (2015), more than twice as large, lets eight layers learn."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.config import RunConfig

SPEC = {
    "order": 6,
    "label": {"en": "Plain layers", "zh": "普通层堆叠"},
    "about": {
        "en": "Change the depth: four layers learn, eight do not, as PyTorch's initial weights let the signal fade.",
        "zh": "试试改变深度：四层学得会，八层就学不动了。用PyTorch默认的初始权重，信号每过一层就弱一分。",
    },
    "parameters": 22_458,
    "parameters_per_layer": 2_320,
    "multiply_adds": 2_577_024,
    "multiply_adds_per_layer": 331_776,
    "uses": ["depth"],
    "running_averages": False,
}


class PlainLayers(nn.Module):
    """(N, 3, 24, 24) -> (N, 10), through `depth` convolutions."""

    def __init__(self, depth: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 16, 3, padding=1)
        self.layers = nn.ModuleList(nn.Conv2d(16, 16, 3, padding=1) for _ in range(depth - 1))
        self.fc = nn.Linear(16 * 6 * 6, 10)

    def forward(self, images: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.first(images)), 2)
        for layer in self.layers:
            x = self.through(layer, x)
        x = torch.flatten(F.max_pool2d(x, 2), 1)
        logits: Tensor = self.fc(x)
        return logits

    def through(self, layer: nn.Module, x: Tensor) -> Tensor:
        """One layer of the depth: (N, 16, 12, 12) -> (N, 16, 12, 12)."""
        return F.relu(layer(x))


def build(config: RunConfig) -> nn.Module:
    return PlainLayers(config.depth)
