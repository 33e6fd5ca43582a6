"""How to split a training budget between a language model's size and its tokens, by published loss laws.

Loss in nats per token, N parameters, D tokens: L(N, D) = E + A / N^alpha + B / D^beta (Hoffmann et al., 2022, arXiv
2203.15556, section 3.3). Its constants were fitted twice to the same runs: by them, and by Besiroglu et al., 2024
(arXiv 2404.10102). The budget counts 6 FLOP for each parameter and token (Kaplan et al., 2020, arXiv 2001.08361,
section 2.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from core.facts.tables import table
from core.survey.compute import tokens_for
from core.survey.scaling import parametric_optimum

BILLION = 1e9
LAWS = {"chinchilla": "chinchilla_parametric_loss_approach_3", "replication": "chinchilla_replication"}


@dataclass(frozen=True)
class LossLaw:
    """The constants of one fit; `floor` is the irreducible loss."""

    floor: float
    a: float
    b: float
    alpha: float
    beta: float

    def loss(self, num_parameters: float, num_tokens: float) -> float:
        """Nats per token."""
        return float(self.floor + self.a / num_parameters**self.alpha + self.b / num_tokens**self.beta)

    def loss_at(self, num_parameters: float, budget_flop: float) -> float:
        """Nats per token when the whole budget is spent on a model of this size."""
        return self.loss(num_parameters, tokens_for(num_parameters, budget_flop))

    def best_num_parameters(self, budget_flop: float) -> float:
        """The size with the lowest loss."""
        return parametric_optimum(budget_flop, self.a, self.b, self.alpha, self.beta)


@cache
def law(name: str) -> LossLaw:
    """`chinchilla` or `replication`."""
    row = table("scaling_laws")[LAWS[name]]
    return LossLaw(*(row.number(column) for column in ("E", "A", "B", "alpha", "beta")))


def budget_flop() -> float:
    """The compute of Chinchilla's training, in FLOP."""
    return table("landmark_models")["chinchilla_70b"].number("training_compute_flop")


def tokens(size_b: float) -> float:
    """The tokens that this budget allows for a model of `size_b` billion parameters."""
    return tokens_for(size_b * BILLION, budget_flop())


def loss(name: str, size_b: float) -> float:
    """The loss that a law predicts for such a model with that many tokens."""
    return law(name).loss_at(size_b * BILLION, budget_flop())


def best_size_b(name: str) -> float:
    return law(name).best_num_parameters(budget_flop()) / BILLION
