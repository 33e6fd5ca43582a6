"""The learning rate of every step: the rate as set, times the schedule's factor. Free of torch."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.config import RunConfig

Change = tuple[int, str, float]  # from this step on, this field has this value

STEP_DROPS = (0.5, 0.75)  # shares of all steps, after each of which the rate is divided by ten


def learning_rate_at(config: RunConfig, changes: Sequence[Change], step: int, total_steps: int) -> float:
    """The rate of the update after `step` steps; a change applies from its step, the schedule runs over all steps."""
    return set_rate_at(config, changes, step) * _factor(config.schedule, step / total_steps)


def set_rate_at(config: RunConfig, changes: Sequence[Change], step: int) -> float:
    """The rate set at that step, before the schedule."""
    rates = [value for at, field, value in changes if field == "learning_rate" and at <= step]
    return rates[-1] if rates else config.learning_rate


def _factor(schedule: str, done: float) -> float:
    """The factor on the rate when this share of the steps is done."""
    if schedule == "step":
        return float(0.1 ** sum(done >= drop for drop in STEP_DROPS))
    if schedule == "cosine":  # Loshchilov and Hutter 2017, without restarts
        return 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))
    return 1.0
