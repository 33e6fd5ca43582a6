"""What went wrong with a run, by rules with explicit thresholds, with the evidence and safer settings for a retry.

Before its end, only trouble that a run cannot recover from is reported. After changing a threshold run `tests/presets`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

import numpy as np

from core.config import RunConfig
from core.diagnosis.interval import difference
from core.diagnosis.numbers import RunNumbers, num_trained_on, part_means, rounded_points
from core.diagnosis.remedy import Cause, Kind, remedy
from core.training.findings import is_collapsed, is_flat

Evidence = Mapping[str, float]

# Units that are zero for every image pass no gradient: with half of them silent a collapsed network never recovered.
# Good runs have a fifth of them, with Adam at a high rate up to three fifths, so this alone is no sign of trouble.
DEAD_SHARE = 0.5
# The mean loss over a tenth of a run is within 0.01 of its true trend. The loss of good runs rose or recovered by up to
# 0.16 in their second half, that of one with batch size 4 by 0.30; runs at 0.1 that had not collapsed by 0.39 to 0.89.
SWING = 0.15  # of the chance loss
TENTHS, BATCHES_A_TENTH = 10, 10  # fewer batches make a noisy mean
# A training accuracy above the share of right labels is only possible by memorising. The share of wrong labels varies
# by 2.6 points (two standard deviations) for 1,437 images.
MEMORISED_SHARE = 0.04
# Good runs on all images end with a gap of up to 6 points between training and validation, 72 images give 11 to 16.
OVERFIT_GAP = 0.08
FEW_EPOCHS = 3  # a first epoch may begin with a spike, and one epoch's gap may be noise in the validation accuracy


@dataclass(frozen=True)
class Trouble:
    """`evidence` fills the placeholders of the kind's text; `retry` starts afresh and differs by the `changes`."""

    kind: Kind
    evidence: Evidence
    cause: Cause
    changes: Mapping[str, float]
    retry: RunConfig

    def key(self, part: Literal["title", "text", "retry"]) -> str:
        """A text key of this kind; the text `retry` has a placeholder for the `changes`."""
        return f"trouble.{self.kind}.{part}"

    @property
    def cause_key(self) -> str:
        return f"trouble.cause.{self.cause}"

    def placeholders(self) -> Mapping[str, tuple[str, Mapping[str, float]]]:
        """Placeholders that are filled with other texts: their key and facts."""
        if self.kind != "collapsed":
            return {}
        spread = {"logit_spread": self.evidence["logit_spread"]}
        best = {key: self.evidence[key] for key in ("best_epoch", "best_accuracy")}
        was_better = best["best_epoch"] < self.evidence["epoch"]
        return {
            "scores": ("trouble.scores.alike" if spread["logit_spread"] else "trouble.scores.same", spread),
            "best": ("trouble.best.before" if was_better else "trouble.best.never", best),
        }

    def change_texts(self) -> tuple[tuple[str, Mapping[str, float]], ...]:
        """Key and facts of each changed setting."""
        values = {"epoch" if each == ("epochs", 1) else each[0]: each[1] for each in self.changes.items()}
        return tuple((f"trouble.change.{key}", {"value": value}) for key, value in values.items())


def find_trouble(run: RunNumbers) -> Trouble | None:
    """The first kind of trouble, in the order of RULES, that the numbers show; None if there is none."""
    for kind, rule in RULES.items():
        evidence = rule(run)
        if evidence is not None:
            cause, changes = remedy(kind, run, faded=has_faded(run))
            return Trouble(kind, evidence, cause, changes, run.config.replaced(**changes))
    return None


