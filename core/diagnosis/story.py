"""What happened in a run, as facts for three sentences and notes; the text is in `data/i18n` under `[story]`.

No sentence claims more than the interval of its shares allows.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core import catalog
from core.diagnosis.interval import difference, excludes_zero, wilson
from core.diagnosis.numbers import RunNumbers, num_trained_on, part_means, rounded_points
from core.diagnosis.shape import NUM_PARTS, followed, left_at
from core.diagnosis.trouble import find_trouble

Sentence = tuple[str, Mapping[str, float]]  # text key, values of its placeholders

# A flat loss this far above chance means that the network has not even learnt to avoid the outputs without a class.
ABOVE_GUESSING = 1.1
SHOWN_BY_LOSS = ("diverged", "collapsed", "flat")  # the first two sentences have the evidence; only the cause is new


def story(run: RunNumbers) -> tuple[Sentence, ...]:
    """How the loss developed; what was reached on unseen images; what may be concluded. Then a note for each setting
    that affects how the numbers should be read. Shares are from 0 to 1, `points` are percentage points."""
    ending, notes = _ending(run), _notes(run)
    if ending[0] != "story.end.behind" and (behind := _behind(run)):
        notes.append(("story.note.behind", behind))
    return (_loss(run), _accuracy(run), ending, *notes)


def compare(a: RunNumbers, b: RunNumbers) -> Sentence:
    """Whether two runs' last validation accuracies differ beyond the 95 % interval of their difference (`difference`).

    The text has placeholders `a` and `b` for the runs' names. The result need not hold for other seeds.
    """
    if not a.evaluations or not b.evaluations:
        return "compare.unmeasured", {}
    if _validation(a) != _validation(b):
        return "compare.different_images", {}
    accuracy_a, accuracy_b = a.last.val_accuracy, b.last.val_accuracy
    interval = difference(accuracy_a, a.num_validation, accuracy_b, b.num_validation)
    ahead = "compare.a_ahead" if accuracy_a > accuracy_b else "compare.b_ahead"
    return ahead if excludes_zero(interval) else "compare.alike", {
        "a_accuracy": accuracy_a,
        "b_accuracy": accuracy_b,
        "num_validation": a.num_validation,
        **_points(accuracy_a, accuracy_b, interval),
    }


def _validation(run: RunNumbers) -> tuple[object, ...]:
    return run.config.dataset, run.config.val_shift, run.num_validation


def _loss(run: RunNumbers) -> Sentence:
    if not len(run.losses):
        return "story.loss.none", {}
    finite = run.losses[np.isfinite(run.losses)].astype(np.float64)
    facts = {"chance": run.config.chance_loss, "epochs": run.rounded_epochs, "first": float(run.losses[0])}
    if run.diverged_step is not None:
        highest = float(finite.max()) if len(finite) else np.inf
        return "story.loss.diverged", facts | {"step": run.diverged_step, "highest": highest}
    parts = part_means(run.losses, NUM_PARTS)
    facts |= {"last": float(parts[-1])}
    if run.epochs_done < 1:
        return "story.loss.begun", facts | {"steps": len(run.losses)}
    shape = followed(run.losses, run.config.chance_loss)
    if shape == "explodes":
        return "story.loss.exploded", facts | {"highest": float(finite.max())}
    if shape == "stays_flat":
        above = parts[[0, -1]] > ABOVE_GUESSING * run.config.chance_loss
        key = "above" if above[1] else "reached" if above[0] else "stayed"
        return f"story.loss.{key}", facts | {"num_classes": run.config.num_classes}
    epochs_a_part = run.epochs_done / len(parts)
    if shape == "falls_then_rises":
        lowest = int(parts.argmin())
        return "story.loss.returned", facts | {
            "lowest": float(parts[lowest]),
            "lowest_epoch": (lowest + 1) * epochs_a_part,
        }
    left = (left_at(run.losses, run.config.chance_loss) or 0.0) * run.epochs_done
    return "story.loss.fell", facts | {"left_epoch": left + epochs_a_part / 2}  # the middle of a part


def _accuracy(run: RunNumbers) -> Sentence:
    if not run.evaluations:
        return "story.accuracy.none", {}
    accuracy = run.last.val_accuracy
    low, high = wilson(accuracy, run.num_validation)
    largest = catalog.largest_share(run.config.dataset)
    key = "above" if low > (largest or run.config.chance) else "chance"
    return f"story.accuracy.{'uneven_' if largest else ''}{key}", {
        "num_validation": run.num_validation,
        "accuracy": accuracy,
        "low": low,
        "high": high,
        "chance": run.config.chance,
        "largest": largest or run.config.chance,
        "epoch": run.last.epoch,
    }


def _ending(run: RunNumbers) -> Sentence:
    """The last sentence: trouble, or what is missing, or how training and validation compare."""
    if trouble := find_trouble(run):
        return (trouble.cause_key, {}) if trouble.kind in SHOWN_BY_LOSS else (trouble.key("text"), trouble.evidence)
    if not run.is_complete:
        early, going = ("early", "going") if run.epochs_done >= 1 else ("early_first", "going_first")
        key = f"story.end.{early if run.is_final else going}"
        return key, {"done": run.rounded_epochs, "epochs": run.config.epochs}
    return _gap(run)


def _gap(run: RunNumbers) -> Sentence:
    trained, unseen = run.last.train_accuracy, run.last.val_accuracy
    interval = difference(trained, num_trained_on(run), unseen, run.num_validation)
    facts = {"train_accuracy": trained, "num_validation": run.num_validation, **_points(trained, unseen, interval)}
    if run.config.label_noise:
        return "story.end.noisy", facts | {"label_noise": run.config.label_noise}
    if not excludes_zero(interval):
        return f"story.end.closed_{_side(rounded_points(trained, unseen))}", facts
    if interval[1] < 0:
        return "story.end.behind", facts
    if run.averages_lag:
        return "story.end.lagging", facts | {"steps": len(run.losses)}
    return "story.end.shifted" if run.config.val_shift else "story.end.open", facts


def _side(gap: float) -> str:
    """The side on which the training accuracy lies, to the one decimal that the sentence shows."""
    if not gap:
        return "equal"
    return "above" if gap > 0 else "below"


def _points(share_a: float, share_b: float, interval: tuple[float, float]) -> dict[str, float]:
    """The larger minus the smaller share, with its interval, in points."""
    low, high = interval if share_a >= share_b else (-interval[1], -interval[0])
    return {"points": abs(rounded_points(share_a, share_b)), "low_points": 100 * low, "high_points": 100 * high}


def _notes(run: RunNumbers) -> list[Sentence]:
    config, notes = run.config, list[Sentence]()
    if run.earlier_rates:
        notes.append(("story.note.rate", {"first": run.earlier_rates[0], "last": config.learning_rate}))
    if config.val_shift:
        notes.append(("story.note.val_shift", {"pixels": config.val_shift}))
    if config.label_noise:
        notes.append(("story.note.label_noise", {"share": config.label_noise}))
    if config.train_share < 1:
        notes.append(("story.note.train_share", {"share": config.train_share, "num_images": num_trained_on(run)}))
    if _is_augmented(run):
        notes.append(("story.note.augmented", {}))
    return notes


def _is_augmented(run: RunNumbers) -> bool:
    return run.config.augment_shift or run.config.augment_flip or run.config.augment_crop


def _behind(run: RunNumbers) -> Mapping[str, float] | None:
    """The first epoch whose training accuracy is below the validation accuracy beyond the interval; None if the
    training images or labels explain it."""
    if run.config.label_noise or _is_augmented(run):
        return None
    for each in run.evaluations:
        share, images = each.train_accuracy, num_trained_on(run)
        if difference(share, images, each.val_accuracy, run.num_validation)[1] < 0:
            return {"epoch": each.epoch, "train_accuracy": share, "val_accuracy": each.val_accuracy}
    return None
