"""MNIST's file format, IDX: four magic bytes, the lengths as big-endian 32-bit numbers, then the bytes, maybe in gzip.

http://yann.lecun.com/exdb/mnist/ describes it.
"""

from __future__ import annotations

import gzip
import math
import zlib
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.datasets.torchvision_import import dataset_class
from core.datasets.torchvision_source import Arrays, BadFile, Download, Source, check_labels

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
SIDE = 28


def idx_source(dataset: str, class_name: str) -> Source:
    """A data set in MNIST's form; `class_name` is torchvision's, and the name of its folder."""
    return Source(dataset, f"{class_name}/raw", _is_there, _read, partial(_training_downloads, class_name))


def read_idx(file: Path, num_axes: int) -> NDArray[np.uint8]:
    """The array of bytes in an IDX file, or in the same with `.gz` at the end of its name. Raises BadFile."""
    file = file if file.is_file() else _zipped(file)
    try:
        content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    except (OSError, EOFError, zlib.error) as problem:
        raise BadFile(file, problem) from problem
    if content[:4] != bytes((0, 0, 8, num_axes)):
        raise BadFile(file, f"it begins with [{content[:4].hex(' ')}] instead of [00 00 08 {num_axes:02x}]")
    lengths = [int.from_bytes(content[at : at + 4]) for at in range(4, 4 + 4 * num_axes, 4)]
    start, expected = 4 + 4 * num_axes, math.prod(lengths)
    if len(content) - start != expected:
        raise BadFile(file, f"{len(content) - start} bytes of data instead of {expected}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(lengths)


def _read(folder: Path) -> Arrays:
    images, labels = read_idx(folder / IMAGES, 3), read_idx(folder / LABELS, 1)
    if images.shape[1:] != (SIDE, SIDE):
        raise BadFile(folder / IMAGES, f"images of {images.shape[2]}x{images.shape[1]} instead of {SIDE}x{SIDE}")
    check_labels(folder / LABELS, len(images), labels.astype(np.int64))
    return images[..., None], labels.astype(np.int64)


def _is_there(folder: Path) -> bool:
    return all((folder / name).is_file() or _zipped(folder / name).is_file() for name in (IMAGES, LABELS))


def _zipped(file: Path) -> Path:
    return file.with_name(file.name + ".gz")


def _training_downloads(class_name: str) -> list[Download]:
    official = dataset_class(class_name)
    return [
        Download(name, tuple(mirror + name for mirror in official.mirrors), md5)
        for name, md5 in official.resources
        if name in (f"{IMAGES}.gz", f"{LABELS}.gz")
    ]
