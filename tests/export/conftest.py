"""Every data set, small versions of downloaded ones, prepared for the engine and laid out for programs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.datasets.prepare import prepare
from core.datasets.torchvision_import import dataset_class
from core.settings import get_settings
from tests.datasets import files
from tests.export.standalone import Standalone


@pytest.fixture(scope="session")
def standalone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standalone]:
    elsewhere = Standalone(tmp_path_factory.mktemp("elsewhere"))
    root = elsewhere.folder / "data"
    files.write_mnist(root, "MNIST")
    files.write_mnist(root, "FashionMNIST")
    files.write_cifar(root)
    yield elsewhere
    elsewhere.close()


@pytest.fixture(scope="session")
def home_with_all(standalone: Standalone, prepared_digits: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("all-home")
    shutil.copytree(prepared_digits / "datasets", home / "datasets")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRENDLAB_HOME", str(home))
        patch.setenv("TRENDLAB_DATA", str(standalone.folder / "data"))
        for name, value in files.cifar_checksums().items():
            patch.setattr(dataset_class("CIFAR10"), name, value)
        get_settings.cache_clear()
        for name in ("shapes", "mnist", "fashion_mnist", "cifar10"):
            prepare(name)
    get_settings.cache_clear()
    return home


@pytest.fixture
def everything_prepared(
    home_with_all: Path,
    shared_home: Path,  # noqa: ARG001  its turn is first
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRENDLAB_HOME", str(home_with_all))
    get_settings.cache_clear()
