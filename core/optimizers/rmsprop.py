"""RMSprop: the gradient divided by its running root mean square (Hinton's lecture 6e, 2012)."""

from __future__ import annotations

from torch import nn, optim

from core.config import RunConfig

SPEC = {
    "order": 6,
    "label": {"en": "RMSprop", "zh": "RMSprop"},
    "about": {
        "en": "Divides each weight's gradient by its recent size, so that all weights move about equally far.",
        "zh": "把每个权重的梯度除以它近来的大小，让所有权重走的步子差不多大。",
    },
    "uses": ["weight_decay"],
    "safe_rate": 0.001,
}


def build(model: nn.Module, config: RunConfig) -> optim.Optimizer:
    return optim.RMSprop(model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
