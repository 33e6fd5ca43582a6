"""Runs for the diagnosis: trained in a test, each once; truncated; or made up."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from core.config import RunConfig
from core.datasets import open_prepared
from core.diagnosis.numbers import RunNumbers
from core.diagnosis.remedy import Kind
from core.diagnosis.trouble import find_trouble
from core.training import Evaluation, SliceResult, train_slice

ALL_STEPS = 10**9
PROCESSES = 2
SEEDS_TRIED = 12

MLP = RunConfig(model="mlp", learning_rate=0.01)
CASES: dict[Kind, RunConfig] = {
    "diverged": RunConfig(learning_rate=10.0, momentum=0.0),
    "collapsed": MLP.replaced(learning_rate=0.1),
    "flat": MLP.replaced(learning_rate=1e-5, epochs=3),
    "memorising": MLP.replaced(label_noise=0.4, train_share=0.3, epochs=40),
    "oscillating": MLP.replaced(learning_rate=0.1),  # with a seed that does, see `case`
    "overfitting": MLP.replaced(train_share=0.05, same_steps=True, epochs=5),
}
SOUND = [MLP, MLP.replaced(learning_rate=0.001), MLP.replaced(augment_shift=True), MLP.replaced(val_shift=3)]


@cache
def case(kind: Kind) -> RunConfig:
    """A run with that trouble. At a high rate some seeds oscillate, others learn or collapse, depending on the
    processor. Raises StopIteration if none oscillates."""
    config = CASES[kind]
    if kind != "oscillating":
        return config
    seeds = (config.replaced(seed=seed) for seed in range(SEEDS_TRIED))
    return next(each for each in seeds if (trouble := find_trouble(trained_numbers(each))) and trouble.kind == kind)


@cache
def trained_numbers(config: RunConfig) -> RunNumbers:
    """A run trained to its end in this process."""
    return numbers(config, train_slice(config, None, ALL_STEPS))


def numbers(config: RunConfig, result: SliceResult) -> RunNumbers:
    data = open_prepared(config.dataset)
    return RunNumbers(
        config=config,
        losses=result.metrics,
        evaluations=result.evaluations,
        steps_per_epoch=config.steps_per_epoch(data.num_train),
        num_validation=data.num_validation,
        is_final=True,
        diverged_step=result.finding_step if result.finding == "diverged" else None,
    )


def train_all(configs: Sequence[RunConfig], home: Path) -> dict[RunConfig, RunNumbers]:
    """Many runs, trained in a few parallel processes; `home` has the prepared data."""
    known = list(dict.fromkeys(configs))
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, spawn, initializer=_use_home, initargs=(str(home),)) as pool:
        return dict(zip(known, pool.map(trained_numbers, known), strict=True))


def _use_home(home: str) -> None:
    os.environ["TRENDLAB_HOME"] = home


def beginnings(run: RunNumbers) -> Iterator[RunNumbers]:
    """The run truncated after each epoch except the last."""
    for known in range(1, len(run.evaluations)):
        evaluations = run.evaluations[:known]
        losses = run.losses[: evaluations[-1].step]
        yield replace(run, losses=losses, evaluations=evaluations, diverged_step=None, is_final=False)


def made_up(config: RunConfig = MLP, epochs: int | None = None, losses: Any = None, **measured: float) -> RunNumbers:
    """A made-up run with the same measurements after every epoch."""
    plain = {
        "train_loss": 0.3, "train_accuracy": 0.9, "val_loss": 0.3, "val_accuracy": 0.9, "gradient_norm": 1.0,
        "logit_spread": 3.0, "silent_units": 0.1,
    }  # fmt: skip
    num_epochs = config.epochs if epochs is None else epochs
    known = tuple(Evaluation(epoch=e, step=45 * e, **(plain | measured)) for e in range(1, num_epochs + 1))
    course = np.full(45 * num_epochs, 0.3, np.float32) if losses is None else losses
    return RunNumbers(config, course, known, steps_per_epoch=45, num_validation=360, is_final=True)
