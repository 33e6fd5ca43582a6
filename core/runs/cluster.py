"""Workers that train slices: processes of this app, or any Dask cluster by address. Dask is imported only here and in
worker.py."""

from __future__ import annotations

import itertools
import logging
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import Any, Protocol, TypeVar

from core.config import RunConfig
from core.errors import CheckpointError, NoWorkers, TrendLabError, WorkerDied, WorkersAway, WorkersEnd
from core.runs.environment import environment
from core.runs.files import FileStore, StoredFile
from core.runs.memory import WORKER_SCORE, let_die_first
from core.runs.worker import TrainedSlice, answer_async, quiet_dask, run_slice, worker_environment
from core.settings import PROJECT
from core.training.schedule import Change

log = logging.getLogger(__name__)

RESTART_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0  # between restarts of a worker that keeps dying
WARM_S = 60.0  # a worker that lived this long had begun to train
EARLY_ENDS_REPORTED = 2  # a single one may be a coincidence
LOOK_EVERY_S = 0.1
CONNECT_S = 3.0  # how long the app's start waits for an external scheduler
ASK_TRIES = 3  # a worker may die while it answers


@dataclass(frozen=True)
class SliceRequest:
    """The arguments of one slice, whether it takes priority, and where its files belong."""

    config: RunConfig
    checkpoint: StoredFile | None
    max_steps: int
    changes: tuple[Change, ...]
    max_seconds: float
    urgent: bool
    files: FileStore
    data_sha256: str | None = None


OnDone = Callable[[TrainedSlice | Exception], None]
T = TypeVar("T")


class Cluster(Protocol):
    """Something that trains slices. `on_done` is called from any thread, once per request. CheckpointError means that
    the checkpoint is lost; CancelledError, that the slice is; WorkerDied, that the worker died over this slice or over
    one before it."""

    def num_workers(self) -> int: ...
    def outage(self) -> TrendLabError | None: ...
    def environment(self) -> str: ...
    def submit(self, request: SliceRequest, on_done: OnDone) -> None: ...
    def call(self, function: Callable[..., T], *arguments: Any) -> T: ...
    def ask(self, function: Callable[..., T], *arguments: Any, timeout_s: float) -> T: ...
    def close(self) -> None: ...


