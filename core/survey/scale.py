"""Figures from the calculators that the text of the Scale page quotes."""

from __future__ import annotations

from core.facts.tables import table
from core.survey.compute import (
    PRICE_USD_PER_HOUR,
    SECONDS_PER_DAY,
    published_flop_ratio,
    training_flop,
    training_seconds,
)
from core.survey.figure import Figures, computed
from core.survey.roofline import flop_per_byte
from core.survey.scaling import GOPHER_FLOP, Split, optimum

APPROACH_3, REPLICATION = "chinchilla_parametric_loss_approach_3", "chinchilla_replication"


def gpt_3_days() -> float:
    """Days for GPT-3 on 1,000 A100 that achieve 40 % of their peak."""
    model, chip = table("landmark_models")["gpt_3_175b"], table("accelerators")["a100_sxm_80_gb"]
    flop = training_flop(model.number("parameters"), model.number("training_tokens_or_images"))
    return training_seconds(flop, chip.number("peak_tflops_16bit_dense"), 1000, 0.4) / SECONDS_PER_DAY


def gopher_split(law: str) -> Split:
    """A law's split of Gopher's budget, to two digits."""
    split = optimum(law, GOPHER_FLOP)
    return Split(float(f"{split.parameters:.2g}"), float(f"{split.tokens:.2g}"))


def flop_per_byte_of(chip: str) -> float:
    """The ridge point of a chip, by key."""
    return flop_per_byte(table("accelerators")[chip])


FIGURES: Figures = (
    computed(
        "accelerators",
        "flop_per_byte",
        flop_per_byte_p100=lambda: flop_per_byte_of("tesla_p100_sxm2"),
        flop_per_byte_a100=lambda: flop_per_byte_of("a100_sxm_80_gb"),
        flop_per_byte_h100=lambda: flop_per_byte_of("h100_sxm5"),
    )
    | computed("accelerators", "gpt_3_days", gpt_3_days=gpt_3_days)
    | computed("landmark_models", "h800_price", h800_price_usd=lambda: PRICE_USD_PER_HOUR)
    | computed("landmark_models", "flop_ratio", deepseek_6nd=lambda: published_flop_ratio("deepseek_v3"))
    | computed(
        "scaling_laws",
        "optimum",
        approach_3_n=lambda: gopher_split(APPROACH_3).parameters,
        approach_3_d=lambda: gopher_split(APPROACH_3).tokens,
        replication_n=lambda: gopher_split(REPLICATION).parameters,
        replication_d=lambda: gopher_split(REPLICATION).tokens,
    )
)
