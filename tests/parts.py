"""Small, real parts for tests: slices train in a thread of this process instead of in workers."""

from __future__ import annotations

import math
import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from core.config import RunConfig
from core.errors import TrendLabError
from core.runs.cluster import Cluster, OnDone, SliceRequest
from core.runs.environment import environment
from core.runs.files import FileStore
from core.runs.records import Curve, Run
from core.runs.service import RunService
from core.runs.store import Store
from core.runs.worker import TrainedSlice, run_slice
from core.settings import Settings, get_settings
from core.training import SliceResult, train_slice
from tests.waiting import until

T = TypeVar("T")

QUICK = RunConfig(model="mlp", learning_rate=0.01, batch_size=128, epochs=3)  # 12 steps per epoch
OWNER, OTHER = "owner-one", "owner-two"


class ThreadCluster:
    """Trains in a thread; a slice ends only by steps, never by time.

    `before_slice` may raise or wait, to simulate what can happen to a worker.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1)
        self.before_slice: Callable[[SliceRequest], None] = lambda _: None
        self.environment_name = environment()
        self.requests: list[SliceRequest] = []
        self.max_steps_a_slice = 10**9

    def num_workers(self) -> int:
        return 1

    def outage(self) -> TrendLabError | None:
        return None

    def environment(self) -> str:
        return self.environment_name

    def submit(self, request: SliceRequest, on_done: OnDone) -> None:
        self.requests.append(request)
        self._pool.submit(lambda: on_done(self._outcome(request)))

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        return function(*arguments)

    def ask(self, function: Callable[..., T], *arguments: Any, timeout_s: float) -> T:  # noqa: ARG002
        return function(*arguments)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _outcome(self, request: SliceRequest) -> TrainedSlice | Exception:
        try:
            self.before_slice(request)
            steps, config = min(request.max_steps, self.max_steps_a_slice), request.config.model_dump()
            how = steps, request.changes, math.inf, request.files, request.data_sha256
            return run_slice(config, request.checkpoint, *how)
        except Exception as problem:
            return problem


def outcome_of(cluster: Cluster, request: SliceRequest) -> TrainedSlice | Exception:
    outcomes: queue.Queue[TrainedSlice | Exception] = queue.Queue()
    cluster.submit(request, outcomes.put)
    return outcomes.get(timeout=60)


Parts = tuple[RunService, ThreadCluster]


@contextmanager
def open_service(
    home: Path, cluster: ThreadCluster | None = None, settings: Settings | None = None
) -> Iterator[tuple[RunService, ThreadCluster]]:
    """A complete service with a store in a folder."""
    cluster = cluster or ThreadCluster()
    store = Store(f"sqlite:///{home / 'trendlab.db'}")
    store.release_leases()
    service = RunService(settings or get_settings(), store, FileStore(home / "files"), cluster)
    service.open()
    try:
        yield service, cluster
    finally:
        service.close()


def finish(service: RunService, run_id: str, timeout_s: float = 60.0) -> None:
    """Wait until a run has ended."""
    until(lambda: service.view(run_id).is_final, timeout_s)


def stand_at(service: RunService, run_id: str, steps: int) -> None:
    """Advance a run to a step, one click at a time."""
    for _ in range(steps):
        before = service.view(run_id).step
        service.step(OWNER, run_id)
        until(lambda before=before: service.view(run_id).step == before + 1)


def curve_of(service: RunService, run: Run) -> Curve:
    return service.curve(service.view(run.id))


def undisturbed(config: RunConfig, changes: tuple[tuple[int, str, float], ...] = ()) -> np.ndarray:
    """The losses of the whole run, trained in one slice."""
    return train_slice(config, None, 10**9, changes=changes).metrics


def train_in_slices(config: RunConfig, lengths: Sequence[int], **how: Any) -> list[SliceResult]:
    """A whole run in slices, whose numbers of steps cycle through `lengths`."""
    results: list[SliceResult] = []
    while not results or not results[-1].done:
        steps = lengths[len(results) % len(lengths)]
        results.append(train_slice(config, results[-1].checkpoint if results else None, steps, **how))
    return results
