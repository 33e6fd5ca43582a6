"""What every set of workers must do: the thread of the tests, and Dask's processes."""

from __future__ import annotations

import os
import queue
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from core.config import RunConfig
from core.errors import NoWorkers
from core.runs.cluster import Cluster, DaskCluster, SliceRequest
from core.runs.worker import inspected
from core.training import SliceResult, train_slice
from tests.parts import QUICK, ThreadCluster, until

ONE_EPOCH = SliceRequest(QUICK, None, 12, (), 60.0, False)
SLOW = SliceRequest(RunConfig(batch_size=128), None, 40, (), 60.0, False)


@cache
def trained_alone() -> SliceResult:
    return train_slice(SLOW.config, None, SLOW.max_steps)


@pytest.fixture(scope="module")
def dask(prepared_digits: Path) -> Iterator[DaskCluster]:
    """One for all tests; a worker that one of them kills is back when it ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRENDLAB_HOME", str(prepared_digits))  # workers inherit it
        opened = DaskCluster("", workers=1)
        until(lambda: opened.num_workers() == 1, 60.0)
    yield opened
    opened.close()


@pytest.fixture(params=["thread", "dask"])
def cluster(request: pytest.FixtureRequest, dask: DaskCluster) -> Iterator[Cluster]:
    if request.param == "dask":
        yield dask
        return
    opened = ThreadCluster()
    yield opened
    opened.close()


def outcome_of(cluster: Cluster, request: SliceRequest) -> SliceResult | Exception:
    outcomes: queue.Queue[SliceResult | Exception] = queue.Queue()
    cluster.submit(request, outcomes.put)
    return outcomes.get(timeout=60)


def test_a_slice_is_trained_and_an_error_is_a_value(cluster: Cluster) -> None:
    result = outcome_of(cluster, ONE_EPOCH)
    assert isinstance(result, SliceResult)
    expected = train_slice(QUICK, None, 12)
    assert result.metrics.tobytes() == expected.metrics.tobytes()
    assert result.evaluations == expected.evaluations
    assert np.array_equal(result.snapshots[0].logits, expected.snapshots[0].logits)
    bad = SliceRequest(QUICK, b"no checkpoint", 12, (), 60.0, False)
    assert isinstance(outcome_of(cluster, bad), Exception)
    assert isinstance(outcome_of(cluster, ONE_EPOCH), SliceResult)  # it lives on
    assert cluster.call(float) == 0.0
    assert cluster.environment()


def test_a_question_is_answered_and_its_error_raised(cluster: Cluster) -> None:
    assert cluster.ask(inspected, "squeezenet1_1", timeout_s=60).whole.parameters == 1_235_496
    with pytest.raises(KeyError):
        cluster.ask(inspected, "no_such_model", timeout_s=60)


def test_a_question_is_answered_while_a_slice_trains(dask: DaskCluster) -> None:
    outcomes: queue.Queue[SliceResult | Exception] = queue.Queue()
    beside = 0
    dask.submit(SLOW, outcomes.put)
    while outcomes.empty():
        dask.ask(inspected, "squeezenet1_1", timeout_s=60)
        beside += outcomes.empty()
    outcome = outcomes.get()
    assert beside > 0
    assert isinstance(outcome, SliceResult)
    assert outcome.metrics.tobytes() == trained_alone().metrics.tobytes()
    assert outcome.checkpoint == trained_alone().checkpoint


def test_a_question_outlives_its_worker(dask: DaskCluster) -> None:
    worker = int(dask.ask(os.getpid, timeout_s=60))
    with ThreadPoolExecutor(1) as reader:
        answer = reader.submit(dask.ask, time.sleep, 2.0, timeout_s=60)
        time.sleep(0.5)
        os.kill(worker, signal.SIGKILL)
        with suppress(NoWorkers):  # if the new one is not there yet
            answer.result(timeout=60)
    until(lambda: dask.num_workers() == 1, 60.0)
    assert int(dask.ask(os.getpid, timeout_s=60)) != worker


def test_a_worker_killed_in_a_slice_is_replaced_and_the_slice_trained_or_reported(dask: DaskCluster) -> None:
    worker = int(dask.call(os.getpid))
    outcomes: queue.Queue[SliceResult | Exception] = queue.Queue()
    dask.submit(SLOW, outcomes.put)
    time.sleep(0.5)
    assert outcomes.empty()
    os.kill(worker, signal.SIGKILL)
    outcome = outcomes.get(timeout=60)
    if isinstance(outcome, Exception):
        outcome = outcome_of(dask, SLOW)
    assert isinstance(outcome, SliceResult)
    assert int(dask.call(os.getpid)) != worker
    assert outcome.metrics.tobytes() == trained_alone().metrics.tobytes()
