"""AdamW: Adam with decoupled weight decay (Loshchilov and Hutter 2019)."""

from __future__ import annotations

from torch import nn, optim

from core.config import RunConfig

SPEC = {
    "order": 4,
    "label": {"en": "AdamW", "zh": "AdamW"},
    "about": {
        "en": "Like Adam, with weight decay as a separate pull instead of a part of the gradient.",
        "zh": "与Adam相同，但权重衰减单独作用，不混进梯度里。",
    },
    "uses": ["weight_decay"],
    "safe_rate": 0.001,
}


def build(model: nn.Module, config: RunConfig) -> optim.Optimizer:
    return optim.AdamW(model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay, fused=True)
