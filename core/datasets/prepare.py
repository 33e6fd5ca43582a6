"""Prepare one data set: load, split, write to a temporary folder, rename. `python -m core.datasets.prepare NAME`.

The process prints one JSON object per line: `{"progress": 0.4}`, or finally `{"error": {...}}`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import locket
import numpy as np

from core.datasets.prepared import Progress, is_prepared, prepared_folder
from core.datasets.split import stratified_split
from core.errors import DatasetError, TrendLabError, to_wire

VALIDATION_SHARE = 0.2
SILENCE_S = 20.0  # a server that sends nothing for this long has failed
SPLIT_SEED = 42  # one split for all runs; of six seeds tried on the digits, the median one


def prepare(name: str) -> None:
    """Write the prepared folder of a data set, completely or not at all."""
    folder = prepared_folder(name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locket.lock_file(folder.parent / f"{name}.lock"):
        if is_prepared(name):
            return
        for left_behind in (folder, *folder.parent.glob(f".{name}-*")):  # left by a killed preparation
            shutil.rmtree(left_behind, ignore_errors=True)
        report = printed_progress()
        images, labels = import_module(f"core.datasets.{name}").load(report)
        half_made = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder.parent))
        try:
            write_split(half_made, images, labels)
            put_in_place(half_made, folder)
        finally:
            shutil.rmtree(half_made, ignore_errors=True)
        report(1.0)


def printed_progress() -> Progress:
    """Prints progress in whole percents, never going back."""
    last_percent = -1

    def report(progress: float) -> None:
        nonlocal last_percent
        if (percent := int(100 * min(progress, 1.0))) > last_percent:
            last_percent = percent
            print(json.dumps({"progress": percent / 100}), flush=True)

    return report


def write_split(folder: Path, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Write the three files of a prepared data set. Returns the original index of the image at each place."""
    train, validation = stratified_split(labels, VALIDATION_SHARE, SPLIT_SEED)
    order = np.concatenate([train, validation])
    images, labels = np.ascontiguousarray(images[order]), labels[order].astype(np.int64)
    np.save(folder / "images.npy", images)
    np.save(folder / "labels.npy", labels)
    digest = hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()
    meta = {"num_images": len(labels), "num_train": len(train), "sha256": digest}
    (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    return order


def put_in_place(half_made: Path, folder: Path) -> None:
    """Make a folder's files durable against a power cut, then give it its final name."""
    for path in half_made.iterdir():
        with path.open("r+b") as file:
            os.fsync(file.fileno())
    os.replace(half_made, folder)


def main(name: str) -> int:
    socket.setdefaulttimeout(SILENCE_S)  # torchvision sets no timeout
    try:
        prepare(name)
    except TrendLabError as problem:
        return print_error(problem)
    except OSError as problem:
        return print_error(DatasetError(name, str(problem)))
    except KeyboardInterrupt:  # a terminal sends Ctrl-C to this process too; the parent reports it
        return 130
    return 0


def print_error(error: TrendLabError) -> int:
    print(json.dumps({"error": to_wire(error)}), flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
