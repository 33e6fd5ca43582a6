"""Runs trained in a test, each once, as the diagnosis sees them."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

from core.config import RunConfig
from core.datasets import open_prepared
from core.diagnosis.numbers import RunNumbers
from core.training import SliceResult, train_slice

ALL_STEPS = 10**9
PROCESSES = 2


@cache
def trained(config: RunConfig) -> RunNumbers:
    """Trained to its end in this process."""
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
    """The same for many, in a few processes beside each other; `home` holds the prepared data."""
    known = list(dict.fromkeys(configs))
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, spawn, initializer=_use_home, initargs=(str(home),)) as pool:
        return dict(zip(known, pool.map(trained, known), strict=True))


def _use_home(home: str) -> None:
    os.environ["TRENDLAB_HOME"] = home
