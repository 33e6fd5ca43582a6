"""What the text of the page on scale quotes from the calculators."""

from __future__ import annotations

from core.facts.tables import table
from core.survey.compute import SECONDS_PER_DAY, training_flop, training_seconds
from core.survey.roofline import flop_per_byte
from core.survey.scaling import GOPHER_FLOP, Split, optimum


def gpt_3_days() -> float:
    """Days for GPT-3 on 1,000 A100 that achieve 40 % of their peak."""
    model, chip = table("landmark_models")["gpt_3_175b"], table("accelerators")["a100_sxm_80_gb"]
    flop = training_flop(model.number("parameters"), model.number("training_tokens_or_images"))
    return training_seconds(flop, chip.number("peak_tflops_16bit_dense"), 1000, 0.4) / SECONDS_PER_DAY


def gopher_split(law: str) -> Split:
    """What a law advises for Gopher's budget, with two digits."""
    split = optimum(law, GOPHER_FLOP)
    return Split(float(f"{split.parameters:.2g}"), float(f"{split.tokens:.2g}"))


def flop_per_byte_of(chip: str) -> float:
    """The ridge point of a chip by its key."""
    return flop_per_byte(table("accelerators")[chip])
