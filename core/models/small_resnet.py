"""ResNet-8 for small images (He et al. 2016, section 4.2): three residual blocks, at half the paper's width.

Where a block halves the image, the shortcut is a 1x1 convolution (the paper's option B).
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from core.config import RunConfig

SPEC = {
    "order": 5,
    "label": {"en": "Small ResNet", "zh": "小型ResNet"},
    "about": {
        "en": "As accurate with a fifteenth of the survey's parameters: normalisation and shortcuts at work.",
        "zh": "参数只有综述网络的十五分之一，准确率并不逊色：批归一化和残差连接让信号一路传到底。",
    },
    "parameters": 19_954,
    "parameters_per_layer": 0,
    "multiply_adds": 1_820_480,
    "multiply_adds_per_layer": 0,
    "uses": [],
    "running_averages": True,
}


class ResidualBlock(nn.Module):
    """Two convolutions whose result is added to the input: (N, in, H, W) -> (N, out, H / stride, W / stride)."""

    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__()
        # BatchNorm subtracts the mean, so a bias before it would have no effect.
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels_out)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels_out)
        self.shortcut = nn.Sequential()  # identity
        if stride > 1:
            fitting = nn.Conv2d(channels_in, channels_out, 1, stride, bias=False)
            self.shortcut = nn.Sequential(fitting, nn.BatchNorm2d(channels_out))

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        return F.relu(y + self.shortcut(x))


class SmallResNet(nn.Module):
    """(N, 3, 24, 24) -> (N, 10)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.block1 = ResidualBlock(8, 8, stride=1)
        self.block2 = ResidualBlock(8, 16, stride=2)
        self.block3 = ResidualBlock(16, 32, stride=2)
        self.fc = nn.Linear(32, 10)

    def forward(self, images: Tensor) -> Tensor:
        x = F.relu(self.norm(self.conv(images)))
        x = self.block3(self.block2(self.block1(x)))
        x = x.mean(dim=(2, 3))  # global average pooling of the 32 maps
        logits: Tensor = self.fc(x)
        return logits


def build(config: RunConfig) -> nn.Module:
    return SmallResNet()
