"""Small files made by the tests in the formats of MNIST and CIFAR-10."""

from __future__ import annotations

import gzip
import hashlib
import pickle
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.datasets.prepare import put_in_place, write_split
from core.datasets.prepared import prepared_folder

NUM_IMAGES = 200
IDX_PARTS = {"train": NUM_IMAGES, "t10k": 20}


def digits_like(num_images: int, shape: tuple[int, ...], seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Random images (N, *shape) and labels (N,), each class equally often."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (num_images, *shape), np.uint8), (np.arange(num_images) % 10).astype(np.uint8)


def idx_bytes(array: NDArray[np.uint8]) -> bytes:
    """http://yann.lecun.com/exdb/mnist/: magic number, big-endian lengths, bytes."""
    lengths = b"".join(length.to_bytes(4) for length in array.shape)
    return bytes((0, 0, 8, array.ndim)) + lengths + array.tobytes()


def write_mnist(root: Path, class_name: str = "MNIST") -> Path:
    """The four unpacked files below `root`, in torchvision's layout."""
    folder = root / class_name / "raw"
    folder.mkdir(parents=True)
    for name, content in mnist_files().items():
        (folder / name).write_bytes(content)
    return folder


def mnist_files() -> dict[str, bytes]:
    files = {}
    for part, num_images in IDX_PARTS.items():
        images, labels = digits_like(num_images, (28, 28), seed=num_images)
        files[f"{part}-images-idx3-ubyte"] = idx_bytes(images)
        files[f"{part}-labels-idx1-ubyte"] = idx_bytes(labels)
    return files


def serve_mnist(folder: Path) -> dict[str, str]:
    """The four packed files in a folder to serve; returns their md5 by name."""
    packed = {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in mnist_files().items()}
    for name, content in packed.items():
        (folder / name).write_bytes(content)
    return {name: hashlib.md5(content).hexdigest() for name, content in packed.items()}


def put_prepared(name: str, num_images: int) -> None:
    """Prepared images, others for each number, in the place of what is prepared under that name."""
    folder = prepared_folder(name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    half_made = Path(tempfile.mkdtemp(dir=folder.parent))
    write_split(half_made, *digits_like(num_images, (24, 24, 1), seed=num_images))
    shutil.rmtree(folder, ignore_errors=True)
    put_in_place(half_made, folder)


def cifar_files() -> dict[str, bytes]:
    """Five training batches, a test batch and the class names, pickled like the official ones."""
    files = {}
    for number in range(6):
        pixels, labels = digits_like(40, (3 * 32 * 32,), seed=number)
        name = f"data_batch_{number + 1}" if number < 5 else "test_batch"
        files[name] = pickle.dumps({"data": pixels, "labels": labels.tolist()}, protocol=2)
    files["batches.meta"] = pickle.dumps({"label_names": [f"class {index}" for index in range(10)]}, protocol=2)
    return files


def write_cifar(root: Path) -> Path:
    folder = root / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    for name, content in cifar_files().items():
        (folder / name).write_bytes(content)
    return folder


def serve_cifar(folder: Path) -> str:
    """The archive in a folder to serve; returns its md5."""
    unpacked = write_cifar(folder / "unpacked")
    archive = folder / "cifar-10-python.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(unpacked, unpacked.name)
    return hashlib.md5(archive.read_bytes()).hexdigest()


def cifar_checksums() -> dict[str, Any]:
    """The attributes that torchvision's class would have if these files were the official ones."""
    md5 = {name: hashlib.md5(content).hexdigest() for name, content in cifar_files().items()}
    return {
        "train_list": [[name, md5[name]] for name in md5 if name.startswith("data_batch")],
        "test_list": [["test_batch", md5["test_batch"]]],
        "meta": {"filename": "batches.meta", "key": "label_names", "md5": md5["batches.meta"]},
    }