def _diverged(run: RunNumbers) -> Evidence | None:
    step = run.diverged_step
    if step is None and run.evaluations and not math.isfinite(run.last.val_loss):
        step = run.last.step  # caused by the very last update
    if step is None:
        return None
    numbers = run.losses[np.isfinite(run.losses)]
    return {
        "step": step,
        "epoch": -(-step // run.steps_per_epoch),
        "highest_loss": float(numbers.max()) if len(numbers) else math.inf,
        "chance": run.config.chance_loss,
        "learning_rate": run.config.learning_rate,
    }


def _collapsed(run: RunNumbers) -> Evidence | None:
    if not run.evaluations or not is_collapsed(run.last):
        return None
    if has_faded(run) and not run.is_final:
        return None  # a deep network may still begin to learn
    *_, since = takewhile(is_collapsed, reversed(run.evaluations))
    return {
        "epoch": since.epoch,
        "step": since.step,
        "val_loss": run.last.val_loss,
        "chance": run.config.chance_loss,
        "silent_units": run.last.silent_units,
        "gradient_norm": run.last.gradient_norm,
        "logit_spread": run.last.logit_spread,
        "best_accuracy": run.best.val_accuracy,
        "best_epoch": run.best.epoch,
    }


def has_faded(run: RunNumbers) -> bool:
    """Whether every image gets the same answer although units are alive: the signal faded on its way."""
    return bool(run.evaluations) and is_collapsed(run.last) and run.last.silent_units < DEAD_SHARE


def _flat(run: RunNumbers) -> Evidence | None:
    if not (run.is_final and run.is_complete and is_flat(run.last, run.config)):
        return None
    return {
        "epochs": run.last.epoch,
        "val_loss": run.last.val_loss,
        "chance": run.config.chance_loss,
        "last_accuracy": run.last.val_accuracy,
        "gradient_norm": run.last.gradient_norm,
        "learning_rate": run.config.learning_rate,
    }


def _memorising(run: RunNumbers) -> Evidence | None:
    noise = run.config.label_noise
    if not run.is_final or not noise or not run.evaluations:
        return None
    varies_by = 2 * math.sqrt(noise * (1 - noise) / num_trained_on(run))
    by_rule = max(
        1 - noise, noise / (run.config.num_classes - 1)
    )  # with few classes, wrong labels may be learnt as the rule
    if run.last.train_accuracy < by_rule + max(MEMORISED_SHARE, varies_by):
        return None
    return _measured(run) | {"right_share": 1 - noise}


def _oscillating(run: RunNumbers) -> Evidence | None:
    if not run.is_final or len(run.evaluations) < FEW_EPOCHS or len(run.losses) < TENTHS * BATCHES_A_TENTH:
        return None
    tenths = part_means(run.losses, TENTHS)
    rises = float(np.diff(tenths[TENTHS // 2 :]).clip(0).sum())
    rebound = float(tenths[-1] - tenths.min())
    if max(rises, rebound) < SWING * run.config.chance_loss:
        return None
    return _measured(run) | {
        "swing": max(rises, rebound),
        "lowest_loss": float(tenths.min()),
        "last_loss": float(tenths[-1]),
        "gradient_norm": run.last.gradient_norm,
    }


def _overfitting(run: RunNumbers) -> Evidence | None:
    late = run.evaluations[-FEW_EPOCHS:]
    if not run.is_final or len(late) < FEW_EPOCHS or run.config.val_shift or run.config.label_noise or run.averages_lag:
        return None  # shifted images, wrong labels and lagging averages cause a gap of their own
    if min(each.train_accuracy - each.val_accuracy for each in late) < OVERFIT_GAP:
        return None
    low, _ = difference(run.last.train_accuracy, num_trained_on(run), run.last.val_accuracy, run.num_validation)
    if low <= 0:
        return None
    gap_points = rounded_points(run.last.train_accuracy, run.last.val_accuracy)
    return _measured(run) | {"num_images": num_trained_on(run), "gap_points": gap_points}


def _measured(run: RunNumbers) -> dict[str, float]:
    return {
        "train_accuracy": run.last.train_accuracy,
        "last_accuracy": run.last.val_accuracy,
        "last_epoch": run.last.epoch,
        "best_accuracy": run.best.val_accuracy,
        "best_epoch": run.best.epoch,
    }


RULES: Mapping[Kind, Callable[[RunNumbers], Evidence | None]] = {
    "diverged": _diverged,
    "collapsed": _collapsed,
    "flat": _flat,
    "memorising": _memorising,
    "oscillating": _oscillating,
    "overfitting": _overfitting,
}
