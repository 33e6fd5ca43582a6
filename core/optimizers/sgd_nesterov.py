"""Stochastic gradient descent with Nesterov momentum (Nesterov 1983; Sutskever et al. 2013)."""

from __future__ import annotations

from torch import nn, optim

from core.config import RunConfig

SPEC = {
    "order": 2,
    "label": {"en": "SGD, Nesterov", "zh": "SGD（Nesterov动量）"},
    "about": {
        "en": "Like SGD, but the gradient is taken where momentum is about to carry the weights.",
        "zh": "与SGD相同，但算梯度时先设想权重已被动量带着往前走了一段。",
    },
    "uses": ["momentum", "weight_decay"],
    "safe_rate": 0.01,
}


def build(model: nn.Module, config: RunConfig) -> optim.Optimizer:
    return optim.SGD(
        model.parameters(),
        lr=config.learning_rate,
        momentum=config.momentum,
        weight_decay=config.weight_decay,
        nesterov=config.momentum > 0,  # torch rejects Nesterov without momentum
    )
