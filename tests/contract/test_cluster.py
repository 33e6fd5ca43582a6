"""What every set of workers must do: the thread of the tests, and Dask's processes."""

from __future__ import annotations

import os
import queue
import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from core.config import RunConfig
from core.runs.cluster import Cluster, DaskCluster, SliceRequest
from core.runs.worker import inspected
from core.training import SliceResult, train_slice
from tests.parts import QUICK, ThreadCluster, until

ONE_EPOCH = SliceRequest(QUICK, None, 12, (), 60.0, False)


@pytest.fixture(params=["thread", "dask"])
def cluster(request: pytest.FixtureRequest, shared_home: Path) -> Iterator[Cluster]:
    del shared_home  # workers inherit it
    opened: Cluster = ThreadCluster() if request.param == "thread" else DaskCluster("", workers=1)
    until(lambda: opened.num_workers() == 1, 60.0)
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
    assert cluster.call(partial(inspected, "squeezenet1_1")).whole.parameters == 1_235_496
    assert cluster.environment()


def test_a_worker_killed_in_a_slice_is_replaced_and_the_slice_trained_or_reported(shared_home: Path) -> None:
    del shared_home
    slow = SliceRequest(RunConfig(batch_size=128), None, 100, (), 60.0, False)
    cluster = DaskCluster("", workers=1)
    try:
        until(lambda: cluster.num_workers() == 1, 60.0)
        worker = int(cluster.call(os.getpid))
        outcomes: queue.Queue[SliceResult | Exception] = queue.Queue()
        cluster.submit(slow, outcomes.put)
        time.sleep(0.5)
        assert outcomes.empty()
        os.kill(worker, signal.SIGKILL)
        outcome = outcomes.get(timeout=60)
        if isinstance(outcome, Exception):
            outcome = outcome_of(cluster, slow)
        assert isinstance(outcome, SliceResult)
        assert int(cluster.call(os.getpid)) != worker
        assert outcome.metrics.tobytes() == train_slice(slow.config, None, 100).metrics.tobytes()
    finally:
        cluster.close()
