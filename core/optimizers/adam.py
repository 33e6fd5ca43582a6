"""Adam: steps scaled by running moments of the gradient (Kingma and Ba 2015)."""

from __future__ import annotations

from torch import nn, optim

from core.config import RunConfig

SPEC = {
    "order": 3,
    "label": {"en": "Adam", "zh": "Adam"},
    "about": {
        "en": "A running mean of the gradient, divided by its recent size: every weight has its own step length.",
        "zh": "用梯度的滑动平均除以它近来的大小：每个权重都有自己的步长。",
    },
    "uses": ["weight_decay"],
    "safe_rate": 0.001,
}


def build(model: nn.Module, config: RunConfig) -> optim.Optimizer:
    return optim.Adam(model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay, fused=True)
