"""Memory of training a transformer, in bytes: weights, gradients, optimizer state, activations."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

HEAD_WIDTH = 128  # of GPT-3 and most large transformers since
STAGES = (0, 1, 2, 3)


@dataclass(frozen=True)
class Recipe:
    """Bytes per parameter. `optimizer` includes the 32-bit copy of the weights if training keeps one."""

    weights: int
    gradients: int
    optimizer: int

    @property
    def total(self) -> int:
        return self.weights + self.gradients + self.optimizer


# Mixed precision with Adam is 2 + 2 + 12 (Rajbhandari et al. 2020, ZeRO, arXiv 1910.02054, section 3.1): a 32-bit copy
# and two 32-bit averages. Momentum has one average. 8-bit Adam keeps one byte for each average (arXiv 2110.02861).
RECIPES: Mapping[str, Recipe] = {
    "adam_mixed": Recipe(2, 2, 12),
    "adam_float32": Recipe(4, 4, 8),
    "momentum_mixed": Recipe(2, 2, 8),
    "adam_8bit": Recipe(2, 2, 6),
    "adam_bfloat16": Recipe(2, 2, 4),
}
# Bytes that a layer keeps per token and unit of width (Korthikanti et al. 2022, arXiv 2205.05198, equation 2, and
# section 5): all; all except attention between tokens; only its input.
KEPT_ACTIVATIONS: Mapping[str, int] = {"all": 34, "selective": 34, "full": 2}


@dataclass(frozen=True)
class Parts:
    """Bytes on one chip."""

    weights: float
    gradients: float
    optimizer: float
    activations: float

    @property
    def total(self) -> float:
        return self.weights + self.gradients + self.optimizer + self.activations


def training_memory(recipe: Recipe, parameters: float, stage: int, chips: int, activations: float) -> Parts:
    """What each of `chips` holds when ZeRO shards nothing (stage 0), the optimizer state (1), gradients too (2),
    weights too (3). Activations belong to a chip's own sequences and are not sharded."""

    def held(bytes_each: int, first_stage: int) -> float:
        return bytes_each * parameters / (chips if stage >= first_stage else 1)

    return Parts(held(recipe.weights, 3), held(recipe.gradients, 2), held(recipe.optimizer, 1), activations)


def width(parameters: float, layers: int) -> float:
    """The width h of a dense transformer with L layers, from N = 12 L h^2 (Kaplan et al. 2020, equation 2.1)."""
    return math.sqrt(parameters / (12 * layers))


def activation_bytes(parameters: float, layers: int, sequence: int, batch: int, kept: str) -> float:
    """Bytes of 16-bit activations kept for the backward pass: L s b h (34 + 5 a s / h), with a heads of width 128."""
    attention = 5 * sequence / HEAD_WIDTH if kept == "all" else 0.0
    return layers * sequence * batch * width(parameters, layers) * (KEPT_ACTIVATIONS[kept] + attention)
