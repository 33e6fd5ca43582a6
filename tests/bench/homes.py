"""Home folders for measurements: temporary, with the digits prepared."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from core.datasets.prepared import ensure_prepared, open_prepared, prepared_folder
from core.settings import get_settings

LONG_TRAIN = 28 * 512  # enough training images that epoch ends matter little, and all batches are full


def tell(text: str) -> None:
    """Print progress, separate from the table."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def bench_home() -> Iterator[Path]:
    """A home with the digits for this process and its children."""
    with tempfile.TemporaryDirectory(prefix="trendlab-bench-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        os.environ["TRENDLAB_HOME"] = str(home)
        get_settings.cache_clear()
        ensure_prepared("digits")
        yield home


def copy_of(home: Path, name: str) -> Path:
    """A new home with only the same prepared data."""
    copy = home.parent / name
    shutil.copytree(home / "datasets", copy / "datasets")
    return copy


def empty(home: Path, name: str) -> Path:
    """A new, empty home."""
    fresh = home.parent / name
    fresh.mkdir()
    return fresh


def with_long_digits(home: Path) -> Path:
    """A home in which the digits' training images are repeated about ten times; the validation images are unchanged."""
    long_home = home.parent / "long"
    if long_home.exists():
        return long_home
    data = open_prepared("digits")
    folder = long_home / prepared_folder("digits").relative_to(home)
    folder.mkdir(parents=True)
    order = np.concatenate([np.arange(LONG_TRAIN) % data.num_train, np.arange(data.num_train, len(data.labels))])
    images, labels = data.images[order], data.labels[order]
    np.save(folder / "images.npy", images)
    np.save(folder / "labels.npy", labels)
    digest = hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()
    meta = {"num_images": len(labels), "num_train": LONG_TRAIN, "sha256": digest}
    (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    return long_home
