"""Prepared data: read-only uint8 arrays on disk that all workers map, made once and atomically.

A prepared data set is a folder `<home>/datasets/<name>-<revision>/` with `images.npy` (N, 24, 24, C) uint8,
`labels.npy` (N,) int64 and `meta.json`. The first `num_train` images are for training, the rest for validation.
A reader's own data set (`core/datasets/own`) is in `<home>/own/<name>/` and cannot be rebuilt if it is gone.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import catalog, errors
from core.errors import DatasetChanged, DatasetCorrupt, DatasetError, DatasetGone
from core.settings import PROJECT, get_settings

REVISION = 1  # increment when preparation gives other bytes
Progress = Callable[[float], None]


@dataclass(frozen=True)
class PreparedData:
    """One data set, mapped: `images` (N, 24, 24, C) uint8, `labels` (N,) int64, the first `num_train` for training."""

    name: str
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    num_train: int
    sha256: str

    @property
    def num_validation(self) -> int:
        return len(self.labels) - self.num_train


def prepared_folder(name: str) -> Path:
    if catalog.is_own(name):
        return catalog.own_folder(name)
    return get_settings().home / "datasets" / f"{name}-{REVISION}"


def is_prepared(name: str) -> bool:
    return _meta(name) is not None


def open_prepared(name: str, sha256: str | None = None) -> PreparedData:
    """The mapped arrays, prepared first if necessary (see `ensure_prepared` for the errors). Raises DatasetChanged if
    they do not have the given hash."""
    ensure_prepared(name)
    data = _map(str(prepared_folder(name)), name, read_meta(name)["sha256"])
    if sha256 not in (None, data.sha256):
        raise DatasetChanged(name)
    return data


def read_meta(name: str) -> dict[str, Any]:
    """Counts and the sha256 of a prepared data set, without mapping it. Raises DatasetGone or DatasetError."""
    require_own(name)
    meta = _meta(name)
    if meta is None:
        raise DatasetError(name, f"{prepared_folder(name)} is missing or not whole")
    return meta


def is_gone(name: str) -> bool:
    """Whether this is a reader's own data set that does not exist here (any more)."""
    return catalog.is_own(name) and not is_prepared(name)


def images_problem(name: str, sha256: str | None) -> DatasetError | None:
    """Why the images with this hash are not here; None if they are, or if that is not known yet."""
    if is_gone(name):
        return DatasetGone(name)
    meta = _meta(name)
    return DatasetChanged(name) if meta and sha256 not in (None, meta["sha256"]) else None


def require_own(name: str) -> None:
    """Raises DatasetGone for a reader's own data set that does not exist here."""
    if is_gone(name):
        raise DatasetGone(name)


def ensure_prepared(name: str, on_progress: Progress | None = None) -> None:
    """Prepare a data set in a separate process, which keeps scikit-learn and torchvision out of this one.

    Raises DatasetUnavailable, DatasetCorrupt or DatasetGone; then nothing usable is left behind.
    `on_progress` gets 0 to 1.
    """
    if is_prepared(name):
        return
    require_own(name)
    command = [sys.executable, "-m", "core.datasets.prepare", name]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for message in _messages(process.stdout):
            if "error" in message:
                raise errors.from_wire(message["error"])
            if on_progress:
                on_progress(message["progress"])
    if not is_prepared(name):
        raise DatasetError(name, f"its process ended with exit code {process.returncode}")


def _meta(name: str) -> dict[str, Any] | None:
    """The meta data; None if missing or incomplete, as after a power cut."""
    try:
        meta: dict[str, Any] = json.loads((prepared_folder(name) / "meta.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return meta


def _messages(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.startswith("{"):
            yield json.loads(line)


@lru_cache(maxsize=8)
def _map(folder: str, name: str, _sha256: str) -> PreparedData:
    """The hash is part of the cache key, as the files may be replaced while the process runs."""
    path, meta = Path(folder), read_meta(name)
    try:
        images = np.load(path / "images.npy", mmap_mode="r")
        labels = np.load(path / "labels.npy")
    except (OSError, ValueError, EOFError) as problem:
        raise DatasetCorrupt(name, str(path), str(problem)) from problem
    if len(images) != len(labels) or len(labels) != meta["num_images"]:
        raise DatasetCorrupt(name, str(path), f"{len(images)} images, {len(labels)} labels")
    return PreparedData(name, images, labels, meta["num_train"], meta["sha256"])
