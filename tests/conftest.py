"""Home folders for tests, none of which ever touches the real `.trendlab`."""

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

os.environ.setdefault("OMP_NUM_THREADS", "1")  # tests run in parallel, where more threads would only compete
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # set by a shell for background jobs
    signal.signal(signal.SIGINT, signal.default_int_handler)  # otherwise inherited by processes that tests start


@pytest.fixture(scope="session")
def prepared_digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with prepared digits, which tests only read."""
    home = tmp_path_factory.mktemp("digits-home")
    with pytest.MonkeyPatch.context() as patch:
        _use_home(home, patch)
        prepared.ensure_prepared("digits")
    return home


@pytest.fixture(autouse=True)
def shared_home(prepared_digits: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The default home of every test."""
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
    """A fresh home folder with prepared digits, for a test that writes."""
    shutil.copytree(prepared_digits / "datasets", tmp_path / "datasets")
    _use_home(tmp_path, monkeypatch)
    return tmp_path


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared_home: Path) -> Path:  # noqa: ARG001  its turn is first
    """A fresh home folder without any data."""
    _use_home(tmp_path, monkeypatch)
    return tmp_path


def _use_home(home: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("TRENDLAB_HOME", str(home))
    _forget_settings()


def _forget_settings() -> None:
    get_settings.cache_clear()
    prepared._map.cache_clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Rerun failed browser tests once, as a busy machine may be slow, and report it; but never after an error that a
    reader would have seen."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.flaky(reruns=1, rerun_except=FAILED_SCRIPT))
