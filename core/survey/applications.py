"""Figures on the Applications page: how many rows are of each stage, and the value of a positive test."""

from __future__ import annotations

from core.facts.tables import table
from core.survey.base_rates import published_chance
from core.survey.figure import Figures, computed


def measured_in(stage: str) -> int:
    """How many published figures are of this stage: `lab`, `trial` or `service`."""
    return sum(row["stage"] == stage for row in table("applications").values())


FIGURES: Figures = computed(
    "applications",
    "applications_stages",
    applications_rows=lambda: len(table("applications")),
    applications_lab=lambda: measured_in("lab"),
    applications_service=lambda: measured_in("service"),
) | computed(
    "applications",
    "base_rate",
    ill_1_in_10=lambda: published_chance(0.1),
    ill_1_in_100=lambda: published_chance(0.01),
)
