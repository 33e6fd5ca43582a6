"""Training in this process, one epoch at a time, with the same slices that the workers compute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from core.config import RunConfig
from core.datasets import open_prepared
from core.training.slice import train_slice


def train_epochs(config: RunConfig) -> Iterator[dict[str, Any]]:
    """One row per epoch: the fields of Evaluation, and `images_per_second`, `elapsed_s`, `finding`. The speed counts
    training images, but the time includes the measurement. A run that diverges ends with a row of its `step`,
    `finding`, and `train_loss` None."""
    num_train = open_prepared(config.dataset).num_train
    checkpoint: bytes | None = None
    elapsed_s = 0.0
    done = False
    while not done:
        result = train_slice(config, checkpoint, config.steps_per_epoch(num_train))
        checkpoint, done = result.checkpoint, result.done
        elapsed_s += result.train_s
        num_images = min(len(result.metrics) * config.batch_size, config.images_per_epoch(num_train))
        timing = {
            "images_per_second": round(num_images / result.train_s, 1),
            "elapsed_s": round(elapsed_s, 3),
        }
        for evaluation in result.evaluations:
            yield asdict(evaluation) | timing | {"finding": result.finding}
        if result.finding == "diverged":
            yield {"step": result.step, "finding": "diverged", "train_loss": None} | timing
