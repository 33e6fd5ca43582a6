"""How much of the workers' time is spent training when a class of 30 trains at once, with slices of full length."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path
from statistics import median

from core.config import RunConfig
from core.runs.cluster import DaskCluster, OnDone, SliceRequest
from core.runs.files import FileStore
from core.runs.service import RunService
from core.runs.store import Store
from core.runs.worker import TrainedSlice
from core.settings import get_settings
from tests.bench.homes import copy_of, tell
from tests.bench.table import Figure, Outcome
from tests.waiting import until

WORKERS = 2
LEARNERS = 30
PARTS = 6
SLICES_OF_GROWTH = 3  # a run's slices grow until the third
WARM_TIMEOUT_S = 60.0


class WatchedCluster(DaskCluster):
    """Records in `arrivals` when each slice's result arrived, and how long it had trained."""

    def __init__(self, workers: int) -> None:
        self.arrivals: list[tuple[float, float]] = []
        super().__init__("", workers)

    def submit(self, request: SliceRequest, on_done: OnDone) -> None:
        def note(trained: TrainedSlice | Exception) -> None:
            if isinstance(trained, TrainedSlice):
                self.arrivals.append((time.perf_counter(), trained.result.train_s))
            on_done(trained)

        super().submit(request, note)


def training_share(home: Path, quick: bool) -> dict[str, Outcome]:
    """Wall-clock seconds in slices within a window, divided by workers x wall time, once all 30 are past their short
    first slices. Time in which the app takes a core from a worker counts as training too."""
    own_home, window_s = copy_of(home, "class"), 8.0 if quick else 30.0
    cluster = WatchedCluster(WORKERS)
    store, files = Store(f"sqlite:///{own_home / 'trendlab.db'}"), FileStore(own_home / "files")
    service = RunService(get_settings(), store, files, cluster)
    service.open()
    try:
        until(lambda: cluster.num_workers() == WORKERS, WARM_TIMEOUT_S)
        for learner in range(LEARNERS):
            service.start(f"learner-{learner}", RunConfig(seed=learner, epochs=50))
        until(lambda: _least_slices(store, cluster) >= SLICES_OF_GROWTH, WARM_TIMEOUT_S)
        tell("  all 30 are under way")
        began = time.perf_counter()
        time.sleep(window_s)
        ended = time.perf_counter()
        time.sleep(2.5)  # for the slices that were training at the end of the window
    finally:
        service.close()
    return {"training_share": _figure(cluster.arrivals, began, ended)}


def _least_slices(store: Store, cluster: DaskCluster) -> int:
    return min(candidate.trajectory.slices for candidate in store.candidates(cluster.environment()))


def _figure(arrivals: list[tuple[float, float]], began: float, ended: float) -> Figure:
    """Slices that cross an edge of the window count with the part inside it."""
    edges = [began + (ended - began) * part / PARTS for part in range(PARTS + 1)]
    parts = [_share(arrivals, *edge) for edge in pairwise(edges)]
    lengths = [train_s for at, train_s in arrivals if began < at < ended]
    note = f"{len(lengths)} slices of {median(lengths):.2f} s"
    return Figure(_share(arrivals, began, ended), f"{min(parts):.1f} to {max(parts):.1f} in {PARTS} parts", note)


def _share(arrivals: list[tuple[float, float]], began: float, ended: float) -> float:
    inside = sum(max(0.0, min(at, ended) - max(at - train_s, began)) for at, train_s in arrivals)
    return 100 * inside / (WORKERS * (ended - began))
