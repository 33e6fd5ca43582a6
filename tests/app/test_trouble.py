"""What a reader sees when the app, its folder or its database is unavailable."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st

from core.errors import StoreError, StoreInUse, StoreUnavailable
from core.settings import get_settings
from core.ui import progress, shell
from core.ui import services as services_module
from core.ui.compare import page as compare
from core.ui.lab import charts
from core.ui.runs import teacher
from core.ui.runs.page import UNDO
from core.ui.services import services
from tests.app.conftest import QUICK_SETTINGS, Open, go_to, keys, reach, shown


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (StoreInUse("here"), "Another TrendLab is already working in here."),
        (StoreUnavailable("locked"), "The store is not available now (locked). TrendLab cannot start."),
    ],
)
def test_an_app_that_cannot_begin_says_why(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, trouble: StoreError, told: str
) -> None:
    def refused() -> None:
        raise trouble

    for module in (shell, progress, services_module):
        monkeypatch.setattr(module, "services", refused)
    (error,) = open_page("train").error
    assert error.value.startswith(told)
    survey = open_page("deep")  # completes
    survey.button(key="next_deep").click().run()
    assert not survey.error
    assert not survey.exception
    assert survey.button(key="next")


def test_the_service_stays_when_caches_are_emptied_or_its_module_is_loaded_anew(open_page: Open) -> None:
    open_page("home")
    before = services()
    st.cache_resource.clear()  # any browser may request this from Streamlit
    spec = spec_from_file_location("loaded_anew", str(services_module.__file__))
    assert spec
    assert spec.loader
    spec.loader.exec_module(anew := module_from_spec(spec))
    assert services() is anew.services() is before
    assert not open_page("train").error


def test_a_folder_that_is_taken_away_is_named_until_it_is_back(open_page: Open, app_home: Path) -> None:
    app = open_page("train", seed="40", **QUICK_SETTINGS)
    (app_home / "files").rename(app_home / "away")
    try:
        app.button(key="train").click().run()
        assert not app.exception
        assert str(app_home) in app.error[0].value
        assert len(open_page("deep").markdown) > 5  # needs no folder
        assert not open_page("deep").error
    finally:
        (app_home / "away").rename(app_home / "files")
    app.run()
    app.button(key="train").click().run()
    assert not app.error
    assert shown(app).config.seed == 40


def test_a_database_that_goes_away_is_told_on_the_page(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page("home", lang="zh")

    def away(*_: object, **_asked: object) -> None:
        raise StoreUnavailable("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(services().runs._store, "_all", away)
        app.run()
        assert not app.exception
        assert app.error[0].value.startswith("存储暂时不可用（connection refused）。")
        assert not go_to(app, "questions").exception  # needs no store
    assert not open_page("home").error


def test_a_poll_that_finds_the_database_away_is_passed_over(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page("train", seed="42", **QUICK_SETTINGS)
    app.button(key="train").click().run()
    me = services().runs.run(app.query_params["run"])
    services().runs.pause(me.owner, me.id)

    def away(*_: object) -> None:
        raise StoreUnavailable("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(services().runs, "views", away)  # on the Runs page, only for polls
        assert not go_to(app, "runs").exception
    services().runs.delete(me.owner, me.id)


@pytest.mark.parametrize("page", ["train", "compare"])
def test_charts_that_find_the_database_away_say_so(open_page: Open, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    app = open_page("train", seed="43", **QUICK_SETTINGS)
    app.button(key="train").click().run()
    run_id = app.query_params["run"]
    reach(app, "finished")

    def away(*_: object) -> None:
        raise StoreUnavailable("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(charts, "has_events", lambda: False)
        for module in (charts, compare):
            patch.setattr(module, "run_points", away)
        app = open_page(page, run=run_id, runs=run_id)
        assert not app.exception
        assert app.error[0].value.startswith("The store is not available now (connection refused).")
    assert not open_page(page, run=run_id, runs=run_id).error


def test_a_deletion_can_be_taken_back_when_the_store_is_there_again(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("train", seed="41", **QUICK_SETTINGS)
    app.button(key="train").click().run()
    reach(app, "finished")
    run = services().runs.run(app.query_params["run"])
    services().runs.delete(run.owner, run.id)
    app.session_state[UNDO] = run
    go_to(app, "runs")

    def locked(*_: object) -> None:
        raise StoreUnavailable("locked")

    with monkeypatch.context() as patch:
        patch.setattr(services().runs._store, "add_run", locked)
        app.button(key="undo").click().run()
    assert app.error[0].value.endswith("(locked).")
    app.button(key="undo").click().run()
    assert "undo" not in keys(app)
    assert services().runs.run(run.id).name == run.name


def test_a_plain_script_names_a_setting_that_cannot_be(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page("home")
    monkeypatch.setenv("TRENDLAB_WORKERS", "many")
    get_settings.cache_clear()
    (error,) = app.run().error
    assert error.value.startswith("TRENDLAB_WORKERS: ")
    assert not app.exception


def test_a_wrong_passcode_takes_its_time(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRENDLAB_TEACHER_PASSCODE", "ours")
    get_settings.cache_clear()
    waited_s: list[float] = []
    monkeypatch.setattr(teacher, "time", SimpleNamespace(sleep=waited_s.append))
    app = open_page("runs")
    for given, is_teacher in (("theirs", False), ("ours", True)):
        app.text_input(key=teacher.GIVEN).set_value(given).run()
        assert app.session_state[teacher.TEACHER] is is_teacher
    assert waited_s == [teacher.WRONG_S]
