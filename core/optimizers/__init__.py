"""The update rules, one file each: a literal `SPEC` and `build(model, config) -> torch.optim.Optimizer`.

`SPEC["about"]` says in a sentence what the rule does, `SPEC["uses"]` names the optional settings (momentum,
weight_decay) that it reads. Where torch can, all of a step is one pass over each weight's memory (`fused`).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

    from core.config import RunConfig


def build_optimizer(model: nn.Module, config: RunConfig) -> Optimizer:
    """The optimizer named by `config.optimizer` over all weights of the model."""
    optimizer: Optimizer = import_module(f"core.optimizers.{config.optimizer}").build(model, config)
    return optimizer
