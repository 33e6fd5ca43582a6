"""What a slice returns. Free of torch, so that the app process can read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

ENGINE_REVISION = 2  # increment when any number of a run changes; see the golden test

Finding = Literal["diverged", "collapsed", "flat"]


@dataclass(frozen=True)
class Evaluation:
    """The measurements at the end of one epoch.

    `train_loss` and `train_accuracy` are means over the epoch's images while the weights still moved; the `val_` ones
    are over all validation images with the epoch's last weights. `gradient_norm` is the L2 norm of the last step's
    gradient, `logit_spread` the standard deviation of the logits over the validation images (mean over classes; 0
    means one answer for every image), `silent_units` the share of hidden units that no probed image excites.
    """

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    gradient_norm: float
    logit_spread: float
    silent_units: float


@dataclass(frozen=True)
class Snapshot:
    """A network's state at the end of an epoch: validation logits (N, 10) float16, at some epochs the weights too.

    Each image's logits are stored minus their largest: their order and their softmax are the same. `weights` are
    `torch.save` bytes of the state dict, or None.
    """

    epoch: int
    logits: NDArray[np.float16]
    weights: bytes | None


@dataclass(frozen=True)
class SliceResult:
    """The outcome of one slice of training.

    `checkpoint` continues the run (bytes of `torch.save`, see `core.training.checkpoint`). `metrics` holds the loss of
    every step of the slice, float32. `step` counts from the run's start. `done` says that all epochs of the
    configuration are trained and measured, or that the run diverged; `evaluating` that a measurement is unfinished.
    `finding_step` is where the slice first made the finding that still holds at its end.
    `train_s` is the time spent on steps and measurements, but not asleep; `best_step_s` the CPU time of the fastest
    step (0 without steps).
    """

    checkpoint: bytes
    metrics: NDArray[np.float32]
    step: int
    done: bool
    evaluating: bool
    evaluations: tuple[Evaluation, ...]
    snapshots: tuple[Snapshot, ...]
    finding: Finding | None
    finding_step: int | None
    train_s: float
    best_step_s: float
