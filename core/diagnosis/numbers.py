"""The numbers of one run as its learner sees them, the input of every diagnosis."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import NDArray

from core import catalog
from core.config import RunConfig
from core.runs.records import Curve, State
from core.runs.views import RunView
from core.training import Evaluation

# In 48 short runs of the small ResNet, recomputing the running averages raised the accuracy on the training images by
# up to 55 points after at most 60 steps, but not after 100 or more.
LAGGING_STEPS = 100


@dataclass(frozen=True)
class RunNumbers:
    """`config` has the learning rate as last set, `earlier_rates` those before; `losses` is (step,) float32, not finite
    where a run diverged; `is_final` means that the run has ended, at its planned end or earlier; `diverged_step` counts
    from 1."""

    config: RunConfig
    losses: NDArray[np.float32]
    evaluations: tuple[Evaluation, ...]
    steps_per_epoch: int
    num_validation: int
    is_final: bool
    diverged_step: int | None = None
    earlier_rates: tuple[float, ...] = ()

    @property
    def at_largest_rate(self) -> RunConfig:
        """The settings with the largest rate used, which is to blame if steps were too large."""
        return self.config.replaced(learning_rate=max((self.config.learning_rate, *self.earlier_rates)))

    @property
    def is_complete(self) -> bool:
        """Whether it is trained and measured up to its planned end."""
        return bool(self.evaluations) and self.evaluations[-1].epoch >= self.config.epochs

    @property
    def epochs_done(self) -> float:
        return len(self.losses) / self.steps_per_epoch

    @property
    def rounded_epochs(self) -> float:
        """Epochs with one decimal, rounded down, as an epoch with a missing step is not done."""
        return 10 * len(self.losses) // self.steps_per_epoch / 10

    @property
    def averages_lag(self) -> bool:
        """Whether it was measured with running averages that cannot have caught up with the weights yet."""
        return len(self.losses) < LAGGING_STEPS and catalog.specs("models")[self.config.model]["running_averages"]

    @property
    def last(self) -> Evaluation:
        """The last measurement. Raises IndexError if there is none."""
        return self.evaluations[-1]

    @property
    def best(self) -> Evaluation:
        """The first measurement with the highest validation accuracy. Raises ValueError if there is none."""
        return max(self.evaluations, key=lambda each: each.val_accuracy)


def numbers_of(view: RunView, curve: Curve, num_validation: int) -> RunNumbers:
    """`curve` is the run's curve, `num_validation` the size of its validation set."""
    return RunNumbers(
        config=view.config.replaced(learning_rate=view.learning_rate),
        earlier_rates=(view.config.learning_rate, *(rate for _, rate in view.changes))[:-1],
        losses=curve.losses,
        evaluations=curve.evaluations,
        steps_per_epoch=view.steps_per_epoch,
        num_validation=num_validation,
        is_final=view.is_final,
        diverged_step=view.finding_step if view.state is State.DIVERGED else None,
    )


def num_trained_on(run: RunNumbers) -> int:
    """Number of different training images; never more than the data set has, as a machine may have only part of it."""
    known = run.config.num_used(catalog.spec_of("datasets", run.config.dataset)["num_train"])
    return min(known, run.steps_per_epoch * run.config.batch_size)


def rounded_points(share_a: float, share_b: float) -> float:
    """a - b in points: the difference of the percentages as written in sentences, with one decimal each."""
    a, b = (Decimal(100 * share).quantize(Decimal("0.1"), ROUND_HALF_UP) for share in (share_a, share_b))
    return float(a - b)


def part_means(losses: NDArray[np.float32], num_parts: int) -> NDArray[np.float64]:
    """The trend of a noisy loss: means over equal parts of the run, fewer than `num_parts` if there are fewer steps."""
    num_parts = min(num_parts, len(losses))
    starts = np.arange(num_parts) * len(losses) // num_parts
    return np.add.reduceat(losses, starts, dtype=np.float64) / np.diff(starts, append=len(losses))
