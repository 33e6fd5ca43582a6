"""The value of a positive test: Bayes' theorem for a test of known sensitivity and specificity."""

from __future__ import annotations

from dataclasses import dataclass

from core.facts.tables import table

TEST = "disease_diagnosis_idx_dr_diabetic_retinopathy"  # in the table of applications


@dataclass(frozen=True)
class Screened:
    """How many in a group are true positives, false negatives, false positives and true negatives."""

    found: int
    missed: int
    alarmed: int
    cleared: int


def chance_ill_if_positive(sensitivity: float, specificity: float, prevalence: float) -> float:
    """P(ill | positive) by Bayes' theorem; all are shares from 0 to 1."""
    found, alarmed = prevalence * sensitivity, (1 - prevalence) * (1 - specificity)
    return found / (found + alarmed) if found + alarmed else 0.0


def screened(sensitivity: float, specificity: float, prevalence: float, people: int = 1_000) -> Screened:
    """The four groups among `people`, each rounded; shares from 0 to 1."""
    ill = round(people * prevalence)
    found, alarmed = round(ill * sensitivity), round((people - ill) * (1 - specificity))
    return Screened(found, ill - found, alarmed, people - ill - alarmed)


def published_test() -> tuple[float, float]:
    """Sensitivity and specificity, as shares, of the eye test in the table of applications."""
    row = table("applications")[TEST]
    return row.number("sensitivity_percent") / 100, row.number("specificity_percent") / 100


def published_chance(prevalence: float) -> float:
    """Percent of that test's positives that are ill, at this prevalence among those tested."""
    return 100 * chance_ill_if_positive(*published_test(), prevalence)
