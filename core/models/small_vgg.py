"""A small network in the style of VGG (Simonyan and Zisserman 2015): pairs of 3x3 convolutions, then pooling."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.config import RunConfig

SPEC = {
    "order": 4,
    "label": {"en": "Small VGG", "zh": "小型VGG"},
    "about": {
        "en": "Two 3x3 convolutions in a row see as far as one of 5x5, with fewer weights and one more ReLU.",
        "zh": "两个3 × 3卷积叠在一起，看到的范围等于一个5 × 5卷积，权重更少，还多一次ReLU。",
    },
    "parameters": 165_530,
    "parameters_per_layer": 0,
    "multiply_adds": 3_715_328,
    "multiply_adds_per_layer": 0,
    "uses": [],
    "running_averages": False,
}


class SmallVGG(nn.Module):
    """(N, 3, 24, 24) -> (N, 10)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1a = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1b = nn.Conv2d(16, 16, 3, padding=1)
        self.conv2a = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2b = nn.Conv2d(32, 32, 3, padding=1)
        self.fc1 = nn.Linear(32 * 6 * 6, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, images: Tensor) -> Tensor:
        x = F.relu(self.conv1a(images))
        x = F.max_pool2d(F.relu(self.conv1b(x)), 2)
        x = F.relu(self.conv2a(x))
        x = F.max_pool2d(F.relu(self.conv2b(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        logits: Tensor = self.fc2(x)
        return logits


def build(config: RunConfig) -> nn.Module:
    return SmallVGG()
