"""CIFAR-10's files: five pickled batches, loose in torchvision's folder or still in their archive.

A pickle can run any program, so these are read by an unpickler that builds arrays and nothing else.
"""

from __future__ import annotations

import io
import pickle
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from core.datasets.torchvision_import import dataset_class
from core.datasets.torchvision_source import Arrays, BadFile, Download, Source, check_labels

FOLDER = "cifar-10-batches-py"
ARCHIVE = "cifar-10-python.tar.gz"
BATCHES = tuple(f"data_batch_{number}" for number in range(1, 6))
BYTES_PER_IMAGE = 3 * 32 * 32


def cifar_source(dataset: str) -> Source:
    return Source(dataset, FOLDER, _is_there, _read, _downloads)


def read_batch(file: Path, content: bytes) -> Arrays:
    """Images (n, 32, 32, 3) and labels (n,) of one batch. Raises BadFile."""
    try:
        batch = _ArraysOnly(io.BytesIO(content), encoding="latin1").load()
        pixels, labels = np.asarray(batch["data"]), np.asarray(batch["labels"], dtype=np.int64)
    except _WHAT_PICKLES_RAISE as problem:
        raise BadFile(file, problem) from problem
    if pixels.dtype != np.uint8 or pixels.ndim != 2 or pixels.shape[1] != BYTES_PER_IMAGE:
        raise BadFile(file, f"{pixels.dtype} data of shape {pixels.shape} instead of uint8 (n, {BYTES_PER_IMAGE})")
    check_labels(file, len(pixels), labels)
    return pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), labels


def _encode(text: str, _encoding: str = "latin1") -> bytes:
    """How Python 3 writes bytes in a pickle that Python 2 can read."""
    return text.encode("latin1")


_reconstruct = np.zeros(1).__reduce__()[0]
_ALLOWED: dict[tuple[str, str], Any] = {
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,  # as numpy 1 named it, and so the official files
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("_codecs", "encode"): _encode,
}
_WHAT_PICKLES_RAISE = (
    pickle.UnpicklingError,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    TypeError,
    ValueError,
)


class _ArraysOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no such file needs")
        return _ALLOWED[module, name]


def _read(folder: Path) -> Arrays:
    batches = [read_batch(file, content) for file, content in _contents(folder)]
    return np.concatenate([images for images, _ in batches]), np.concatenate([labels for _, labels in batches])


def _contents(folder: Path) -> Iterator[tuple[Path, bytes]]:
    archive = _archive(folder)
    try:
        if archive is None:
            yield from ((folder / name, (folder / name).read_bytes()) for name in BATCHES)
        else:
            yield from _in_archive(archive)
    except (OSError, EOFError, tarfile.TarError, zlib.error) as problem:
        raise BadFile(archive or folder, problem) from problem


def _in_archive(archive: Path) -> Iterator[tuple[Path, bytes]]:
    """The batches, read in place: nothing is unpacked onto the disk."""
    with tarfile.open(archive, "r:gz") as tar:
        for name in BATCHES:
            try:
                member = tar.extractfile(f"{FOLDER}/{name}")
            except KeyError:
                member = None
            if member is None:
                raise BadFile(archive, f"no {name} in it")
            yield archive / name, member.read()


def _is_there(folder: Path) -> bool:
    return _all_loose(folder) or _archive(folder) is not None


def _all_loose(folder: Path) -> bool:
    return all((folder / name).is_file() for name in BATCHES)


def _archive(folder: Path) -> Path | None:
    """The archive to read: in the folder, or beside it, where torchvision leaves it. Loose files come first."""
    places = () if _all_loose(folder) else (folder / ARCHIVE, folder.parent / ARCHIVE)
    return next((place for place in places if place.is_file()), None)


def _downloads() -> list[Download]:
    official = dataset_class("CIFAR10")
    return [Download(ARCHIVE, (official.url,), official.tgz_md5)]
