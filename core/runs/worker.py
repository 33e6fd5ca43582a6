"""A worker process: one Dask worker with one thread that trains slices.

`python -m core worker tcp://host:port` joins any scheduler; the app starts its own workers the same way and passes them
the address on standard input, whose end also tells them that the app has ended.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

from core.config import RunConfig
from core.errors import TooMuchMemory
from core.interpret.inspection import Inspection
from core.runs.files import FileStore, SavedFiles, StoredFile, save
from core.runs.memory import give_back_memory
from core.settings import get_settings
from core.training import SliceResult

ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
# Take large tensors from the heap instead of fresh pages from the system at every step: 10 % less time at batch 128.
KEEP_HEAP = {
    "MALLOC_ARENA_MAX": "1",  # tasks run in a thread, which would get its own heap
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(64 * 2**20),
    "MALLOC_TOP_PAD_": str(16 * 2**20),
}
# Compiled kernels that oneDNN keeps: any run needs fewer. With its own 1,024 a worker grows by 80 MB in a varied class.
FEW_KERNELS = {"ONEDNN_PRIMITIVE_CACHE_CAPACITY": "128"}

NICENESS = 10  # training yields to the app's responses, which are short
APP_MB, WORKER_MB = 300, 400  # what the app needs, and a worker for all but the largest settings
WARM_MB = 290  # what a worker takes before it trains
MOST_UNASKED = 8


def fitting_workers() -> int:
    """One worker per core, as many as fit next to the app; a container's limits count, not the machine's."""
    from dask.system import cpu_count

    return max(1, min(cpu_count(), _workers_mb() // WORKER_MB, MOST_UNASKED))


def share_mb(workers: int) -> int:
    """The memory that each of so many workers may use."""
    return max(WORKER_MB, _workers_mb() // workers)


def _workers_mb() -> int:
    from distributed.system import memory_limit

    return memory_limit() // 2**20 - APP_MB


def worker_environment(limit_mb: int | None = None) -> dict[str, str]:
    """The environment variables of a process that computes; they must be set before it starts."""
    limit = {"TRENDLAB_WORKER_MB": str(limit_mb)} if limit_mb else {}
    return {**os.environ, **ONE_THREAD, **KEEP_HEAP, **FEW_KERNELS, **limit}


class TrainedSlice(NamedTuple):
    """A slice's result, without the bytes that are in `files`; if that is None, with all bytes."""

    result: SliceResult
    files: SavedFiles | None


def run_slice(
    config: dict[str, Any],
    checkpoint: StoredFile | bytes | None,
    max_steps: int,
    changes: Any,
    max_seconds: float,
    files: FileStore | None,
    data_sha256: str | None = None,
) -> TrainedSlice:
    """The task that a worker runs. If it shares `files` with the app it writes its output there, so that no megabytes
    are sent; on a full disk it returns the bytes, and the app waits for room. Raises HomeGone if the folder is gone,
    TooMuchMemory, and what `train_slice` raises."""
    from core.training.slice import train_slice

    if files:
        files.require_folder()  # otherwise the data would be prepared in a new, unknown folder
    settings, begun = RunConfig.from_mapping(config), _content(checkpoint) if checkpoint else None
    how = {"changes": changes, "max_seconds": max_seconds, "data_sha256": data_sha256}
    limit_mb = get_settings().worker_mb
    if limit_mb and not begun:
        _require_memory(settings, limit_mb)
    result = train_slice(settings, begun, max_steps, **how)
    if limit_mb:
        give_back_memory(limit_mb)
    if files:
        with suppress(OSError):
            return TrainedSlice(replace(result, checkpoint=b"", snapshots=()), save(files, result))
    return TrainedSlice(result, None)


def _content(file: StoredFile | bytes) -> bytes:
    return file if isinstance(file, bytes) else file.read()


def _require_memory(config: RunConfig, limit_mb: int) -> None:
    """Raises TooMuchMemory if a step would need more than this worker's share: beyond the limit of its container the
    system may end the app."""
    from core.training.memory import step_bytes

    needed_mb = WARM_MB + step_bytes(config) // 2**20
    if needed_mb > limit_mb:
        raise TooMuchMemory(needed_mb, limit_mb)


