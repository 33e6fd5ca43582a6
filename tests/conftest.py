"""Every test has a home folder of its own kind: none ever touches the reader's `.trendlab`."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.datasets import prepared
from core.settings import get_settings

FAILED_SCRIPT = "Uncaught app execution"  # as Streamlit logs it

os.environ.setdefault("OMP_NUM_THREADS", "1")  # tests run side by side: threads that wait for each other cost more
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what it runs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)  # the processes that tests start inherit it otherwise


@pytest.fixture(scope="session")
def prepared_digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder in which the digits are ready; tests only read it."""
    home = tmp_path_factory.mktemp("digits-home")
    with pytest.MonkeyPatch.context() as patch:
        _use_home(home, patch)
        prepared.ensure_prepared("digits")
    return home


@pytest.fixture(autouse=True)
def shared_home(prepared_digits: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """What a test gets that asks for nothing."""
    _use_home(prepared_digits, monkeypatch)
    yield prepared_digits
    _forget_settings()


@pytest.fixture
def home_with_digits(
    prepared_digits: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shared_home: Path,  # noqa: ARG001  its turn is first
) -> Path:
    """A fresh home folder, for a test that writes, in which the digits are ready."""
    shutil.copytree(prepared_digits / "datasets", tmp_path / "datasets")
    _use_home(tmp_path, monkeypatch)
    return tmp_path


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared_home: Path) -> Path:  # noqa: ARG001  its turn is first
    """A fresh home folder in which nothing is ready."""
    _use_home(tmp_path, monkeypatch)
    return tmp_path


def _use_home(home: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("TRENDLAB_HOME", str(home))
    _forget_settings()


def _forget_settings() -> None:
    get_settings.cache_clear()
    prepared._map.cache_clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a browser and a server do together on a busy machine gets a second chance, and the report says so. An error
    that a reader would be shown does not."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.flaky(reruns=1, rerun_except=FAILED_SCRIPT))
