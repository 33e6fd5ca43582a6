"""A multilayer perceptron: the survey's three linear layers without its convolutions."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.config import RunConfig

SPEC = {
    "order": 2,
    "label": {"en": "Multilayer perceptron", "zh": "多层感知机"},
    "about": {
        "en": "No convolutions: every pixel is just an input, and neighbours are nothing special.",
        "zh": "没有卷积：每个像素只是一个独立的输入，不知道谁和谁相邻。",
    },
    "parameters": 218_494,
    "parameters_per_layer": 0,
    "multiply_adds": 218_280,
    "multiply_adds_per_layer": 0,
    "uses": [],
    "running_averages": False,
}


class MultilayerPerceptron(nn.Module):
    """(N, 3, 24, 24) -> (N, 10)."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(3 * 24 * 24, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, images: Tensor) -> Tensor:
        x = torch.flatten(images, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        logits: Tensor = self.fc3(x)
        return logits


def build(config: RunConfig) -> nn.Module:
    return MultilayerPerceptron()
