"""Adam: steps scaled by running moments of the gradient (Kingma and Ba 2015)."""

from __future__ import annotations

from torch import nn, optim

from core.config import RunConfig

SPEC = {
    "order": 3,
    "label": {"en": "Adam", "zh": "Adam"},
    "uses": ["weight_decay"],
}


def build(model: nn.Module, config: RunConfig) -> optim.Optimizer:
    return optim.Adam(model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
