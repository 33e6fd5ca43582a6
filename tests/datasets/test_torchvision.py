"""MNIST, Fashion-MNIST and CIFAR-10: from a folder or a host, intact or damaged, killed or requested twice."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.datasets import ensure_prepared, is_prepared, open_prepared, torchvision_source
from core.datasets.prepare import prepare, printed_progress
from core.datasets.prepared import prepared_folder
from core.datasets.torchvision_import import dataset_class
from core.errors import DatasetCorrupt, DatasetError, DatasetUnavailable, TrendLabError
from core.settings import PROJECT, get_settings
from tests.datasets import files
from tests.datasets.host import Host
from tests.serving import free_port
from tests.waiting import until

REAL_DIGITS = Path(os.environ.get("TRENDLAB_TEST_DATA", PROJECT.parent / "shared" / "data"))
Damage = Callable[[Path], object]


@pytest.fixture
def small_cifar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make torchvision accept the tests' CIFAR files as the official ones."""
    for name, value in files.cifar_checksums().items():
        monkeypatch.setattr(dataset_class("CIFAR10"), name, value)


@pytest.mark.parametrize(("name", "class_name"), [("mnist", "MNIST"), ("fashion_mnist", "FashionMNIST")])
def test_files_in_a_folder_need_no_download(data_root: Path, name: str, class_name: str) -> None:
    folder = files.write_mnist(data_root, class_name)
    before = {file: file.read_bytes() for file in folder.iterdir()}
    prepare(name)
    data = open_prepared(name)
    assert data.images.shape == (files.NUM_IMAGES, 24, 24, 1)
    assert (data.num_train, data.num_validation) == (160, 40)
    assert {file: file.read_bytes() for file in folder.iterdir()} == before
    images, labels = files.digits_like(files.NUM_IMAGES, (28, 28), seed=files.NUM_IMAGES)
    expected = np.stack([as_pillow_shrinks(image) for image in images]).astype(int)
    for picture, label in zip(data.images[..., 0], data.labels, strict=True):
        same = np.abs(expected - picture).max(axis=(1, 2)) <= 1
        assert labels[same].tolist() == [label]


def as_pillow_shrinks(image: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(image).resize((24, 24), Image.Resampling.BILINEAR))


def test_images_shrink_as_pillow_shrinks_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torchvision_source, "CHUNK_IMAGES", 20)
    images, _ = files.digits_like(50, (32, 32, 3))
    told: list[float] = []
    ours = torchvision_source.resize(images, told.append).astype(int)
    pillows = np.stack([as_pillow_shrinks(image) for image in images])
    assert np.abs(ours - pillows).max() <= 1  # Pillow rounds after each axis
    assert told == [0.4, 0.8, 1.0]


@pytest.mark.usefixtures("small_cifar")
def test_cifar_in_a_folder(data_root: Path) -> None:
    files.write_cifar(data_root)
    prepare("cifar10")
    data = open_prepared("cifar10")
    assert data.images.shape == (200, 24, 24, 3)
    pixels = np.concatenate([files.digits_like(40, (3, 32, 32), seed=number)[0] for number in range(5)])
    assert data.images.mean(axis=(0, 1, 2)) == pytest.approx(pixels.mean(axis=(0, 2, 3)), abs=0.1)


def truncated(name: str) -> Damage:
    return lambda folder: os.truncate(folder / name, (folder / name).stat().st_size - 100)


def missing(name: str) -> Damage:
    return lambda folder: (folder / name).unlink()


def holding(name: str, content: bytes) -> Damage:
    return lambda folder: (folder / name).write_bytes(content)


IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TOO_MANY = files.idx_bytes(np.arange(files.NUM_IMAGES + 1, dtype=np.uint8) % 10)
ELEVENTH = files.idx_bytes(np.arange(files.NUM_IMAGES, dtype=np.uint8) % 11)
NO_NINE = files.idx_bytes(np.arange(files.NUM_IMAGES, dtype=np.uint8) % 9)
FEW_NINES = files.idx_bytes(np.append(np.arange(files.NUM_IMAGES - 4, dtype=np.uint8) % 9, np.full(4, 9, np.uint8)))
DAMAGES: dict[str, tuple[Damage, str]] = {
    "images cut off": (truncated(IMAGES), ""),
    "labels cut off": (truncated(LABELS), ""),
    "images missing": (missing(IMAGES), "not found"),
    "test labels missing": (missing("t10k-labels-idx1-ubyte"), "not found"),
    "an empty file": (holding(IMAGES, b""), ""),
    "a web page": (holding(IMAGES, b"<!DOCTYPE html><title>Sign in</title>"), ""),
    "labels in place of images": (holding(IMAGES, TOO_MANY), ""),
    "one label too many": (holding(LABELS, TOO_MANY), "200 images, 201 labels"),
    "an eleventh class": (holding(LABELS, ELEVENTH), "labels up to 10"),
    "a class without images": (holding(LABELS, NO_NINE), "0 images of class 9"),
    "a class with too few images": (holding(LABELS, FEW_NINES), "4 images of class 9"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_named_and_not_used(data_root: Path, damage: str) -> None:
    folder = files.write_mnist(data_root)
    harm, reason = DAMAGES[damage]
    harm(folder)
    with pytest.raises(DatasetCorrupt) as caught:
        prepare("mnist")
    assert caught.value.file == str(folder)
    assert caught.value.reason
    assert reason in str(caught.value.reason)
    assert not is_prepared("mnist")
    shutil.rmtree(folder)
    files.write_mnist(data_root)
    prepare("mnist")
    assert is_prepared("mnist")


@pytest.mark.usefixtures("small_cifar")
@pytest.mark.parametrize("harm", [truncated("data_batch_3"), missing("data_batch_5"), holding("test_batch", b"x")])
def test_a_tampered_cifar_file_is_never_unpickled(data_root: Path, harm: Damage) -> None:
    harm(files.write_cifar(data_root))
    with pytest.raises(DatasetCorrupt, match="not found or corrupted"):
        prepare("cifar10")
    assert not is_prepared("cifar10")


def test_mnist_is_downloaded_once_with_progress(
    empty_home: Path, host: Host, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dataset_class("MNIST"), "resources", list(files.serve_mnist(host.folder).items()))
    monkeypatch.setattr(dataset_class("MNIST"), "mirrors", [host.address])
    prepare("mnist")
    assert open_prepared("mnist").images.shape == (files.NUM_IMAGES, 24, 24, 1)
    told = [json.loads(line)["progress"] for line in capsys.readouterr().out.splitlines()]
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert [entry.name for entry in (empty_home / "downloads").iterdir()] == ["MNIST"]
    host.asked.clear()
    shutil.rmtree(prepared_folder("mnist"))
    prepare("mnist")
    assert not host.asked


@pytest.mark.usefixtures("small_cifar")
def test_cifar_is_downloaded(empty_home: Path, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset_class("CIFAR10"), "tgz_md5", files.serve_cifar(host.folder))
    monkeypatch.setattr(dataset_class("CIFAR10"), "url", f"{host.address}cifar-10-python.tar.gz")
    prepare("cifar10")
    assert open_prepared("cifar10").images.shape == (200, 24, 24, 3)
    assert [entry.name for entry in (empty_home / "downloads").iterdir()] == ["cifar-10-batches-py"]


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Redirects the downloads of other processes to an address."""

    def use(address: str) -> None:
        for scheme in ("http", "https"):
            monkeypatch.setenv(f"{scheme}_proxy", address)
            monkeypatch.setenv(f"{scheme.upper()}_PROXY", address)
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.setenv("NO_PROXY", "")

    return use


@pytest.mark.parametrize(
    ("name", "host", "folder"),
    [
        ("mnist", "ossci-datasets.s3.amazonaws.com", "MNIST/raw"),
        ("cifar10", "www.cs.toronto.edu", "cifar-10-batches-py"),
    ],
)
def test_without_network_the_host_and_the_folder_to_fill_are_named(
    data_root: Path, proxy: Callable[[str], None], name: str, host: str, folder: str
) -> None:
    proxy(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(DatasetUnavailable) as caught:
        ensure_prepared(name)
    assert caught.value.host == host
    assert caught.value.folder == str(data_root / folder)
    assert not is_prepared(name)
    assert not list((get_settings().home / "downloads").iterdir())


def test_the_progress_of_a_download_is_the_share_that_has_arrived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[float] = []
    monkeypatch.setattr(torchvision_source, "LOOK_EVERY_S", 0.01)
    with torchvision_source._following(tmp_path, 1_000, told.append):
        for name, share in (("images.gz", 0.3), ("labels.gz", 0.6)):
            (tmp_path / name).write_bytes(bytes(300))
            until(lambda share=share: share in told)


def test_a_download_with_other_bytes_is_thrown_away(empty_home: Path, proxy: Callable[[str], None], host: Host) -> None:
    files.serve_mnist(host.folder)  # valid files, but not the official ones
    proxy(host.address)
    with pytest.raises(DatasetUnavailable, match="corrupted"):
        ensure_prepared("fashion_mnist")
    assert any(path.endswith("train-images-idx3-ubyte.gz") for path in host.asked)
    assert not is_prepared("fashion_mnist")
    assert not list((empty_home / "downloads").iterdir())


def start_preparing(name: str, first: str = "") -> subprocess.Popen[str]:
    """Preparation in a separate process, which runs the statement `first` before it."""
    code = f"import sys; {first or 'pass'}; from core.datasets.prepare import main; sys.exit(main({name!r}))"
    return subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, text=True)


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_a_download_that_was_killed_leaves_nothing_to_use(
    empty_home: Path, proxy: Callable[[str], None], host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = files.serve_mnist(host.folder)
    host.silent = "train-images-idx3-ubyte.gz"
    proxy(host.address)
    process = start_preparing("fashion_mnist")
    until(lambda: bool(host.asked), 60, lambda: "no request")
    kill(process)
    downloads = empty_home / "downloads"
    assert [entry.name.startswith(".fashion_mnist-") for entry in downloads.iterdir()] == [True]
    host.silent = "nothing"
    monkeypatch.setattr(dataset_class("FashionMNIST"), "resources", list(packed.items()))
    monkeypatch.setattr(dataset_class("FashionMNIST"), "mirrors", [host.address])
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    prepare("fashion_mnist")
    assert [entry.name for entry in downloads.iterdir()] == ["FashionMNIST"]


def test_a_host_that_falls_silent_is_named(empty_home: Path, proxy: Callable[[str], None], host: Host) -> None:
    host.silent = "train-images-idx3-ubyte.gz"
    proxy(host.address)
    process = start_preparing("fashion_mnist", first="from core.datasets import prepare; prepare.SILENCE_S = 0.5")
    told = process.communicate(timeout=60)[0].splitlines()
    assert json.loads(told[-1])["error"]["kind"] == "DatasetUnavailable"
    assert not list((empty_home / "downloads").iterdir())


def test_progress_is_told_in_whole_percents_and_never_goes_back(capsys: pytest.CaptureFixture[str]) -> None:
    report = printed_progress()
    for share in (0.1, 0.5, 0.2, 0.509, 1.2):
        report(share)
    assert [json.loads(line)["progress"] for line in capsys.readouterr().out.splitlines()] == [0.1, 0.5, 1.0]


def test_a_folder_that_cannot_be_written_is_named(empty_home: Path) -> None:
    (empty_home / "datasets").write_bytes(b"")
    with pytest.raises(DatasetError, match=str(empty_home / "datasets")):
        ensure_prepared("digits")


def test_a_preparation_killed_before_its_end_leaves_nothing_to_use(data_root: Path) -> None:
    files.write_mnist(data_root)
    folder = prepared_folder("mnist")
    process = start_preparing("mnist", first="import os, time; os.replace = lambda *_: time.sleep(60)")
    until(lambda: bool(list(folder.parent.glob(".mnist-*/meta.json"))), 60, lambda: "no half-made folder")
    kill(process)
    assert not is_prepared("mnist")
    told: list[float] = []
    ensure_prepared("mnist", told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert open_prepared("mnist").images.shape == (files.NUM_IMAGES, 24, 24, 1)
    assert not list(folder.parent.glob(".mnist-*"))


def test_two_at_once_prepare_it_once(data_root: Path) -> None:
    files.write_mnist(data_root)
    processes = [start_preparing("mnist") for _ in range(2)]
    told = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert sorted(bool(text) for text in told) == [False, True]


def test_prepared_arrays_that_were_cut_off_are_refused(data_root: Path) -> None:
    files.write_mnist(data_root)
    prepare("mnist")
    images = prepared_folder("mnist") / "images.npy"
    os.truncate(images, images.stat().st_size // 2)
    with pytest.raises(DatasetCorrupt) as caught:
        open_prepared("mnist")
    assert caught.value.file == str(prepared_folder("mnist"))


@pytest.mark.usefixtures("empty_home")
def test_a_data_set_without_a_loader_tells_its_own_end() -> None:
    with pytest.raises(TrendLabError, match="exit code"):
        ensure_prepared("cats")


@pytest.mark.skipif(not (REAL_DIGITS / "MNIST").is_dir(), reason="no real MNIST digits here (TRENDLAB_TEST_DATA)")
@pytest.mark.usefixtures("empty_home")
def test_real_mnist_digits_are_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRENDLAB_DATA", str(REAL_DIGITS))
    get_settings.cache_clear()
    command = "train --dataset mnist --epochs 1 --learning-rate 0.01 --json"
    output = subprocess.check_output([sys.executable, "-m", "core", *command.split()], cwd=PROJECT, text=True)
    assert json.loads(output.splitlines()[-1])["val_accuracy"] > 0.85
