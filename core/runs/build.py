"""Builds the run service from the settings."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

import locket
from sqlalchemy.engine import make_url

from core.config import RunConfig
from core.datasets.prepared import images_problem
from core.errors import HomeUnwritable, StoreInUse, TrendLabError
from core.runs.cluster import DaskCluster
from core.runs.files import FileStore
from core.runs.records import State
from core.runs.service import RunService
from core.runs.store import Store
from core.runs.views import RunView
from core.runs.worker import fitting_workers, share_mb
from core.settings import Settings

SHOWCASE_OWNER = "showcase"
SHOWCASE_CONFIG = RunConfig(learning_rate=0.01)
EVERY_S = 600.0
RETRY_S = 15.0

log = logging.getLogger(__name__)


class OpenService:
    """A running service and what must be released when it closes."""

    def __init__(self, settings: Settings) -> None:
        """Raises HomeUnwritable, StoreInUse, StoreTooNew or StoreUnavailable; then nothing was started."""
        try:
            files = FileStore(settings.home / "files")
            self._lock = _lock_sqlite(settings)
        except OSError as problem:
            raise HomeUnwritable(str(settings.home), str(problem)) from problem
        try:
            store = Store(settings.store_url)
            if self._lock:
                store.release_leases()
            workers = settings.workers or fitting_workers()
            cluster = DaskCluster(settings.scheduler, workers, settings.worker_mb or share_mb(workers))
            self.service = RunService(settings, store, files, cluster)
        except BaseException:
            self._unlock()
            raise
        self._closing = threading.Event()
        self.service.open()
        threading.Thread(target=self._housekeeping, name="housekeeping", daemon=True).start()

    def close(self) -> None:
        self._closing.set()
        self.service.close()
        self._unlock()

    def _housekeeping(self) -> None:
        """Background chores; one that fails is soon retried. Chores that occupy a worker for seconds come after the
        first points of learners who were waiting for the start."""
        self._try(record_showcase)
        self._closing.wait(RETRY_S)
        chores = (record_showcase, RunService.measure_precisions, RunService.clean_up)
        while not self._closing.is_set():
            outcomes = [self._try(chore) for chore in chores]
            self._closing.wait(EVERY_S if all(outcomes) else RETRY_S)

    def _try(self, chore: Callable[[RunService], None]) -> bool:
        try:
            self.service.require_home()  # chores write to it
            chore(self.service)
        except Exception as problem:
            if not self._closing.is_set():
                known = isinstance(problem, TrendLabError)
                log.warning("%s: %s", chore.__name__, problem, exc_info=not known)
            return False
        return True

    def _unlock(self) -> None:
        if self._lock:
            self._lock.release()


def showcase(service: RunService) -> RunView | None:
    """The recorded run that a page shows when there is no other; None in the first seconds of a new installation."""
    recorded = service.runs_of(SHOWCASE_OWNER)
    return recorded[-1] if recorded else None


def record_showcase(service: RunService) -> None:
    """Train one run at the very first start, so that nobody sees an empty page; again if that run failed or if its
    images were replaced."""
    recorded = showcase(service)
    if recorded and recorded.state not in (State.FAILED, State.OUTDATED) and not _lost_images(recorded):
        return
    service.datasets.prepare_now(SHOWCASE_CONFIG.dataset)
    service.start(SHOWCASE_OWNER, SHOWCASE_CONFIG)
    if recorded:
        service.delete(SHOWCASE_OWNER, recorded.id)


def _lost_images(view: RunView) -> bool:
    return images_problem(view.config.dataset, view.data_sha256) is not None


def _lock_sqlite(settings: Settings) -> locket.LockFile | None:
    """An SQLite store belongs to one app process. PostgreSQL is shared: leases keep the processes apart."""
    path = make_url(settings.store_url).database if settings.store_url.startswith("sqlite") else None
    if not path:
        return None
    lock = locket.lock_file(f"{path}.lock", timeout=0)
    try:
        lock.acquire()
    except locket.LockError:
        raise StoreInUse(str(Path(path).parent)) from None
    return lock
