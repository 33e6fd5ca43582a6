"""The learning rate of every step: the one that was set, times what the schedule makes of it. Free of torch."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.config import RunConfig

Change = tuple[int, str, float]  # from this step on, this field has this value

STEP_DROPS = (0.5, 0.75)  # after these shares of all steps, a tenth of the rate before


def learning_rate_at(config: RunConfig, changes: Sequence[Change], step: int, total_steps: int) -> float:
    """The rate of the update after `step` steps; `changes` count from their step, the schedule runs over all steps."""
    return set_rate_at(config, changes, step) * _factor(config.schedule, step / total_steps)


def set_rate_at(config: RunConfig, changes: Sequence[Change], step: int) -> float:
    """The rate as set by then, before the schedule."""
    rates = [value for at, field, value in changes if field == "learning_rate" and at <= step]
    return rates[-1] if rates else config.learning_rate


def _factor(schedule: str, done: float) -> float:
    """What a schedule leaves of the rate when this share of the steps is done."""
    if schedule == "step":
        return float(0.1 ** sum(done >= drop for drop in STEP_DROPS))
    if schedule == "cosine":  # Loshchilov and Hutter 2017, without restarts
        return 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))
    return 1.0
