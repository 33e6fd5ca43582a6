"""Fits to published figures: rank correlation, and the doubling time of a trend with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

DAYS_A_YEAR = 365.25
MONTHS_A_YEAR = 12
NORMAL_95 = 1.959964
LEAST_POINTS = 8  # with fewer a doubling time says nothing


@dataclass(frozen=True)
class Trend:
    """log10(value) = intercept + slope_a_year * (year - 2000); `low` and `high` bound the doubling time at 95 %."""

    intercept: float
    slope_a_year: float
    num_points: int
    doubling_months: float
    low_months: float
    high_months: float

    def at(self, year: float) -> float:
        return float(10.0 ** (self.intercept + self.slope_a_year * (year - 2000)))


def year_of(published: str) -> float:
    """`2017-06-12` or `2017-06` as a year with a fraction; a missing day is the middle of the month."""
    parts = [int(part) for part in published.split("-")]
    year, month, day = (*parts, 7, 1)[:3] if len(parts) == 1 else (*parts, 15)[:3]
    start = date(year, 1, 1)
    return year + (date(year, month, day) - start).days / DAYS_A_YEAR


def trend(years: Sequence[float], values: Sequence[float]) -> Trend | None:
    """Least squares on the logarithm; None with too few points or no rise that the interval excludes from zero."""
    if len(years) < LEAST_POINTS:
        return None
    x, y = np.asarray(years, float) - 2000, np.log10(np.asarray(values, float))
    slope, intercept = np.polyfit(x, y, 1)
    residuals = y - (intercept + slope * x)
    error = math.sqrt(float(residuals @ residuals) / (len(x) - 2) / float(((x - x.mean()) ** 2).sum()))
    low, high = slope - student_95(len(x) - 2) * error, slope + student_95(len(x) - 2) * error
    if low <= 0:
        return None
    months = [math.log10(2) / each * MONTHS_A_YEAR for each in (slope, high, low)]
    return Trend(float(intercept), float(slope), len(x), *(float(each) for each in months))


def student_95(degrees: int) -> float:
    """The two-sided 95 % quantile of Student's t, by the expansion of Cornish and Fisher (Abramowitz & Stegun 26.7.5);
    right to 0.1 % from 5 degrees of freedom on."""
    z = NORMAL_95
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(z + sum(term / degrees ** (power + 1) for power, term in enumerate(terms)))


def spearman(first: Sequence[float], second: Sequence[float]) -> float:
    """Rank correlation, ties at their mean rank."""
    a, b = _ranks(first), _ranks(second)
    return float(np.corrcoef(a, b)[0, 1])


def _ranks(values: Sequence[float]) -> NDArray[np.float64]:
    array = np.asarray(values, float)
    order = np.sort(array)
    left, right = np.searchsorted(order, array, "left"), np.searchsorted(order, array, "right")
    return (left + right + 1) / 2
