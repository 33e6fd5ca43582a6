"""Which of a few drawn curves a training loss followed, and how to draw them.

A run is cut into 60 equal parts, for the mean loss of each: 7 or 8 steps each for the survey's ten epochs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from core.diagnosis.numbers import RunNumbers, part_means
from core.training.findings import FRESH_LOSS

Guess = Literal["flat_then_falls", "falls_at_once", "falls_then_rises", "explodes"]
Shape = Literal[Guess, "stays_flat"]
GUESSES: tuple[Guess, ...] = get_args(Guess)
SHAPES: tuple[Shape, ...] = (*GUESSES, "stays_flat")
FALLS: tuple[Shape, ...] = ("flat_then_falls", "falls_at_once")

NUM_PARTS = 60
LAST_SHARE = 1 / 10  # of the parts, which are fewer in a run of few steps
# Below this share of the chance loss a run has left it; the noise of batches of 32 stays above.
LEFT_SHARE = 0.9
# If this much of the run stays near chance, it is visibly flat. The survey's settings stay there for half a run and
# more, ten times their rate for a tenth.
FLAT_FOR = 1 / 6
# A loss that returns half-way to chance has lost what was learnt; an oscillating run keeps more.
RETURNED_SHARE = 0.5
# Whatever the number of classes, initial weights start there.
# Of runs that never left it, collapsed ones stayed below 7 or jumped above 200.
EXPLODED_LOSS = 10 * FRESH_LOSS

# A part with such a mean loss is no longer near chance or below, so neither drawn curve that only falls fits.
JUMPED_LOSS = 2 * FRESH_LOSS

SKETCH_POINTS = 40
SKETCH_TOP = 12 * FRESH_LOSS  # crosses the top of the lab's loss axis, at three times the chance loss, half-way


def shape_of(run: RunNumbers) -> Shape | None:
    """The curve that a run followed. None before its planned end, as the rest could still change it, and where no curve
    is drawn: the loss only fell from that of ten outputs to that of guessing among fewer classes, or jumped high and
    fell all the same."""
    if not run.is_complete and run.diverged_step is None:
        return None
    shape = followed(run.losses, run.config.chance_loss)
    fell_among_fewer = shape == "stays_flat" and left_at(run.losses, FRESH_LOSS) is not None
    has_jumped = shape in FALLS and part_means(run.losses, NUM_PARTS).max() > JUMPED_LOSS
    return None if fell_among_fewer or has_jumped else shape


def followed(losses: NDArray[np.float32], chance_loss: float) -> Shape:
    """The same for losses (step,) alone, at least one; `chance_loss` is that of guessing."""
    if not np.isfinite(losses).all():
        return "explodes"
    parts, left = part_means(losses, NUM_PARTS), left_at(losses, chance_loss)
    lowest, last = float(parts.min()), float(parts[-math.ceil(LAST_SHARE * len(parts)) :].mean())
    highest = last if left is not None else float(losses.max())  # a network that had learnt may recover from a spike
    if highest > EXPLODED_LOSS:
        return "explodes"
    if left is None:
        return "stays_flat"
    if last - lowest > RETURNED_SHARE * (chance_loss - lowest):
        return "falls_then_rises"
    return "flat_then_falls" if left >= FLAT_FOR else "falls_at_once"


def left_at(losses: NDArray[np.float32], chance_loss: float) -> float | None:
    """The share of the run after which its loss had left the chance level; None if it never did."""
    parts = part_means(losses, NUM_PARTS)
    below = np.flatnonzero(parts < LEFT_SHARE * chance_loss)
    return float(below[0] / len(parts)) if len(below) else None


def sketch(guess: Guess) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A curve to choose from: x from 0 to 1 of the run, y a loss that starts at chance level; both (40,)."""
    x = np.linspace(0.0, 1.0, SKETCH_POINTS)
    fall = np.exp(-7 * x)
    late_fall = 1 / (1 + np.exp(16 * (x - 0.72)))
    dip = np.exp(-(((x - 0.3) / 0.16) ** 2))
    share_of_chance = {
        "flat_then_falls": 0.12 + 0.88 * late_fall / late_fall[0],
        "falls_at_once": 0.02 + 0.98 * fall,
        "falls_then_rises": 1 - 0.8 * (dip - dip[0] * (1 - x)),
        "explodes": 1 + (SKETCH_TOP / FRESH_LOSS - 1) * x**3,
    }
    return x, FRESH_LOSS * share_of_chance[guess]


def shape_key(shape: Shape, part: Literal["label", "means"]) -> str:
    """The text key of a shape's name, or of a sentence on what it means."""
    return f"shape.{shape}.{part}"


def guess_key(guess: Guess, outcome: Shape, has_collapsed: bool) -> tuple[str, Mapping[str, str]]:
    """The text for a guess compared with the outcome: a key, and the keys for its placeholders."""
    flat_by_collapse = outcome == "stays_flat" and has_collapsed
    because = "guess.because.stays_collapsed" if flat_by_collapse else f"guess.because.{outcome}"
    places = {"happened": shape_key(outcome, "label"), "because": because}
    if guess == outcome:
        return "guess.right", places
    return "guess.wrong", {"expected": shape_key(guess, "label"), **places}
