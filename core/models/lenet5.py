"""LeNet-5 (LeCun et al. 1998): two 5x5 convolutions, each followed by average pooling, then three linear layers.

The layers keep the sizes of the paper: 24x24 images are padded by 4 pixels, as its 28x28 digits were by 2. Changed are
the input (three channels), the pooling (without weights), the second convolution (connected to all six maps) and the
output (ten logits for cross-entropy instead of distances to drawn digits).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.config import RunConfig

SPEC = {
    "order": 3,
    "label": {"en": "LeNet-5", "zh": "LeNet-5"},
    "about": {
        "en": "The classic of 1998: tanh and average pooling, where networks now use ReLU and max pooling.",
        "zh": "1998年的经典网络：那时用tanh和平均池化，如今换成了ReLU和最大池化。",
    },
    "parameters": 62_006,
    "parameters_per_layer": 0,
    "multiply_adds": 651_720,
    "multiply_adds_per_layer": 0,
    "uses": [],
    "running_averages": False,
}


class LeNet5(nn.Module):
    """(N, 3, 24, 24) -> (N, 10)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5, padding=4)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, images: Tensor) -> Tensor:
        x = F.avg_pool2d(torch.tanh(self.conv1(images)), 2)
        x = F.avg_pool2d(torch.tanh(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = torch.tanh(self.fc1(x))
        x = torch.tanh(self.fc2(x))
        logits: Tensor = self.fc3(x)
        return logits


def build(config: RunConfig) -> nn.Module:
    return LeNet5()
