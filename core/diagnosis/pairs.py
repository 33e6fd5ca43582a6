"""Two runs on the same images: whether chance explains their difference, and whether seeds do. The words live in
`data/i18n` under `[compare]`."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.diagnosis.story import Sentence

CHANCE = 0.05  # what is less probable than that is no chance
Right = NDArray[np.bool_]  # (images,): where a run is right


def mcnemar(only_a: int, only_b: int) -> float:
    """How probable so uneven a split is, or a more uneven one, if each image on which one run alone is right could as
    well have been the other's (McNemar's test, exact: a binomial with one half)."""
    num, fewer = only_a + only_b, min(only_a, only_b)
    ways = ways_so_far = 1
    for taken in range(fewer):
        ways = ways * (num - taken) // (taken + 1)
        ways_so_far += ways
    chance: float = 2 * ways_so_far / 2**num
    return min(1.0, chance)


def paired(a: Right, b: Right) -> Sentence:
    """What may be said of two runs on the same images. The words have places `a` and `b` for the runs' names."""
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
    """How probable it is that the bands of so many seeds do not touch, if all come from one distribution: of all orders
    of the accuracies, those in which one setting's stand first."""
    return 2 / math.comb(num_a + num_b, num_a)


def seeds_overlap(a: Sequence[float], b: Sequence[float]) -> bool | None:
    """Whether the bands of two settings' accuracies, from their worst seed to their best, touch; None where neither
    has two seeds."""
    if max(len(a), len(b)) < 2:
        return None
    return max(min(a), min(b)) <= min(max(a), max(b))
