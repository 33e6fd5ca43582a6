"""Stochastic gradient descent with classical momentum (Polyak 1964)."""

from __future__ import annotations

from torch import nn, optim

from core.config import RunConfig

SPEC = {
    "order": 1,
    "label": {"en": "SGD", "zh": "SGD（随机梯度下降）"},
    "about": {
        "en": "A step against the gradient of each batch; momentum carries over part of the last step.",
        "zh": "每批沿梯度的反方向走一步，动量把上一步的一部分带进来。",
    },
    "uses": ["momentum", "weight_decay"],
    "safe_rate": 0.01,
}


def build(model: nn.Module, config: RunConfig) -> optim.Optimizer:
    return optim.SGD(
        model.parameters(), lr=config.learning_rate, momentum=config.momentum, weight_decay=config.weight_decay
    )
