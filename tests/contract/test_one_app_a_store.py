"""An app that cannot open its store says why: a second app on one SQLite file is refused and the file stays intact; so
is an app whose folder cannot be written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import HomeUnwritable, StoreInUse, StoreUnavailable
from core.runs.build import OpenService
from core.settings import PROJECT, Settings, get_settings

OTHER_APP = """
from core.errors import StoreInUse
from core.runs.build import OpenService
from core.settings import get_settings
try:
    OpenService(get_settings())
except StoreInUse as refused:
    print(refused)
"""


def test_the_second_app_is_refused_and_the_next_one_is_not(
    home_with_digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRENDLAB_WORKERS", "1")
    first = OpenService(get_settings())
    try:
        with pytest.raises(StoreInUse):
            OpenService(get_settings())
        said = subprocess.check_output([sys.executable, "-c", OTHER_APP], cwd=PROJECT, text=True)
        assert said.startswith(f"Another TrendLab is already using {home_with_digits}.")
        assert first.service.runs_of("nobody") == []
    finally:
        first.close()
    OpenService(get_settings()).close()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    home = tmp_path / "file" / "home"
    with pytest.raises(HomeUnwritable, match=str(home)):
        OpenService(Settings(home=home))


@pytest.mark.parametrize("url", ["no address", "postgresql+no_driver://localhost/class", "sqlite:///{damaged}"])
def test_a_database_that_cannot_be_opened_is_an_error_in_words(tmp_path: Path, url: str) -> None:
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreUnavailable):
        OpenService(Settings(home=tmp_path, database_url=url.format(damaged=damaged)))
