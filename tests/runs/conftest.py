from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.datasets import prepared
from core.settings import get_settings


@pytest.fixture(scope="session")
def prepared_digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("digits-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRENDLAB_HOME", str(home))
        get_settings.cache_clear()
        prepared.ensure_prepared("digits")
    get_settings.cache_clear()
    return home


@pytest.fixture
def home_with_digits(prepared_digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh home folder in which the digits are ready."""
    shutil.copytree(prepared_digits / "datasets", tmp_path / "datasets")
    monkeypatch.setenv("TRENDLAB_HOME", str(tmp_path))
    get_settings.cache_clear()
    prepared._map.cache_clear()
    yield tmp_path
    get_settings.cache_clear()
    prepared._map.cache_clear()
