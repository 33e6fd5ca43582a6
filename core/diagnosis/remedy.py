"""What to try after trouble: its likely cause, and the settings to change. Tested by `tests/presets`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from core import catalog
from core.config import RunConfig, limits, times
from core.diagnosis.interval import wilson
from core.diagnosis.numbers import RunNumbers

Kind = Literal["diverged", "collapsed", "flat", "memorising", "oscillating", "overfitting"]
Cause = Literal[
    "rate_large", "rate_small", "momentum_large", "decay_large", "deep", "few_steps",
    "noisy_labels", "wrong_labels", "few_images", "same_images",
]  # fmt: skip
Changes = Mapping[str, float]
Remedy = tuple[Cause, Changes]

# Settings at which the lab's networks learn the digits.
SAFE_MOMENTUM = 0.9  # 0.99 makes a step ten times as large in the end
SAFE_DECAY = 0.01  # 0.1 with SGD pulls the weights to zero
SAFE_DEPTH = 4  # eight plain layers without normalisation learn nothing
SAFE_NOISE = 0.5  # of the labels; beyond that there is hardly anything to learn

SMALL_BATCH, MANY_EPOCHS = 32, 50  # more steps for a run that had few
FEW_EPOCHS = 10  # on all images instead of many epochs on few; also enough for a run that was planned shorter


def remedy(kind: Kind, run: RunNumbers, faded: bool) -> Remedy:
    """`faded` means that a collapsed network's units are alive. Every remedy changes something, unless the learning
    rate is already at its lower limit."""
    config = run.config if kind == "flat" else run.at_largest_rate
    if kind == "memorising":
        return _memorised(run)
    if kind == "overfitting":
        return _overfitted(run)
    if kind == "oscillating":
        return _smaller_steps(config, min(_third(config), 3 * safe_rate(config)))
    if kind == "flat" or faded:
        return _lost_signal(config) or _stuck(config)
    cause, changes = _smaller_steps(config, safe_rate(config))
    longer = {"epochs": FEW_EPOCHS} if kind == "diverged" and config.epochs < FEW_EPOCHS else {}
    return cause, {**changes, **longer}


def safe_rate(config: RunConfig) -> float:
    return float(catalog.specs("optimizers")[config.optimizer]["safe_rate"])


def _smaller_steps(config: RunConfig, rate: float) -> Remedy:
    """At most that rate, and safe momentum and decay; if all are already safe, fewer layers or a third of the rate."""
    changes = _too_large(config, rate)
    causes: Mapping[str, Cause] = {
        "learning_rate": "rate_large", "momentum": "momentum_large", "weight_decay": "decay_large",
    }  # fmt: skip
    if not changes and _is_deep(config):
        return "deep", {"depth": SAFE_DEPTH}
    if not changes:
        return "rate_large", {"learning_rate": _third(config)}
    return causes[next(iter(changes))], changes


def _too_large(config: RunConfig, rate: float) -> Changes:
    """Changes to settings that make larger steps than that rate with safe momentum and decay."""
    changes: dict[str, float] = {}
    if config.learning_rate > max(rate, safe_rate(config)):
        changes["learning_rate"] = rate
    if config.uses("momentum") and config.momentum > SAFE_MOMENTUM:
        changes["momentum"] = SAFE_MOMENTUM
    if config.uses("weight_decay") and config.weight_decay > SAFE_DECAY:
        changes["weight_decay"] = 0.0
    return changes


def _lost_signal(config: RunConfig) -> Remedy | None:
    """A remedy if something keeps the network at chance level whatever the rate."""
    if config.label_noise > SAFE_NOISE:
        return "noisy_labels", {"label_noise": 0.0}
    if config.uses("weight_decay") and config.weight_decay > SAFE_DECAY:
        return "decay_large", {"weight_decay": 0.0}
    return ("deep", {"depth": SAFE_DEPTH}) if _is_deep(config) else None


def _is_deep(config: RunConfig) -> bool:
    return config.uses("depth") and config.depth > SAFE_DEPTH


def _stuck(config: RunConfig) -> Remedy:
    safe, rate = safe_rate(config), config.learning_rate
    if rate > safe:
        return _smaller_steps(config, safe)
    if rate < safe:
        return "rate_small", {"learning_rate": min(safe, max(times(rate, 10), safe / 10))}
    more: dict[str, float] = {}
    if config.batch_size > SMALL_BATCH:
        more["batch_size"] = SMALL_BATCH
    elif config.epochs < MANY_EPOCHS:
        more["epochs"] = MANY_EPOCHS
    return "few_steps", more or {"learning_rate": times(rate, 3)}


def _memorised(run: RunNumbers) -> Remedy:
    learnt, _ = wilson(run.best.val_accuracy, run.num_validation)
    if learnt <= run.config.chance:  # no epoch is worth going back to
        return "noisy_labels" if run.config.label_noise > SAFE_NOISE else "wrong_labels", {"label_noise": 0.0}
    return "wrong_labels", _fewer_epochs(run) or {"label_noise": 0.0}


def _fewer_epochs(run: RunNumbers) -> Changes:
    """Up to the best epoch, if that is not the last."""
    return {"epochs": run.best.epoch} if run.best.epoch < run.config.epochs else {}


def _overfitted(run: RunNumbers) -> Remedy:
    config = run.config
    if config.train_share < 1:
        shorter = {"epochs": FEW_EPOCHS} if config.epochs > FEW_EPOCHS and not config.same_steps else {}
        bearable = _too_large(config, 3 * safe_rate(config))  # few steps may tolerate what more do not
        return "few_images", {"train_share": 1.0, **shorter, **bearable}
    if not config.augment_shift:  # harder images need more epochs
        longer = {"epochs": min(MANY_EPOCHS, 2 * config.epochs)} if config.epochs < MANY_EPOCHS else {}
        return "same_images", {"augment_shift": True} | longer
    return "same_images", _fewer_epochs(run) or {"epochs": config.epochs // 2}


def _third(config: RunConfig) -> float:
    """A third of the rate, rounded to one digit."""
    low, _ = limits("learning_rate")
    return max(low, float(f"{config.learning_rate / 3:.0e}"))
