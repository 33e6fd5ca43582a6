"""What a network's answers to the validation images come to: counts, shares and calibration. NumPy alone.

Logits are (images, classes); a truth or a prediction is the number of a class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.integer[Any]]
Shares = NDArray[np.float32]
NOTABLE = 0.005  # of probability: less shows as 0 %
LARGEST = float(np.finfo(np.float16).max)


def probabilities(logits: NDArray[np.floating[Any]]) -> Shares:
    """Their softmax, (…, classes) float32. A logit beyond float16's range counts as its largest number."""
    finite = np.nan_to_num(logits.astype(np.float32), posinf=LARGEST, neginf=-LARGEST)
    raised = np.exp(finite - finite.max(-1, keepdims=True))
    shares: Shares = raised / raised.sum(-1, keepdims=True)
    return shares


def together(shares: Shares, num_classes: int) -> Shares:
    """Probabilities of the classes; those of the outputs that stand for no class as one more, if they ever come to a
    share worth a word: (…, classes) or (…, classes + 1)."""
    rest = shares[..., num_classes:].sum(-1, keepdims=True)
    return np.concatenate([shares[..., :num_classes], rest[..., : int((rest > NOTABLE).any())]], axis=-1)


def confusion(truths: Numbers, predicted: Numbers, num_classes: int) -> NDArray[np.int64]:
    """How many images of each class (row) were taken for each class (column), or, in the last column, for an output
    that stands for no class: (classes, classes + 1)."""
    taken = np.minimum(predicted, num_classes)
    counts = np.bincount(truths * (num_classes + 1) + taken, minlength=num_classes * (num_classes + 1))
    return counts.reshape(num_classes, num_classes + 1)


def worth_a_column(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Confusion matrices, (…, classes, classes + 1), without the last column if it holds nothing in any of them."""
    return counts if counts[..., -1].any() else counts[..., :-1]


@dataclass(frozen=True)
class Answers:
    """What a network answered to all validation images, small: `predicted` is the class of each image, `confidence` the
    probability of that class in whole half percents; both are (images,) uint8."""

    predicted: NDArray[np.uint8]
    confidence: NDArray[np.uint8]


def small(logits: NDArray[np.floating[Any]]) -> Answers:
    """Half percents are rounded down, so that to whole percents they round as the probability itself."""
    shares = probabilities(logits)
    return Answers(shares.argmax(1).astype(np.uint8), np.floor(200 * shares.max(1)).astype(np.uint8))


def worth_showing(answers: Sequence[Answers], truths: Numbers, at_most: int) -> NDArray[np.int64]:
    """The numbers of so many images, in order: those that were wrong most often, and then the first ones."""
    times_wrong = sum((each.predicted != truths).astype(np.int64) for each in answers)
    chosen = np.argsort(-np.asarray(times_wrong), kind="stable")[:at_most]
    return np.sort(chosen)


def precision_and_recall(counts: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each class, from a confusion matrix: the share right of what was taken for it, and the share of it that was
    found; nan where there is nothing to share."""
    right, taken, there = counts.diagonal(), counts.sum(0)[: len(counts)], counts.sum(1)
    with np.errstate(invalid="ignore"):
        return right / taken, right / there


@dataclass(frozen=True)
class Calibration:
    """Images by the probability of their predicted class, in bins of equal width: how many, the mean probability and
    the share right (nan in an empty bin). `error` is the expected calibration error (Naeini et al., 2015): the mean
    distance of the two, weighted by the number of images."""

    images: NDArray[np.int64]
    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    error: float


def calibration(shares: Shares, truths: Numbers, num_bins: int = 10) -> Calibration:
    """A bin holds its upper edge."""
    top = shares.max(1).astype(np.float64)
    is_right = shares.argmax(1) == truths
    edges = np.linspace(0, 1, num_bins + 1)
    bins = np.searchsorted(edges[1:-1], top, side="left")
    images = np.bincount(bins, minlength=num_bins)
    with np.errstate(invalid="ignore"):
        confidence = np.bincount(bins, top, num_bins) / images
        accuracy = np.bincount(bins, is_right, num_bins) / images
    error = float(np.nansum(np.abs(confidence - accuracy) * images) / max(len(truths), 1))
    return Calibration(images, confidence, accuracy, error)


def chance_gap(shares: Shares) -> float:
    """How far the share right of a network whose probabilities fit may lie off their mean: two standard deviations."""
    top = shares.max(1).astype(np.float64)
    return float(2 * np.sqrt((top * (1 - top)).sum()) / max(len(top), 1))
