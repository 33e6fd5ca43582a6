"""Stochastic gradient descent with classical momentum (Polyak 1964)."""

from __future__ import annotations

from torch import nn, optim

from core.config import RunConfig

SPEC = {
    "order": 1,
    "label": {"en": "SGD", "zh": "SGD（随机梯度下降）"},
    "uses": ["momentum", "weight_decay"],
}


def build(model: nn.Module, config: RunConfig) -> optim.Optimizer:
    return optim.SGD(
        model.parameters(), lr=config.learning_rate, momentum=config.momentum, weight_decay=config.weight_decay
    )
