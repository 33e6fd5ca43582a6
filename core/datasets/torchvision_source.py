"""Data sets in torchvision's layout: found in a folder or downloaded, checked, and resized to 24x24.

Looked for in this order: `TRENDLAB_DATA`, `<home>/downloads`, the addresses that torchvision knows. Only the official
training part is read and later split 80/20 like every data set here; the official test part is never touched.
torchvision's own download is not used: it writes under the final name, so that a file cut off is taken for whole later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from core import catalog
from core.datasets.fetch import FetchFailed, fetch
from core.datasets.prepared import Progress
from core.errors import DatasetCorrupt, DatasetUnavailable
from core.settings import PROJECT, get_settings

SIDE = 24  # pixels; the survey's network (`64*6*6`) takes no other
CHUNK_IMAGES = 2_000
DOWNLOAD_SHARE = 0.8  # of the progress
MIN_IMAGES_PER_CLASS = 5  # one of them for validation
# Resized values are multiples of 1/289 (28 pixels) or 1/121 (32): with a little more than a half, exact ties go up
# whatever the processor's rounding, and nothing else changes. Equal bytes everywhere let runs share their starts.
ROUND_UP_TIES = 0.5 + 2**-10

Arrays = tuple[NDArray[np.uint8], NDArray[np.int64]]


@dataclass(frozen=True)
class Download:
    """A file to fetch: its name below the data set's folder, the addresses, and the md5 of its bytes."""

    name: str
    urls: tuple[str, ...]
    md5: str


@dataclass(frozen=True)
class Source:
    """One data set of torchvision.

    `folder` is its place below a root; `is_there(folder)` says whether all its files are; `read(folder)` gives images
    (N, H, W, C) uint8 and labels (N,) int64 or raises BadFile; `downloads()` lists what to fetch.
    """

    dataset: str
    folder: str
    is_there: Callable[[Path], bool]
    read: Callable[[Path], Arrays]
    downloads: Callable[[], list[Download]]


class BadFile(Exception):
    """A file that is not what its name says."""

    def __init__(self, file: Path, reason: object) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file
        self.reason = str(reason) or type(reason).__name__


def load_source(source: Source, report: Progress) -> Arrays:
    """Images (N, 24, 24, C) uint8 and labels (N,) int64.

    Raises DatasetUnavailable, naming the folder to fill by hand, or DatasetCorrupt.
    """
    folders = [root / source.folder for root in _roots()]
    folder = next(filter(source.is_there, folders), None)
    done = 0.0
    if folder is None:
        folder, done = folders[-1], DOWNLOAD_SHARE
        try:
            _fetch_all(source, folder, lambda share: report(share * DOWNLOAD_SHARE))
        except FetchFailed as failure:
            raise DatasetUnavailable(source.dataset, failure.host, str(folders[0]), failure.reason) from failure
    try:
        images, labels = source.read(folder)
        _check_classes(folder, labels)
    except BadFile as bad:
        raise DatasetCorrupt(source.dataset, str(bad.file), bad.reason) from bad
    return resize(images, lambda share: report(done + share * (1 - done))), labels


def resize(images: NDArray[np.uint8], report: Progress) -> NDArray[np.uint8]:
    """(N, H, W, C) to (N, 24, 24, C): bilinear, antialiased, rounded."""
    resized = np.empty((len(images), SIDE, SIDE, images.shape[3]), np.uint8)
    for start in range(0, len(images), CHUNK_IMAGES):
        chunk = torch.from_numpy(np.array(images[start : start + CHUNK_IMAGES])).permute(0, 3, 1, 2).float()
        small = F.interpolate(chunk, size=(SIDE, SIDE), mode="bilinear", antialias=True)
        resized[start : start + CHUNK_IMAGES] = (small + ROUND_UP_TIES).byte().permute(0, 2, 3, 1).numpy()
        report((start + len(chunk)) / len(images))
    return resized


def _roots() -> list[Path]:
    """Folders in torchvision's layout; into the last one goes what is downloaded."""
    settings = get_settings()
    given = [settings.data] if settings.data else []
    return [(PROJECT / root.expanduser()).resolve() for root in (*given, settings.home / "downloads")]


def _fetch_all(source: Source, folder: Path, report: Progress) -> None:
    """Fetch what is not there yet. Each file is whole once it has its name."""
    total_bytes, done_bytes = _download_bytes(source.dataset), 0

    def on_bytes(num_bytes: int) -> None:
        report(min(1.0, (done_bytes + num_bytes) / total_bytes))

    for download in source.downloads():
        target = folder / download.name
        if not target.is_file():
            fetch(download.urls, target, download.md5, on_bytes)
        done_bytes += target.stat().st_size


def _download_bytes(dataset: str) -> int:
    return int(catalog.specs("datasets")[dataset]["download_bytes"])


def check_labels(file: Path, num_images: int, labels: NDArray[np.int64]) -> None:
    """Raises BadFile unless there is one label an image, each from 0 to 9."""
    if labels.shape != (num_images,):
        raise BadFile(file, f"{num_images} images, {labels.size} labels")
    if num_images and not 0 <= labels.min() <= labels.max() <= 9:
        raise BadFile(file, f"labels from {labels.min()} to {labels.max()} instead of 0 to 9")


def _check_classes(folder: Path, labels: NDArray[np.int64]) -> None:
    per_class = np.bincount(labels, minlength=10)
    if per_class.min() < MIN_IMAGES_PER_CLASS:
        few = per_class.argmin()
        raise BadFile(folder, f"{per_class[few]} images of class {few}; at least {MIN_IMAGES_PER_CLASS} are needed")