class DaskCluster:
    """A Dask cluster by address or, with an empty address, a scheduler in this process with its own workers."""

    def __init__(self, address: str, workers: int, worker_mb: int | None = None) -> None:
        from distributed import Client, LocalCluster
        from distributed.scheduler import DEFAULT_EXTENSIONS

        quiet_dask()
        here = {"host": "127.0.0.1", "scheduler_port": 0, "dashboard_address": "127.0.0.1:0"}
        kept = {name: each for name, each in DEFAULT_EXTENSIONS.items() if name != "spans"}  # never forget a slice
        scheduler = {"extensions": kept, "dashboard": False}
        how: dict[str, Any] = {"n_workers": 0, "processes": True, "scheduler_kwargs": scheduler}
        self._local: Any = None if address else LocalCluster(**how, **here)
        self._new_client = partial(Client, self._local or address, set_as_default=False, timeout=CONNECT_S)
        self._client: Any = None
        self._connecting = threading.Lock()
        self._begin_to_connect().join(None if self._local else 2 * CONNECT_S)  # what is no scheduler may never answer
        self._asked: dict[str, str] = {}  # environment of each external worker, by address
        self._chosen: list[str] = []
        self._bound: dict[Any, frozenset[str]] = {}  # the external workers that may compute each future
        self._turn = itertools.count()
        self._environment = environment() if self._local else ""
        self._embedded = [self._embed(number == 0, worker_mb) for number in range(workers)] if self._local else []

    def _embed(self, is_first: bool, limit_mb: int | None) -> EmbeddedWorker:
        """The other workers start once the first is connected, as they would only delay it."""
        return EmbeddedWorker(self._local.scheduler_address, lambda: is_first or self.num_workers() > 0, limit_mb)

    def num_workers(self) -> int:
        """Number of workers that are warmed up, connected and of the same environment."""
        return len(self._addresses())

    def outage(self) -> TrendLabError | None:
        """Why there is no worker. The app's own are given time to start, unless they died before they could train."""
        if self.num_workers():
            return None
        reason = next((each.failure for each in self._embedded if each.failure), "")
        return WorkersEnd(reason) if reason else None if self._local else WorkersAway()

    def _addresses(self) -> list[str]:
        if self._local:
            return list(self._local.scheduler.workers)
        status = self._client.status if self._client else "closed"
        if status == "closed":  # Dask gives up on a scheduler after half a minute
            self._begin_to_connect()
        if status != "running":  # the scheduler is unreachable
            return []
        try:
            self._poll_environments()
        except (OSError, ValueError):  # the scheduler, or a new worker, has just disconnected
            return []
        return self._chosen

    def _begin_to_connect(self) -> threading.Thread:
        thread = threading.Thread(target=self._connect, name="connect", daemon=True)
        thread.start()
        return thread

    def _connect(self) -> None:
        if self._connecting.acquire(blocking=False):
            with suppress(OSError):  # the scheduler is not there yet
                self._client = self._new_client()
            self._connecting.release()

    def environment(self) -> str:
        """The workers' environment; empty while an external cluster has no worker."""
        return self._environment

    def _poll_environments(self) -> None:
        """Ask new external workers for their environment; only the most common one trains, to keep results equal."""
        present = set(self._client.nthreads())
        for future, workers in list(self._bound.items()):
            if workers.isdisjoint(present):  # a worker that starts again has another address
                future.cancel()
        if present != self._asked.keys():
            known = {address: name for address, name in self._asked.items() if address in present}
            self._asked = known | self._client.run(environment, workers=list(present - known.keys()))
            self._environment = max(Counter(self._asked.values()).items(), key=itemgetter(1), default=("", 0))[0]
            self._chosen = [address for address, name in self._asked.items() if name == self._environment]

    def submit(self, request: SliceRequest, on_done: OnDone) -> None:
        try:
            checkpoint = self._resolve_file(request.checkpoint)
        except CheckpointError as problem:
            on_done(problem)
            return
        future = self._bound_future(
            1 if request.urgent else 0,
            run_slice,
            request.config.model_dump(),
            checkpoint,
            request.max_steps,
            request.changes,
            request.max_seconds,
            request.files if self._local else None,
            request.data_sha256,
        )
        future.add_done_callback(lambda done: on_done(_outcome(done)))

    def _bound_future(self, priority: int, function: Callable[..., Any], *arguments: Any) -> Any:
        """A future for the chosen workers; cancelled when all of them are gone, as Dask would wait for ever."""
        chosen = self._chosen
        future = self._client.submit(function, *arguments, pure=False, priority=priority, workers=chosen or None)
        if chosen:
            self._bound[future] = frozenset(chosen)
            future.add_done_callback(lambda done: self._bound.pop(done, None))
        return future

    def _resolve_file(self, argument: Any) -> Any:
        """A worker on this machine reads the file itself; one on another machine gets the bytes."""
        return argument.read() if isinstance(argument, StoredFile) and not self._local else argument

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Queue a function like a slice, so that nothing else runs on its worker, and wait. Raises what it raises."""
        result: T | Exception = _outcome(self._bound_future(1, function, *arguments))
        if isinstance(result, Exception):
            raise result
        return result

    def ask(self, function: Callable[..., T], *arguments: Any, timeout_s: float) -> T:
        """Run a function at once, on some worker, alongside its training, and wait. It must not touch torch's random
        state, which a slice may be using. A StoredFile may arrive as bytes. Raises what it raises, TimeoutError, or
        NoWorkers."""
        resolved, deadline = tuple(map(self._resolve_file, arguments)), time.monotonic() + timeout_s
        for _ in range(ASK_TRIES):
            while not (workers := self._addresses()):  # in the first seconds after a start
                if time.monotonic() > deadline:
                    raise NoWorkers
                time.sleep(LOOK_EVERY_S)
            address = workers[next(self._turn) % len(workers)]
            try:
                answers = self._client.run(answer_async, function, resolved, timeout_s, workers=[address])
            except (OSError, ValueError):  # the worker died, now or before
                time.sleep(RESTART_PAUSE_S)
                continue
            answer = answers[address]
            if isinstance(answer, Exception):
                raise answer
            result: T = answer
            return result
        raise NoWorkers

    def close(self) -> None:
        for worker in self._embedded:
            worker.close()
        if self._client:
            self._client.close(timeout=2)
        if self._local:
            self._local.close(timeout=2)


class EmbeddedWorker:
    """A worker process of this app, started as soon as allowed and restarted whenever it dies. `failure` says how it
    died if it keeps dying before it is warmed up."""

    def __init__(self, scheduler_address: str, may_start: Callable[[], bool], limit_mb: int | None = None) -> None:
        self._address, self._may_start, self._limit_mb = scheduler_address, may_start, limit_mb
        self._closing = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self.failure = ""
        threading.Thread(target=self._keep_alive, name="worker-keeper", daemon=True).start()

    def close(self) -> None:
        self._closing.set()
        if self._process:
            self._process.kill()

    def _keep_alive(self) -> None:
        while not self._may_start() and not self._closing.wait(LOOK_EVERY_S):
            pass
        ended_early = 0
        while not self._closing.is_set():
            started = time.monotonic()
            reason = self._live()
            ended_early = 0 if time.monotonic() - started >= WARM_S else ended_early + 1
            self.failure = reason if ended_early >= EARLY_ENDS_REPORTED else ""
            pause_s = min(RESTART_PAUSE_S * 2 ** min(ended_early, 10), LONGEST_PAUSE_S)
            if self.failure and not self._closing.is_set():
                log.warning("A worker dies as soon as it starts (%s); restarting it in %g s", reason, pause_s)
            self._closing.wait(pause_s)

    def _live(self) -> str:
        """Run the process to its end; returns how it ended."""
        try:
            with self._start() as self._process:  # an open stdin tells the worker that the app is alive
                let_die_first(self._process.pid, WORKER_SCORE)
                if self._closing.is_set():  # `close` came before there was a process
                    self._process.kill()
                assert self._process.stdin is not None
                self._process.stdin.write(self._address + "\n")
                self._process.stdin.flush()
                return f"exit code {self._process.wait()}"
        except OSError as problem:  # too little memory for a process; may pass
            return str(problem)

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "core", "worker"],
            cwd=PROJECT,
            env=worker_environment(self._limit_mb),
            stdin=subprocess.PIPE,
            text=True,
            process_group=0,  # Ctrl-C in a terminal reaches only the app, which ends them
        )


def _outcome(future: Any) -> Any:
    """The result, or the error: any error of a worker is a value here; the engine decides."""
    from distributed import KilledWorker

    try:
        return future.result()
    except KilledWorker:
        return WorkerDied()
    except Exception as problem:
        is_cut_off = isinstance(problem, OSError) and future.status != "error"  # the worker had no error
        return CancelledError(str(problem)) if is_cut_off else problem
    finally:
        future.release()
