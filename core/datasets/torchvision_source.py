"""Data sets from torchvision: found in a folder or downloaded, checked, and resized to 24x24.

Searched in this order: `TRENDLAB_DATA`, `<home>/downloads`, torchvision's URLs. Only the official training set is read,
and later split 80/20 like every data set here; the official test set is never used.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from core.datasets.prepared import Progress
from core.datasets.torchvision_import import dataset_class
from core.errors import DatasetCorrupt, DatasetUnavailable
from core.settings import get_settings

SIDE = 24  # pixels; the survey's network (`64*6*6`) takes no other
CHUNK_IMAGES = 2_000
DOWNLOAD_SHARE = 0.8  # of the progress
LOOK_EVERY_S = 0.5
MIN_IMAGES_PER_CLASS = 5  # one of them for validation
# Resized values are multiples of 1/289 (28 pixels) or 1/121 (32). Adding slightly more than a half rounds exact ties up
# on every processor and changes nothing else, so that runs are equal.
ROUND_UP_TIES = 0.5 + 2**-10
# What torchvision and its dependencies raise for a missing, truncated or modified file.
BAD_FILE = (AssertionError, EOFError, LookupError, OSError, RuntimeError, TypeError, ValueError)

Arrays = tuple[NDArray[np.uint8], NDArray[np.int64]]


@dataclass(frozen=True)
class Source:
    """A data set: our name, torchvision's class, the folder of its files below the root, and the size of its downloads,
    training and test set."""

    dataset: str
    class_name: str
    folder: str
    download_bytes: int


def load_source(source: Source, report: Progress) -> Arrays:
    """Images (N, 24, 24, C) uint8 and labels (N,) int64.

    Raises DatasetUnavailable, naming the folder to fill by hand, or DatasetCorrupt.
    """
    roots = _roots()
    root = next((root for root in roots if (root / source.folder).is_dir()), None)
    done = 0.0 if root else DOWNLOAD_SHARE
    if root is None:
        root = _downloads()
        _download(source, lambda share: report(share * DOWNLOAD_SHARE), by_hand=roots[0] / source.folder)
    images, labels = _read(source, root)
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
    given = get_settings().data
    return [*([given.resolve()] if given else []), _downloads()]


def _downloads() -> Path:
    return get_settings().home.resolve() / "downloads"


def _download(source: Source, report: Progress, by_hand: Path) -> None:
    """Download and unpack to a temporary folder, then rename, as torchvision would later accept a truncated file."""
    official, downloads = dataset_class(source.class_name), _downloads()
    downloads.mkdir(parents=True, exist_ok=True)
    for left_behind in downloads.glob(f".{source.dataset}-*"):  # left by a killed preparation
        shutil.rmtree(left_behind, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f".{source.dataset}-", dir=downloads) as aside:
        try:
            with _following(Path(aside), source.download_bytes, report), redirect_stderr(StringIO()):
                official(aside, train=True, download=True)
        except BAD_FILE as problem:
            host = urlsplit(getattr(official, "url", "") or official.mirrors[0]).netloc
            raise DatasetUnavailable(source.dataset, host, str(by_hand), _reason(problem)) from problem
        (downloads / source.folder).parent.mkdir(parents=True, exist_ok=True)
        os.replace(Path(aside) / source.folder, downloads / source.folder)


@contextmanager
def _following(folder: Path, total_bytes: int, report: Progress) -> Iterator[None]:
    """Report how much of the archives has arrived, as torchvision has no progress callback."""
    over = threading.Event()

    def follow() -> None:
        while not over.wait(LOOK_EVERY_S):
            report(sum(archive.stat().st_size for archive in folder.rglob("*.gz")) / total_bytes)

    follower = threading.Thread(target=follow, daemon=True)
    follower.start()
    try:
        yield
    finally:
        over.set()
        follower.join()


def _read(source: Source, root: Path) -> Arrays:
    folder = root / source.folder
    try:
        official = dataset_class(source.class_name)(root, train=True)
        images, labels = np.asarray(official.data), np.asarray(official.targets, np.int64)
        _check(images, labels)
    except BAD_FILE as problem:
        raise DatasetCorrupt(source.dataset, str(folder), _reason(problem)) from problem
    return images.reshape(*images.shape[:3], -1), labels


def _check(images: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
    """Raises ValueError unless there is one label per image, from 0 to 9, and each often enough for a split."""
    if len(images) != len(labels):
        raise ValueError(f"{len(images)} images, {len(labels)} labels")
    per_class = np.bincount(labels, minlength=10)
    if len(per_class) > 10:
        raise ValueError(f"labels up to {labels.max()} instead of 9")
    if per_class.min() < MIN_IMAGES_PER_CLASS:
        few = per_class.argmin()
        raise ValueError(f"{per_class[few]} images of class {few}; at least {MIN_IMAGES_PER_CLASS} are needed")


def _reason(problem: BaseException) -> str:
    """The last line of an error, with a default for errors without a message."""
    return str(problem).strip().rpartition("\n")[2] or "not a file of this kind, or cut off"
