"""AdamW: Adam with weight decay apart from the gradient (Loshchilov and Hutter 2019)."""

from __future__ import annotations

from torch import nn, optim

from core.config import RunConfig

SPEC = {
    "order": 4,
    "label": {"en": "AdamW", "zh": "AdamW"},
    "uses": ["weight_decay"],
}


def build(model: nn.Module, config: RunConfig) -> optim.Optimizer:
    return optim.AdamW(model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
