"""What one measurement gives away about a run. Free of torch, so that the pages' process asks by the same rules."""

from __future__ import annotations

import math

from core.config import RunConfig
from core.models import NUM_CLASSES
from core.training.result import Evaluation, Finding

FRESH_LOSS = math.log(NUM_CLASSES)  # of networks that know nothing yet: they have ten outputs for any data set

# A collapsed network's logits no longer depend on the image; fresh weights already spread ten times this.
COLLAPSED_SPREAD = 1e-3
# A flat one has not left the loss of guessing by one part in fifty.
FLAT_SHARE = 0.98


def finding_of(evaluation: Evaluation, config: RunConfig) -> Finding | None:
    """The engine's flag after an epoch. Flat says little before the end: many a sound run is flat for a while."""
    if is_collapsed(evaluation):
        return "collapsed"
    return "flat" if is_flat(evaluation, config) else None


def is_collapsed(evaluation: Evaluation) -> bool:
    """One answer for every image."""
    return evaluation.logit_spread < COLLAPSED_SPREAD


def is_flat(evaluation: Evaluation, config: RunConfig) -> bool:
    """Neither the training nor the validation images are told better than by guessing; False for what is no number."""
    floor = FLAT_SHARE * config.chance_loss
    return evaluation.train_loss > floor and evaluation.val_loss > floor
