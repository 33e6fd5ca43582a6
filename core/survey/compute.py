"""The cost of a training: operations, time, energy, money.

FLOP are floating-point operations; a multiply-add is two of them, so counts of multiply-adds must be doubled.
"""

from __future__ import annotations

from core.facts.tables import Row, table

FLOP_PER_PARAMETER_AND_TOKEN = 6
UTILISATION_PERCENT = 40  # as reported for large runs: 38 to 43 for Llama 3.1 (arXiv 2407.21783, section 3.3.2)
PRICE_USD_PER_HOUR = 2.0  # a rented H800, as assumed by DeepSeek-V3's authors (arXiv 2412.19437, table 1)
SECONDS_PER_HOUR = 3600
SECONDS_PER_DAY = 86_400
# Dense transformers whose authors published compute, parameters and tokens: nothing here was estimated with 6ND.
PRESETS = ("gpt_3_175b", "gopher_280b", "chinchilla_70b", "palm_540b", "llama_3_1_405b")


def training_flop(parameters: float, tokens: float) -> float:
    """FLOP to train a dense transformer once over its tokens: C = 6 N D.

    Two FLOP per parameter and token forward, four backward; attention between tokens is left out (Kaplan et al. 2020,
    arXiv 2001.08361, section 2.1). Not for mixtures of experts (only the active parameters count), nor for
    convolutions (a weight is used at many places), nor where D is the size of the data set and not the tokens seen.
    """
    return FLOP_PER_PARAMETER_AND_TOKEN * parameters * tokens


def tokens_for(parameters: float, flop: float) -> float:
    """How many tokens a budget allows for a model of this size, by the same rule."""
    return flop / (FLOP_PER_PARAMETER_AND_TOKEN * parameters)


def training_seconds(flop: float, peak_tflops: float, chips: int, utilisation: float) -> float:
    """Seconds on `chips` that achieve a share `utilisation` (0 to 1) of their peak in 10^12 FLOP/s."""
    return flop / (chips * peak_tflops * 1e12 * utilisation)


def energy_mwh(seconds: float, chips: int, design_power_w: float) -> float:
    """MWh used by the accelerators alone at their design power, without servers, network and cooling."""
    return seconds / SECONDS_PER_HOUR * chips * design_power_w / 1e6


def cost_usd(seconds: float, chips: int, usd_per_chip_hour: float) -> float:
    """US dollars for rented chips."""
    return seconds / SECONDS_PER_HOUR * chips * usd_per_chip_hour


def training_chips() -> dict[str, Row]:
    """The accelerators with a published 16-bit speed, by key."""
    return {key: row for key, row in table("accelerators").items() if row["peak_tflops_16bit_dense"] is not None}


def preset_rows() -> list[Row]:
    """The published models that can be filled into the calculators."""
    return [table("landmark_models")[key] for key in PRESETS]


def published_flop_ratio(key: str) -> float:
    """6ND, with the parameters and data of a model's row, as a multiple of the model's listed compute."""
    row = table("landmark_models")[key]
    flop = training_flop(row.number("parameters"), row.number("training_tokens_or_images"))
    return flop / row.number("training_compute_flop")
