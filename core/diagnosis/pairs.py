"""Two runs on the same images: whether their difference is more than chance, and more than the spread of seeds. The
text is in `data/i18n` under `[compare]`."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.diagnosis.story import Sentence

CHANCE = 0.05  # significance level
Right = NDArray[np.bool_]  # (images,): where a run is right


def mcnemar(only_a: int, only_b: int) -> float:
    """The p-value of McNemar's exact test: the probability of a split at least this uneven if each image on which only
    one run is right could equally have been the other's (a binomial with one half)."""
    num, fewer = only_a + only_b, min(only_a, only_b)
    ways = ways_so_far = 1
    for taken in range(fewer):
        ways = ways * (num - taken) // (taken + 1)
        ways_so_far += ways
    chance: float = 2 * ways_so_far / 2**num
    return min(1.0, chance)


def paired(a: Right, b: Right) -> Sentence:
    """What may be said about two runs on the same images. The text has placeholders `a` and `b` for their names."""
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    chance = mcnemar(only_a, only_b)
    ahead = "compare.paired.a_ahead" if only_a > only_b else "compare.paired.b_ahead"
    return ahead if chance < CHANCE else "compare.paired.alike", {
        "a_accuracy": float(a.mean()),
        "b_accuracy": float(b.mean()),
        "only_a": only_a,
        "only_b": only_b,
        "chance": math.ceil(1000 * chance) / 1000 if chance < CHANCE else chance,  # "at most", with one decimal
    }


def apart_by_chance(num_a: int, num_b: int) -> float:
    """The probability that the bands of so many seeds do not overlap if all come from one distribution: the share of
    orders of the accuracies in which all of one setting come first."""
    return 2 / math.comb(num_a + num_b, num_a)


def seeds_overlap(a: Sequence[float], b: Sequence[float]) -> bool | None:
    """Whether the bands of two settings' accuracies, worst to best seed, overlap; None if neither has two seeds."""
    if max(len(a), len(b)) < 2:
        return None
    return max(min(a), min(b)) <= min(max(a), max(b))
