"""Statistics of a network's answers to the validation images: counts, shares and calibration. NumPy only.

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
NOTABLE = 0.005  # smaller probabilities are shown as 0 %
LARGEST = float(np.finfo(np.float16).max)


def probabilities(logits: NDArray[np.floating[Any]]) -> Shares:
    """The softmax of logits, (…, classes) float32. A logit beyond float16's range counts as its largest number."""
    finite = np.nan_to_num(logits.astype(np.float32), posinf=LARGEST, neginf=-LARGEST)
    raised = np.exp(finite - finite.max(-1, keepdims=True))
    shares: Shares = raised / raised.sum(-1, keepdims=True)
    return shares


def merge_unused_outputs(shares: Shares, num_classes: int) -> Shares:
    """Probabilities of the classes, with one more entry for all outputs without a class if it is ever notable:
    (…, classes) or (…, classes + 1)."""
    rest = shares[..., num_classes:].sum(-1, keepdims=True)
    return np.concatenate([shares[..., :num_classes], rest[..., : int((rest > NOTABLE).any())]], axis=-1)


def confusion(truths: Numbers, predicted: Numbers, num_classes: int) -> NDArray[np.int64]:
    """The confusion matrix: how many images of each class (row) were predicted as each class (column) or, in the last
    column, as an output without a class: (classes, classes + 1)."""
    taken = np.minimum(predicted, num_classes)
    counts = np.bincount(truths * (num_classes + 1) + taken, minlength=num_classes * (num_classes + 1))
    return counts.reshape(num_classes, num_classes + 1)


def drop_empty_column(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Confusion matrices, (…, classes, classes + 1), without the last column if it is empty in all of them."""
    return counts if counts[..., -1].any() else counts[..., :-1]


@dataclass(frozen=True)
class Answers:
    """A network's answers to all validation images in compact form: `predicted` is the class of each image,
    `confidence` its probability in half percents; both are (images,) uint8."""

    predicted: NDArray[np.uint8]
    confidence: NDArray[np.uint8]


def small(logits: NDArray[np.floating[Any]]) -> Answers:
    """Half percents are rounded down, so that rounding them to percents gives the same as rounding the probability."""
    shares = probabilities(logits)
    return Answers(shares.argmax(1).astype(np.uint8), np.floor(200 * shares.max(1)).astype(np.uint8))


def worth_showing(answers: Sequence[Answers], truths: Numbers, at_most: int) -> NDArray[np.int64]:
    """The numbers of `at_most` images, in order: those that were wrong most often, then the first ones."""
    times_wrong = sum((each.predicted != truths).astype(np.int64) for each in answers)
    chosen = np.argsort(-np.asarray(times_wrong), kind="stable")[:at_most]
    return np.sort(chosen)


def precision_and_recall(counts: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Precision and recall of each class, from a confusion matrix; NaN where undefined."""
    right, taken, there = counts.diagonal(), counts.sum(0)[: len(counts)], counts.sum(1)
    with np.errstate(invalid="ignore"):
        return right / taken, right / there


@dataclass(frozen=True)
class Calibration:
    """Images by the probability of their predicted class, in bins of equal width: their number, mean probability and
    accuracy (NaN in an empty bin). `error` is the expected calibration error (Naeini et al., 2015): the mean distance
    of the two, weighted by the number of images."""

    images: NDArray[np.int64]
    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    error: float


def calibration(shares: Shares, truths: Numbers, num_bins: int = 10) -> Calibration:
    """Each bin includes its upper edge."""
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
    """How far the accuracy of a calibrated network may differ from its mean probability: two standard deviations."""
    top = shares.max(1).astype(np.float64)
    return float(2 * np.sqrt((top * (1 - top)).sum()) / max(len(top), 1))
