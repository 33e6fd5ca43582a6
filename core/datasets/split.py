"""The fixed split of a data set, identical to scikit-learn's `train_test_split(stratify=labels)`. Importing that takes
1.4 s and 150 MB, too much for checking an upload while a class trains on a machine with 1 GB."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]


def stratified_split(labels: NDArray[np.integer], validation_share: float, seed: int) -> tuple[Places, Places]:
    """The indices of the training and of the validation images, shuffled and stratified by class.

    Raises ValueError if a class would be missing in either part.
    """
    random = np.random.RandomState(seed)
    _, class_of, counts = np.unique(labels, return_inverse=True, return_counts=True)
    num_validation = math.ceil(validation_share * len(labels))
    if counts.min() < 2 or num_validation < len(counts):
        raise ValueError("There are too few images for one of each class in both parts.")
    in_training = _shares(counts, len(labels) - num_validation, random)
    in_validation = _shares(counts - in_training, num_validation, random)
    training, validation = [], []
    for each, (first, then) in enumerate(zip(in_training, in_validation, strict=True)):
        shuffled = np.flatnonzero(class_of == each)[random.permutation(counts[each])]
        training.append(shuffled[:first])
        validation.append(shuffled[first : first + then])
    return random.permutation(np.concatenate(training)), random.permutation(np.concatenate(validation))


def _shares(counts: Places, num_drawn: int, random: np.random.RandomState) -> Places:
    """How many of each class make `num_drawn` images: the proportional numbers rounded down, plus one for the largest
    remainders, with ties broken at random."""
    exact = counts / counts.sum() * num_drawn
    whole: Places = exact.astype(np.int64)
    lost, missing = exact - whole, num_drawn - int(whole.sum())
    for value in np.unique(lost)[::-1]:
        if missing <= 0:
            break
        equals = np.flatnonzero(lost == value)
        chosen = random.choice(equals, size=min(len(equals), missing), replace=False)
        whole[chosen] += 1
        missing -= len(chosen)
    return whole
