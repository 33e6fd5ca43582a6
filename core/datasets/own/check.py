"""Check one upload and turn it into a data set. `python -m core.datasets.own.check FILE NAME OWNER`.

The process prints one JSON object per line: `{"progress": 0.4}`, and finally `{"name": ...}` or `{"error": {...}}`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core import catalog
from core.datasets.own.archive import read_archive
from core.datasets.own.gathered import Gathered, plain_name
from core.datasets.own.limits import MAX_CHECK_BYTES, MAX_CHECK_S
from core.datasets.own.owners import add_owner
from core.datasets.own.table import read_table
from core.datasets.prepare import print_error, printed_progress, put_in_place, write_split
from core.datasets.prepared import is_prepared
from core.errors import OwnSetRefused, TrendLabError

READING = 0.95  # of the progress; the rest is writing
NICE = 5  # niceness, so that training goes first

Labels = NDArray[np.int64]


def check(file: Path, name: str, owner: str) -> str:
    """The name of the data set made from an upload (its content and its file name), which now belongs to the owner.

    Equal uploads share one set. Raises OwnSetRefused; then nothing is left behind.
    """
    report = printed_progress()
    read = {".zip": read_archive, ".csv": read_table}.get(Path(name).suffix.lower())
    if read is None:
        raise OwnSetRefused("no_kind", name=plain_name(name))
    found = read(file, lambda share: report(READING * share))
    images, labels, classes = found.arrays()
    title = plain_name(Path(name).stem)
    dataset = _name_of(images, labels, classes, title)
    folder = catalog.own_folder(dataset)
    if not is_prepared(dataset):
        shutil.rmtree(folder, ignore_errors=True)  # incomplete, after a power cut
        _write(folder, images, labels, classes, title, found)
    add_owner(dataset, owner)
    report(1.0)
    return dataset


def _name_of(images: NDArray[np.uint8], labels: Labels, classes: tuple[str, ...], title: str) -> str:
    digest = hashlib.sha256(json.dumps([title, classes, images.shape]).encode())
    digest.update(images.tobytes() + labels.tobytes())
    return f"own_{len(classes)}_{digest.hexdigest()[:12]}"


def _write(
    folder: Path, images: NDArray[np.uint8], labels: Labels, classes: tuple[str, ...], title: str, found: Gathered
) -> None:
    """Write the prepared files and `spec.json`, completely or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    half_made = Path(tempfile.mkdtemp(prefix=".own-", dir=folder.parent))
    try:
        order = write_split(half_made, images, labels)
        num_train = int(json.loads((half_made / "meta.json").read_text(encoding="utf-8"))["num_train"])
        counts = [np.bincount(labels[part]) for part in (order[:num_train], order[num_train:])]
        spec = {
            "title": title,
            "classes": [
                {"name": each, "train": int(train), "validation": int(validation)}
                for each, train, validation in zip(classes, *counts, strict=True)
            ],
            "left_out": found.left_out_summary(),
            "notes": found.notes,
        }
        np.save(half_made / "order.npy", order)  # to reproduce the split from a downloaded set
        (half_made / "spec.json").write_text(json.dumps(spec, ensure_ascii=False), encoding="utf-8")
        put_in_place(half_made, folder)
    finally:
        shutil.rmtree(half_made, ignore_errors=True)


def main(file: str, name: str, owner: str) -> int:
    _give_way()
    try:
        made = check(Path(file), name, owner)
    except TrendLabError as problem:
        return print_error(problem)
    except MemoryError:
        return print_error(OwnSetRefused("too_heavy", limit_s=MAX_CHECK_S))
    except Exception as problem:
        traceback.print_exc()
        return print_error(OwnSetRefused("damaged", reason=str(problem)))
    sys.stdout.write(json.dumps({"name": made}) + "\n")
    return 0


def _give_way() -> None:
    """Limit this process. On Windows, without such limits, only the app's timeout applies."""
    if sys.platform != "win32":
        import resource

        os.nice(NICE)
        resource.setrlimit(resource.RLIMIT_DATA, (MAX_CHECK_BYTES, MAX_CHECK_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (int(MAX_CHECK_S), int(MAX_CHECK_S) + 1))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
