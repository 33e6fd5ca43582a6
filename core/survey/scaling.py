"""The compute-optimal size of a dense transformer by published scaling laws.

Every law gives the parameters N; the tokens follow from the budget, D = C / (6 N), so that all laws spend it fully.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from core.facts.tables import table
from core.survey.compute import FLOP_PER_PARAMETER_AND_TOKEN, tokens_for

PF_DAY_FLOP = 8.64e19
GOPHER_FLOP = 5.76e23  # the budget of Gopher and Chinchilla (Hoffmann et al. 2022, arXiv 2203.15556, table 3)
APPROACH_2_FLOP = 6.88e23  # where table A3 gives the same 67e9 parameters by approach 2
TOKENS_PER_PARAMETER = 20.0


@dataclass(frozen=True)
class Split:
    """The best split of a budget."""

    parameters: float
    tokens: float


def parametric_optimum(flop: float, a: float, b: float, alpha: float, beta: float) -> float:
    """Parameters that minimise E + A/N^alpha + B/D^beta at 6ND = C: N = G (C/6)^(beta/(alpha+beta)),
    G = (alpha A / (beta B))^(1/(alpha+beta)) (Hoffmann et al. 2022, equation 4)."""
    g = (alpha * a / (beta * b)) ** (1 / (alpha + beta))
    return float(g * (flop / FLOP_PER_PARAMETER_AND_TOKEN) ** (beta / (alpha + beta)))


def ratio_optimum(flop: float) -> float:
    """Parameters for a fixed number of tokens per parameter: C = 6 N D and D = r N."""
    return float((flop / (FLOP_PER_PARAMETER_AND_TOKEN * TOKENS_PER_PARAMETER)) ** 0.5)


def _from_row(key: str, flop: float) -> float:
    row = table("scaling_laws")[key]
    return parametric_optimum(flop, *(row.number(name) for name in ("A", "B", "alpha", "beta")))


def _power_from_row(key: str, at_flop: float, flop: float) -> float:
    """Parameters that grow as a power of the budget, from those at `at_flop`."""
    row = table("scaling_laws")[key]
    return float(row.number("A") * (flop / at_flop) ** row.number("alpha"))


# By the key of the row with the constants in data/facts/scaling_laws.csv.
LAWS: Mapping[str, Callable[[float], float]] = {
    "kaplan_compute_optimal_allocation": partial(_power_from_row, "kaplan_compute_optimal_allocation", PF_DAY_FLOP),
    "chinchilla_approach_1": partial(_power_from_row, "chinchilla_approach_1", GOPHER_FLOP),
    "chinchilla_approach_2": partial(_power_from_row, "chinchilla_approach_2", APPROACH_2_FLOP),
    "chinchilla_parametric_loss_approach_3": partial(_from_row, "chinchilla_parametric_loss_approach_3"),
    "chinchilla_approach_3_unrounded": partial(_from_row, "chinchilla_approach_3_unrounded"),
    "chinchilla_replication": partial(_from_row, "chinchilla_replication"),
    "data_constrained_scaling": partial(_from_row, "data_constrained_scaling"),
    "twenty_tokens_a_parameter": ratio_optimum,
}


def optimum(key: str, flop: float) -> Split:
    """A law's best split of a budget in FLOP."""
    parameters = LAWS[key](flop)
    return Split(parameters, tokens_for(parameters, flop))


def growth(key: str, flop: float) -> float:
    """How many times larger the model should be with ten times the budget."""
    return LAWS[key](10.0 * flop) / LAWS[key](flop)
