"""Adagrad: the gradient divided by the root of the sum of its squares so far (Duchi et al. 2011)."""

from __future__ import annotations

from torch import nn, optim

from core.config import RunConfig

SPEC = {
    "order": 5,
    "label": {"en": "Adagrad", "zh": "Adagrad"},
    "about": {
        "en": "Divides each weight's gradient by the root of its summed squares: equal gradients move it ever less.",
        "zh": "把每个权重的梯度除以以往梯度平方之和的平方根：同样的梯度，走的步子越来越小。",
    },
    "uses": ["weight_decay"],
    "safe_rate": 0.001,
}


def build(model: nn.Module, config: RunConfig) -> optim.Optimizer:
    return optim.Adagrad(model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay, fused=True)