async def answer_async(function: Callable[..., Any], arguments: tuple[Any, ...], timeout_s: float) -> Any:
    """Answer in a separate thread while the worker's own thread trains; an error is returned as a value."""
    try:
        return await asyncio.wait_for(asyncio.to_thread(function, *arguments), timeout_s)
    except Exception as problem:
        return problem


def answer_question(
    question: str,
    config: dict[str, Any],
    weights: StoredFile | bytes,
    arguments: tuple[Any, ...],
    data_sha256: str | None = None,
) -> Any:
    """The answer of a trained network. `question` names a file of `core/interpret/questions`. Raises DatasetChanged if
    the images here have another hash."""
    from core.datasets import open_prepared
    from core.interpret.network import load_network

    settings = RunConfig.from_mapping(config)
    if data_sha256:
        open_prepared(settings.dataset, data_sha256)
    answer = import_module(f"core.interpret.questions.{question}").answer
    return answer(load_network(settings, _content(weights)), settings, *arguments)


def bfloat16_speedup() -> float:
    """How much faster a training step is in bfloat16 than in float32 on this machine."""
    from core.training.doctor import bfloat16_speedup as measure

    return measure()


def inspect_model(name: str) -> Inspection:
    """The inspection of a torchvision classifier."""
    from core.interpret.inspect_model import inspect

    return inspect(name)


def quiet_dask() -> None:
    """Only warnings, and no web pages: Dask's dashboard must not be reachable on a class's host. No profiler either: it
    stops a training thread a hundred times a second, which takes 2 % of a worker's time."""
    import dask

    levels = dict.fromkeys(
        ("distributed", "distributed.worker", "distributed.scheduler", "distributed.core"), "warning"
    )
    settings: dict[str, Any] = {
        "logging": levels,
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
        "distributed.worker.profile.enabled": False,
        "distributed.scheduler.active-memory-manager.start": False,
        "distributed.scheduler.allowed-failures": 0,  # the engine tries again: Dask would blame slices that only waited
        "distributed.admin.low-level-log-length": 1,  # such logs keep the tasks themselves
        "distributed.admin.tick.interval": "1s",
        "distributed.admin.system-monitor.interval": "5s",
    }
    dask.config.set(settings)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level.upper())


def stub_torch_compiler() -> None:
    """Save a worker 70 MB and a second: at an optimizer's first step torch imports its whole compiler, only to disable
    it. Nothing is compiled here, so a stand-in module will do; the numbers stay the same to the last bit."""
    import torch

    stand_in = ModuleType("torch._dynamo")
    vars(stand_in).update(disable=lambda function, *_, **__: function, graph_break=lambda *_, **__: None)
    utils = ModuleType("torch._dynamo.utils")  # torchvision asks it whether a device can compile
    vars(utils).update(is_compile_supported=lambda _device: False)
    vars(stand_in).update(utils=utils)
    sys.modules.update({"torch._dynamo": stand_in, "torch._dynamo.utils": utils})
    vars(torch)["_dynamo"] = stand_in


def warm_up() -> None:
    """Take throw-away steps, so that a learner's first slices are quick: torch imports a lot on first use."""
    config = RunConfig().model_dump()
    begun = run_slice(config, None, 1, (), 60.0, None)
    run_slice(config, begun.result.checkpoint, 1, (), 60.0, None)


def main(address: str | None) -> None:
    """Train for the scheduler at this address or, without one, for the app that started this process."""
    if address is None:
        if hasattr(os, "nice"):
            os.nice(NICENESS)
        address = sys.stdin.readline().strip()
        threading.Thread(target=_exit_with_parent, daemon=True).start()
    stub_torch_compiler()
    from distributed import Worker  # before the warm-up, for which the data may not be ready yet

    warm_up()
    asyncio.run(_serve(Worker, address))


async def _serve(worker_class: Any, address: str) -> None:
    quiet_dask()
    # No extensions: the only one, spans, is missing in the app's scheduler.
    how = {"nthreads": 1, "memory_limit": 0, "dashboard": False, "dashboard_address": "127.0.0.1:0", "extensions": {}}
    async with worker_class(address, **how) as worker:
        await worker.finished()


def _exit_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)
