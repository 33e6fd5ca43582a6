"""Landmark models on four measures: which values are comparable, and how fast they doubled, field by field.

A value is an estimate if `estimated_fields` names its column; the row's `estimate` only says that some value is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median

from core.config import RunConfig
from core.facts.tables import Row, known, table
from core.survey.figure import Figures, computed
from core.survey.fits import LEAST_POINTS, Trend, trend, year_of
from core.survey.flops import training_flop

TABLE = "landmark_models"
# What can be plotted, and its column: FLOP; parameters; tokens; US dollars of 2023.
MEASURES = {
    "compute": "training_compute_flop",
    "parameters": "parameters",
    "data": "training_tokens_or_images",
    "cost": "training_cost_usd",
}
CHECKED = {"parameters": "checked", "data": "data_checked"}  # yes: the value was seen in a document; or memory
DOMAINS = ("language", "multimodal", "vision", "science", "speech", "games")
JOINT = "language_multimodal"  # language models and multimodal models based on them
ALL = "all"
FILTERS = (ALL, JOINT, *DOMAINS)
FIRST_YEAR, LAST_YEAR = 1998, 2024  # range of "since"
TOKENS_SINCE = "2020-05"  # earlier models counted words, pairs, images or hours, or saw their data many times
FITS_KEPT = 512


@dataclass(frozen=True)
class Fit:
    """The trend of one field (or of JOINT) among the points in view; `rise` is None if there is no clear one."""

    domain: str
    rows: tuple[Row, ...]
    rise: Trend | None


def is_estimated(row: Row, measure: str) -> bool:
    """Whether this model's value is a third-party estimate."""
    return is_estimate(row, MEASURES[measure])


def is_estimate(row: Row, column: str) -> bool:
    return column in (row["estimated_fields"] or "").split(";")


def standing(row: Row, measure: str) -> str:
    """`estimated` by a third party, `reported` by its makers, or `unchecked` if nobody has verified it."""
    if is_estimated(row, measure):
        return "estimated"
    seen = CHECKED.get(measure)
    return "unchecked" if seen and row[seen] != "yes" else "reported"


def value(row: Row, measure: str) -> float:
    """A model's value on a measure that it is known to have. Raises KeyError otherwise."""
    return row.number(MEASURES[measure])


def is_mixture(row: Row) -> bool:
    """A mixture of experts: its parameters count all experts, of which each token uses only a few."""
    return "mixture of experts" in (row["architecture"] or "")


def in_view(measure: str, domain: str = ALL, since: int = FIRST_YEAR) -> list[Row]:
    """The models with a value, oldest first; for data, only those counted in tokens."""
    rows = [row for row in known(table(TABLE), MEASURES[measure]) if row["published"] >= str(since)]
    if measure == "data":
        rows = [row for row in rows if row["data_unit"] == "tokens" and row["published"] >= TOKENS_SINCE]
    if domain != ALL:
        rows = [row for row in rows if row["domain"] in _members(domain)]
    return sorted(rows, key=lambda row: row["published"])


@lru_cache(FITS_KEPT)
def fits(measure: str, domain: str = ALL, since: int = FIRST_YEAR) -> tuple[Fit, ...]:
    """One fit per field with enough points, never across fields; none for cost, as prices are not comparable."""
    if measure == "cost":
        return ()
    rows = fittable(in_view(measure, domain, since), measure)
    groups = DOMAINS if domain == ALL else (domain,)
    found = [(group, tuple(row for row in rows if row["domain"] in _members(group))) for group in groups]
    return tuple(Fit(group, mine, rise(mine, measure)) for group, mine in found if len(mine) >= LEAST_POINTS)


def fittable(rows: Sequence[Row], measure: str) -> list[Row]:
    """Models with comparable values: for parameters, without the totals of mixtures of experts."""
    return [row for row in rows if measure != "parameters" or not is_mixture(row)]


def rise(rows: Sequence[Row], measure: str) -> Trend | None:
    """The doubling time of a measure among these models."""
    return trend([year_of(row["published"]) for row in rows], [value(row, measure) for row in rows])


def compute_rise() -> Trend:
    """Training compute of language and multimodal models since 2018."""
    return _found(rise(in_view("compute", JOINT, 2018), "compute"))


def size_rise() -> Trend:
    """Parameters of dense language and multimodal models from 2017 to the middle of 2021."""
    rows = [row for row in in_view("parameters", JOINT, 2017) if row["published"] < "2021-07"]
    return _found(rise(fittable(rows, "parameters"), "parameters"))


def dense_median(year: int) -> float:
    """The median parameter count of a year's dense language models."""
    rows = fittable(in_view("parameters", "language"), "parameters")
    return median(value(row, "parameters") for row in rows if row["published"].startswith(str(year)))


def closed_models(*, unsized: bool = False) -> int:
    """Models since 2023 whose weights are not open; or those of them whose size is not published."""
    rows = [row for row in table(TABLE).values() if row["open_weights"] == "no" and row["published"] >= "2023"]
    return sum(row["parameters"] is None or not unsized for row in rows)


def num_estimates() -> int:
    """Models whose training compute is an estimate."""
    return sum(is_estimated(row, "compute") for row in in_view("compute"))


def powers_of_ten() -> float:
    """The base-10 logarithm of the ratio of training compute of Grok 4 to LeNet-5, both estimates."""
    rows = table(TABLE)
    return math.log10(value(rows["grok_4"], "compute") / value(rows["lenet_5"], "compute"))


def years_between() -> float:
    """Years from LeNet-5 to Grok 4."""
    rows = table(TABLE)
    return year_of(rows["grok_4"]["published"]) - year_of(rows["lenet_5"]["published"])


def gpt3_in_runs(config: RunConfig) -> float:
    """GPT-3's training compute as a number of such lab runs."""
    return value(table(TABLE)["gpt_3_175b"], "compute") / training_flop(config)


def _members(domain: str) -> tuple[str, ...]:
    return DOMAINS[:2] if domain == JOINT else (domain,)


def _found(found: Trend | None) -> Trend:
    if found is None:
        raise ValueError("no rise")
    return found


FIGURES: Figures = (
    computed(
        TABLE,
        "compute_rise",
        compute_months=lambda: compute_rise().doubling_months,
        compute_months_low=lambda: compute_rise().low_months,
        compute_months_high=lambda: compute_rise().high_months,
        compute_models=lambda: compute_rise().num_points,
    )
    | computed(
        TABLE,
        "size_rise",
        size_months=lambda: size_rise().doubling_months,
        size_months_low=lambda: size_rise().low_months,
        size_months_high=lambda: size_rise().high_months,
    )
    | computed(
        TABLE,
        "dense_median",
        dense_median_2021=lambda: dense_median(2021),
        dense_median_2024=lambda: dense_median(2024),
    )
    | computed(
        TABLE,
        "compute_estimates",
        compute_values=lambda: len(in_view("compute")),
        compute_estimates=num_estimates,
    )
    | computed(
        TABLE,
        "closed_models",
        closed_models=closed_models,
        closed_unsized=lambda: closed_models(unsized=True),
    )
    | computed(TABLE, "scale_times", scale_powers=powers_of_ten, scale_years=years_between)
)
