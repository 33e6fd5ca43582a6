"""Random investment strategies, and the best of them: selection bias turns chance into a track record."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

MOST = 1_000  # strategies
DAYS_A_YEAR = 252  # of trading
DAYS_A_MONTH = 21
DAILY_SPREAD = 0.01  # standard deviation of a day's return; about 16 % a year
START = 100.0
RACES_KEPT = 96  # cached; half a kilobyte each


@dataclass(frozen=True)
class Race:
    """Two years, month by month, from 100: the best of the first year, and the mean of all. Gains are in percent."""

    best: NDArray[np.float64]
    mean: NDArray[np.float64]
    first_gain: float
    next_gain: float


@lru_cache(RACES_KEPT)
def race(strategies: int, seed: int) -> Race:
    """Strategies whose daily returns are noise of mean zero; the one that gains most in the first year is followed
    through the second. The same seed gives the same market, and fewer strategies are the first of a larger number."""
    random = np.random.default_rng(seed)
    returns = random.normal(0.0, DAILY_SPREAD, (MOST, 2 * DAYS_A_YEAR))[:strategies]
    worth = START * np.cumprod(1 + returns, axis=1)
    monthly = np.hstack([np.full((strategies, 1), START), worth[:, DAYS_A_MONTH - 1 :: DAYS_A_MONTH]])
    year = DAYS_A_YEAR // DAYS_A_MONTH
    best = monthly[monthly[:, year].argmax()]
    return Race(best, monthly.mean(0), 100 * (best[year] / START - 1), 100 * (best[-1] / best[year] - 1))
