"""The settings of an installation."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InvalidSetting
from core.settings import PROJECT, Settings, get_settings


def test_a_relative_folder_is_the_same_for_every_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # workers and preparations run in the project's folder
    monkeypatch.setenv("TRENDLAB_HOME", "class/home")
    monkeypatch.setenv("TRENDLAB_DATA", "../shared/data")
    settings = Settings()
    assert settings.home == PROJECT / "class/home"
    assert settings.data == PROJECT / "../shared/data"
    assert Settings(home=tmp_path, data=None).home == tmp_path
    assert Settings(data=Path("~/torchvision")).data == Path.home() / "torchvision"


def test_a_folder_of_an_unknown_user_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRENDLAB_HOME", "~nobody-of-this-name/class")
    get_settings.cache_clear()
    with pytest.raises(InvalidSetting, match=r"TRENDLAB_HOME.*~nobody-of-this-name"):
        get_settings()


def test_the_environment_wins_over_the_file_of_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("core.settings.PROJECT", tmp_path)
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text('TRENDLAB_WORKERS = 2\nTRENDLAB_TEACHER_PASSCODE = "ours"\n')
    monkeypatch.setenv("TRENDLAB_WORKERS", "3")
    settings = Settings()
    assert (settings.workers, settings.teacher_passcode) == (3, "ours")


def test_a_file_of_secrets_with_a_slip_is_named_with_its_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("core.settings.PROJECT", tmp_path)
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text("TRENDLAB_WORKERS = 2\nTRENDLAB_HOME = C:\\class\n")
    with pytest.raises(InvalidSetting, match=r"secrets.toml.*line 2"):
        Settings()
