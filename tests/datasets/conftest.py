"""Loopback servers that stand in for the hosts of data sets, and folders to fill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import get_settings
from tests.datasets.host import Host, serve_folder


@pytest.fixture
def data_root(empty_home: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, set as `TRENDLAB_DATA`."""
    del empty_home  # needed only as a fixture
    root = tmp_path_factory.mktemp("data")
    monkeypatch.setenv("TRENDLAB_DATA", str(root))
    get_settings.cache_clear()
    return root


@pytest.fixture
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with serve_folder(tmp_path_factory.mktemp("host")) as served:
        yield served
