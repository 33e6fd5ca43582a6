"""The settings of an installation."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InvalidSetting
from core.settings import PROJECT, Settings, get_settings

SECRETS = """
POSTGRES_DATA = "/not/ours"
TRENDLAB_WORKERS = 2
TRENDLAB_MAX_STREAMS = 50
TRENDLAB_TEACHER_PASSCODE = "ours"
TRENDLAB_OF_ANOTHER_VERSION = 1
"""


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
    (tmp_path / ".streamlit" / "secrets.toml").write_text(SECRETS)
    monkeypatch.setenv("TRENDLAB_WORKERS", "3")
    monkeypatch.setenv("TRENDLAB_MAX_STREAMS", "")  # as from an unset variable of a compose file
    settings = Settings()
    assert (settings.workers, settings.max_streams, settings.teacher_passcode) == (3, 50, "ours")
    assert settings.data is None


def test_the_store_is_the_one_that_was_chosen(tmp_path: Path) -> None:
    url = "postgresql+psycopg://someone@host/lab"
    assert Settings(home=tmp_path, database_url=url).store_url == url
    assert Settings(home=tmp_path).store_url == f"sqlite:///{tmp_path}/trendlab.db"


@pytest.mark.parametrize(
    ("name", "value"), [("TRENDLAB_SCHEDULER", "host:8786"), ("TRENDLAB_WORKER_MB", "319"), ("TRENDLAB_WORKERS", "0")]
)
def test_a_setting_that_no_app_could_work_with_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    with pytest.raises(InvalidSetting, match=f"{name}.*{value}"):
        get_settings()


def test_a_file_of_secrets_with_a_slip_is_named_with_its_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("core.settings.PROJECT", tmp_path)
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text("TRENDLAB_WORKERS = 2\nTRENDLAB_HOME = C:\\class\n")
    with pytest.raises(InvalidSetting, match=r"secrets.toml.*line 2"):
        Settings()
