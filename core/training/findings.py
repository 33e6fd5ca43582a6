"""Findings from one measurement of a run. Free of torch, so that the app process can apply the same rules."""

from __future__ import annotations

import math

from core.config import RunConfig
from core.models import NUM_CLASSES
from core.training.result import Evaluation, Finding

FRESH_LOSS = math.log(NUM_CLASSES)  # of untrained networks, which have ten outputs for any data set

# A collapsed network's logits no longer depend on the image; initial weights already spread ten times this.
COLLAPSED_SPREAD = 1e-3
# A flat network is still within one part in fifty of the chance loss.
FLAT_SHARE = 0.98


def finding_of(evaluation: Evaluation, config: RunConfig) -> Finding | None:
    """The engine's flag after an epoch. Flat means little before the end: many good runs are flat for a while."""
    if is_collapsed(evaluation):
        return "collapsed"
    return "flat" if is_flat(evaluation, config) else None


def is_collapsed(evaluation: Evaluation) -> bool:
    """One answer for every image."""
    return evaluation.logit_spread < COLLAPSED_SPREAD


def is_flat(evaluation: Evaluation, config: RunConfig) -> bool:
    """Neither training nor validation loss is clearly better than chance; False if a loss is NaN."""
    floor = FLAT_SHARE * config.chance_loss
    return evaluation.train_loss > floor and evaluation.val_loss > floor
