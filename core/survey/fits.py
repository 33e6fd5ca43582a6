"""Fits to published figures: rank correlation, and the doubling time of a trend with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

DAYS_A_YEAR = 365.25
MONTHS_A_YEAR = 12
NORMAL_95 = 1.959964
LEAST_POINTS = 8  # with fewer, a doubling time means nothing


@dataclass(frozen=True)
class Line:
    """log10(value) = intercept + slope * (year - mean_year), by least squares, with the terms of its error."""

    intercept: float
    slope: float
    mean_year: float
    residual: float  # standard deviation around the line, in powers of ten
    sum_of_squares: float  # of the years around their mean
    num_points: int
    r_squared: float

    def at(self, year: float) -> float:
        return float(10 ** self._power(year))

    def interval(self, year: float) -> tuple[float, float]:
        """The 95 % prediction interval of a new value (Draper & Smith, Applied Regression, section 1.4)."""
        error = self.residual * math.sqrt(1 + 1 / self.num_points + (year - self.mean_year) ** 2 / self.sum_of_squares)
        reach = student_95(self.num_points - 2) * error
        return float(10 ** (self._power(year) - reach)), float(10 ** (self._power(year) + reach))

    def _power(self, year: float) -> float:
        return self.intercept + self.slope * (year - self.mean_year)


@dataclass(frozen=True)
class Trend(Line):
    """A rising line with its doubling time and the 95 % interval of that."""

    doubling_months: float
    low_months: float
    high_months: float


def year_of(published: str) -> float:
    """`2017-06-12` or `2017-06` as a year with a fraction; a missing day is the middle of the month."""
    parts = [int(part) for part in published.split("-")]
    year, month, day = (*parts, 7, 1)[:3] if len(parts) == 1 else (*parts, 15)[:3]
    start = date(year, 1, 1)
    return year + (date(year, month, day) - start).days / DAYS_A_YEAR


def line(years: Sequence[float], values: Sequence[float]) -> Line:
    """Least squares on the logarithm to base ten."""
    x, y = np.asarray(years, float), np.log10(np.asarray(values, float))
    mean = float(x.mean())
    slope, intercept = np.polyfit(x - mean, y, 1)
    left = y - (intercept + slope * (x - mean))
    squares, all_squares = float(left @ left), float(((y - y.mean()) ** 2).sum())
    return Line(
        float(intercept), float(slope), mean, math.sqrt(squares / (len(x) - 2)), float(((x - mean) ** 2).sum()),
        len(x), 1 - squares / all_squares if all_squares else 0.0,
    )  # fmt: skip


def trend(years: Sequence[float], values: Sequence[float]) -> Trend | None:
    """None with too few points or if the interval of the slope includes zero."""
    if len(years) < LEAST_POINTS:
        return None
    found = line(years, values)
    reach = student_95(found.num_points - 2) * found.residual / math.sqrt(found.sum_of_squares)
    if found.slope <= reach:
        return None
    slopes = (found.slope, found.slope + reach, found.slope - reach)
    return Trend(*astuple(found), *(math.log10(2) / each * MONTHS_A_YEAR for each in slopes))


def student_95(degrees: int) -> float:
    """The two-sided 95 % quantile of Student's t, by the Cornish-Fisher expansion (Abramowitz & Stegun 26.7.5);
    accurate to 0.1 % from 5 degrees of freedom on."""
    z = NORMAL_95
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(z + sum(term / degrees ** (power + 1) for power, term in enumerate(terms)))


def spearman(first: Sequence[float], second: Sequence[float]) -> float:
    """Spearman's rank correlation, with ties at their mean rank."""
    a, b = _ranks(first), _ranks(second)
    return float(np.corrcoef(a, b)[0, 1])


def _ranks(values: Sequence[float]) -> NDArray[np.float64]:
    array = np.asarray(values, float)
    order = np.sort(array)
    left, right = np.searchsorted(order, array, "left"), np.searchsorted(order, array, "right")
    return (left + right + 1) / 2
