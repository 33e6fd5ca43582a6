"""The inputs of the Scale page's calculators: widget values with fixed stops, kept in the address."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import streamlit as st

from core.content.numbers import number_text
from core.content.words import Words
from core.facts.tables import Row
from core.survey.compute import PRICE_USD_PER_HOUR, UTILISATION_PERCENT, preset_rows, training_chips
from core.survey.memory import KEPT_ACTIVATIONS, RECIPES
from core.survey.scaling import GOPHER_FLOP
from core.ui.address import addressed_choice, put

Number = TypeVar("Number", int, float)

INPUTS_TO_RESULTS = (2, 3)  # shares of the width
CALCULATORS = ("training", "memory", "optimum")
STEPS = (1, 1.5, 2, 3, 5, 7)
CHIP_COUNTS = (1, 2, 4, 8, 16, 32, 64, 125, 250, 500, 1000, 2000, 4000, 8000, 16000, 32000, 64000, 128000)
UTILISATIONS = tuple(range(5, 101, 5))
PRICES_USD = tuple(each / 2 for each in range(1, 21))
LAYERS = (6, 12, 24, 32, 40, 48, 64, 80, 96, 118, 126)
SEQUENCES = (512, 1024, 2048, 4096, 8192, 16384, 32768, 131072)
BATCHES = (1, 2, 4, 8, 16, 32)


@dataclass(frozen=True)
class Settings:
    """Parameters, training tokens, the accelerator and their number, utilisation in percent, dollars per chip and hour;
    how memory is used; the budget in FLOP for the laws."""

    parameters: int
    tokens: int
    chip: str
    chips: int
    utilisation_percent: float
    price_usd: float
    recipe: str
    layers: int
    sequence: int
    batch: int
    kept: str
    budget_flop: float

    @property
    def model(self) -> Row | None:
        """The published model with these parameters and tokens, if any."""
        same = (row for row in preset_rows() if _size(row) == (self.parameters, self.tokens))
        return next(same, None)

    @property
    def accelerator(self) -> Row:
        return training_chips()[self.chip]


def parameter_stops() -> list[int]:
    return _stops(range(6, 13), {_size(row)[0] for row in preset_rows()})


def token_stops() -> list[int]:
    return _stops(range(8, 14), {_size(row)[1] for row in preset_rows()})


def budget_stops() -> list[float]:
    published = {row.number("training_compute_flop") for row in preset_rows()}
    return [float(each) for each in _stops(range(18, 28), {round(each) for each in published})]


def settings() -> Settings:
    """All values; call before any of the widgets is drawn."""
    chips = training_chips()
    return Settings(
        parameters=addressed_choice("scale_n", parameter_stops(), 175_000_000_000),
        tokens=addressed_choice("scale_d", token_stops(), 300_000_000_000),
        chip=addressed_choice("scale_chip", chips, "a100_sxm_80_gb"),
        chips=addressed_choice("scale_chips", CHIP_COUNTS, 1000),
        utilisation_percent=addressed_choice("scale_use", UTILISATIONS, UTILISATION_PERCENT),
        price_usd=addressed_choice("scale_price", PRICES_USD, PRICE_USD_PER_HOUR),
        recipe=addressed_choice("scale_recipe", RECIPES, "adam_mixed"),
        layers=addressed_choice("scale_layers", LAYERS, 96),
        sequence=addressed_choice("scale_sequence", SEQUENCES, 2048),
        batch=addressed_choice("scale_batch", BATCHES, 1),
        kept=addressed_choice("scale_kept", KEPT_ACTIVATIONS, "selective"),
        budget_flop=addressed_choice("scale_budget", budget_stops(), GOPHER_FLOP),
    )


def take_model(key: str) -> None:
    """For a callback: set the calculators to a published model."""
    row = next(row for row in preset_rows() if row["key"] == key)
    parameters, tokens = _size(row)
    put("scale_n", parameters)
    put("scale_d", tokens)
    put("scale_layers", int(row.number("depth_layers")))
    put("scale_budget", row.number("training_compute_flop"))


def slider(label: str, key: str, stops: Collection[Number], written: Callable[[Number], str], help: str = "") -> None:
    """A slider over fixed stops; its value is already in the session."""
    st.select_slider(label, list(stops), format_func=written, key=key, help=help or None)


def size_slider(say: Words) -> None:
    slider(say("scale.input.parameters"), "scale_n", parameter_stops(), partial(count_text, say))


def chip_inputs(say: Words) -> None:
    """The choice of accelerator and of their number."""
    chips = training_chips()
    st.selectbox(say("scale.input.chip"), list(chips), format_func=lambda key: _chip(chips[key]), key="scale_chip")
    slider(say("scale.input.chips"), "scale_chips", CHIP_COUNTS, number_text)


def count_text(say: Words, value: float) -> str:
    """A count of parameters or tokens in words of scale."""
    return number_text(value, "count", say.language, 4)


def _chip(row: Row) -> str:
    return f"{row['name']} · {row['peak_tflops_16bit_dense']:g} TFLOP/s"


def _stops(powers: range, more: set[int]) -> list[int]:
    return sorted({int(step * 10) * 10 ** (power - 1) for power in powers for step in STEPS} | more)


def _size(row: Row) -> tuple[int, int]:
    return int(row.number("parameters")), int(row.number("training_tokens_or_images"))
