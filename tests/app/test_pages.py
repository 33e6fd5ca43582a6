"""The pages of the lab as a learner would use them. Widgets are found by their keys."""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner_utils.exceptions import StopException
from streamlit.testing.v1 import AppTest

from core.config import MAX_SEED, RunConfig, limits, plain
from core.content.plain import escaped
from core.content.words import Words, languages
from core.errors import StoreError, StoreInUse, StoreUnavailable
from core.runs.build import SHOWCASE_OWNER
from core.runs.views import RunView
from core.settings import get_settings
from core.ui import progress, shell
from core.ui import services as services_module
from core.ui.runs import teacher
from core.ui.runs.page import UNDO
from core.ui.services import services
from core.ui.session import show_run
from tests.app.conftest import Open, go_to, setting
from tests.waiting import until

QUICK = {"model": "mlp", "epochs": "2", "batch_size": "256", "learning_rate": "0.01"}


def shown(app: AppTest) -> RunView:
    """The run in the page's address."""
    return services().runs.view(app.query_params["run"])


def reach(app: AppTest, *states: str) -> None:
    """Wait for a state, then rerun the page, as the live chart would."""
    until(lambda: shown(app).state in states, timeout_s=60)
    app.run()


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button if button.key}


def learners_runs() -> set[str]:
    """All runs but the recorded one, which starts at its own time."""
    runs = services().runs
    return {view.id for view in runs.public_runs() if view.owner != SHOWCASE_OWNER}


@pytest.mark.parametrize("lang", languages())
def test_train_pause_step_resume_more_epochs(open_page: Open, lang: str) -> None:
    app = open_page(
        "train", lang=lang, seed=str(list(languages()).index(lang)), level="expert", **QUICK | {"epochs": "50"}
    )
    app.button(key="train").click().run()
    assert {"pause", "stop", "train_anew"} <= keys(app)
    until(lambda: shown(app).step > 0, timeout_s=60)
    app.button(key="pause").click().run()
    assert {"resume", "one_step", "stop"} <= keys(app)
    paused_at = shown(app).step
    app.button(key="one_step").click().run()
    reach(app, "paused")
    assert shown(app).step == paused_at + 1
    app.button(key="resume").click().run()
    app.button(key="stop").click().run()
    assert shown(app).state == "stopped"
    assert {"train", "more_epochs"} <= keys(app)
    begun = Words(lang)("live.part.epoch", epoch=math.ceil(shown(app).epoch), epochs=50)
    assert any(begun in each.value for each in app.markdown)
    assert not app.exception


def test_a_finished_run_is_replayed_to_the_next_learner(open_page: Open) -> None:
    first = open_page("train", level="expert", **QUICK)
    first.button(key="train").click().run()
    reach(first, "finished")
    again = open_page("train", level="expert", **QUICK)
    again.button(key="train").click().run()
    assert shown(again).recorded
    assert {"afresh", "other_seed"} <= keys(again)
    again.button(key="afresh").click().run()
    assert not shown(again).recorded
    assert shown(again).trajectory_id != shown(first).trajectory_id


def test_the_learning_rate_changes_while_it_trains(open_page: Open) -> None:
    app = open_page("train", level="expert", **QUICK | {"epochs": "50", "seed": "7"})
    app.button(key="train").click().run()
    until(lambda: shown(app).step > 0, timeout_s=60)
    setting(app, "learning_rate").set_value(0.003).run()
    app.button(key="change_rate").click().run()
    assert shown(app).learning_rate == 0.003
    assert [rate for _, rate in shown(app).changes] == [0.003]
    app.button(key="stop").click().run()


def test_with_the_switch_on_a_moved_slider_trains_and_the_old_curve_stays(open_page: Open) -> None:
    app = open_page("train", level="expert", **QUICK | {"seed": "8"})
    app.button(key="train").click().run()
    first = shown(app).id
    app.toggle(key="retrain").set_value(True).run()
    assert shown(app).id == first
    setting(app, "learning_rate").set_value(0.02).run()
    assert shown(app).config.learning_rate == 0.02
    assert app.session_state["ghosts"] == [first]
    app.button(key="ghosts_off").click().run()
    assert app.session_state["ghosts"] == []


def test_who_opens_a_run_or_goes_back_has_moved_no_slider(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page("train", level="expert", **QUICK | {"seed": "19"})
    app.button(key="train").click().run()
    first = shown(app).id
    app.toggle(key="retrain").set_value(True).run()
    setting(app, "learning_rate").set_value(0.02).run()
    second = shown(app).id
    go_to(app, "runs")
    app.query_params.update({"run": first, **QUICK, "seed": "19"})
    assert shown(go_to(app, "train")).id == first
    with monkeypatch.context() as patch:
        patch.setattr("core.ui.lab.page.has_gone_back", lambda: True)
        app.query_params["learning_rate"] = "0.02"
        assert shown(app.run()).id == first
    setting(app, "learning_rate").set_value(0.05).run()
    assert shown(app).id not in (first, second)


def test_a_start_that_a_newer_script_cuts_short_is_made_up_for(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("train", level="expert", **QUICK | {"seed": "18"})
    app.toggle(key="retrain").set_value(True).run()
    monkeypatch.setattr("core.ui.lab.controls.show_run", Interrupted(show_run))
    setting(app, "learning_rate").set_value(0.02).run()
    assert "run" not in app.query_params
    app.run()
    assert shown(app).config.learning_rate == 0.02


class Interrupted:
    """A function whose first call is preceded by Streamlit aborting for a newer script run."""

    def __init__(self, function: Callable[..., None]) -> None:
        self.function = function
        self.was_called = False

    def __call__(self, *args: object, **how: object) -> None:
        if self.was_called:
            self.function(*args, **how)
        else:
            self.was_called = True
            raise StopException


def test_a_link_to_a_run_brings_its_settings_and_can_be_gone_on_with(open_page: Open) -> None:
    config = RunConfig.from_mapping(QUICK | {"seed": 9})
    run = services().runs.start("somebody", config)
    app = open_page("train", run=run.id, level="expert")
    assert setting(app, "model").value == "mlp"
    assert setting(app, "seed").value == 9
    assert "pause" not in keys(app)
    app.toggle(key="public").set_value(False).run()
    app.button(key="take_over").click().run()
    assert app.query_params["run"] != run.id
    assert not app.exception
    assert not shown(app).public


def test_a_setting_changed_just_before_the_click_is_the_one_that_is_trained(open_page: Open) -> None:
    app = open_page("train", **QUICK)
    setting(app, "epochs").set_value(1)
    app.button(key="train").click().run()  # both before the page has rerun
    assert shown(app).config.epochs == 1


def test_after_the_greatest_seed_comes_the_first(open_page: Open) -> None:
    app = open_page("train", seed=str(MAX_SEED), **QUICK)
    app.button(key="train").click().run()
    reach(app, "finished")
    again = open_page("train", seed=str(MAX_SEED), **QUICK)
    again.button(key="train").click().run()  # a recording
    again.button(key="other_seed").click().run()
    assert not again.error
    assert shown(again).config.seed == 0


def test_a_run_that_is_gone_says_so(open_page: Open) -> None:
    app = open_page("train", run="0" * 32)
    assert Words("en")("train.gone") in [caption.value for caption in app.caption]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("epochs", "0"),
        ("epochs", "51"),
        ("epochs", "many"),
        ("learning_rate", "nan"),
        ("learning_rate", "inf"),
        ("learning_rate", "1e-9"),
        ("momentum", "-1"),
        ("batch_size", "1.5"),
        ("seed", "-3"),
        ("weight_decay", "x"),
        ("dataset", "cats"),
        ("model", "../mlp"),
        ("optimizer", ""),
        ("precision", "int8"),
    ],
)
def test_what_the_address_may_not_ask_for_is_named(open_page: Open, field: str, value: str) -> None:
    before = learners_runs()
    app = open_page("train", lang="zh", **{"batch_size": "64", "epochs": "5"} | {field: value})
    assert len(app.error) == 1
    told = app.error[0].value
    assert Words("zh")(f"fields.{field}.label") in told
    assert escaped(value) in told
    if field not in ("dataset", "model", "optimizer", "precision"):
        assert plain(limits(field)[1]) in told
    assert learners_runs() == before
    kept = {"batch_size": 64, "epochs": 5}
    for other in kept.keys() - {field}:
        assert app.session_state[other] == kept[other]
    assert app.session_state[field] == (getattr(RunConfig(), field))


def test_the_language_switch_keeps_what_was_chosen(open_page: Open) -> None:
    app = open_page("train", level="expert", dataset="digits", model="mlp", optimizer="adam", learning_rate="0.005")
    app.button_group(key="lang").set_value("zh").run()
    assert app.title[0].value == Words("zh")("train.title")
    chosen = {field: app.session_state[field] for field in ("model", "optimizer", "learning_rate")}
    assert chosen == {"model": "mlp", "optimizer": "adam", "learning_rate": 0.005}


def test_start_over_restores_every_default(open_page: Open) -> None:
    app = open_page("train", level="expert", **QUICK | {"optimizer": "adamw", "seed": "3"})
    app.button(key="start_over").click().run()
    assert {field: app.session_state[field] for field in RunConfig.model_fields} == RunConfig().model_dump()


def test_the_settings_stay_when_the_page_is_left(open_page: Open) -> None:
    app = open_page("train", level="expert", model="mlp", optimizer="adam")
    app.button(key="train").click().run()
    run_id = app.query_params["run"]
    app.query_params.clear()
    go_to(go_to(app, "runs"), "train")
    assert setting(app, "model").value == "mlp"
    assert setting(app, "optimizer").value == "adam"
    assert app.query_params["run"] == run_id


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

    monkeypatch.setattr(shell, "services", refused)
    monkeypatch.setattr(progress, "services", refused)
    (error,) = open_page("train").error
    assert error.value.startswith(told)
    survey = open_page("deep")  # completes
    survey.button(key="next_deep").click().run()
    assert not survey.error
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


def test_a_folder_that_is_taken_away_is_named_until_it_is_back(open_page: Open, opened: Path) -> None:
    app = open_page("train", seed="40", **QUICK)
    (opened / "files").rename(opened / "away")
    try:
        app.button(key="train").click().run()
        assert not app.exception
        assert str(opened) in app.error[0].value
        assert len(open_page("deep").markdown) > 5  # needs no folder
        assert not open_page("deep").error
    finally:
        (opened / "away").rename(opened / "files")
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


def test_a_deletion_can_be_taken_back_when_the_store_is_there_again(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("train", seed="41", **QUICK)
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


def test_a_plain_script_names_a_setting_that_cannot_be(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page("home")
    monkeypatch.setenv("TRENDLAB_WORKERS", "many")
    get_settings.cache_clear()
    (error,) = app.run().error
    assert error.value.startswith("TRENDLAB_WORKERS: ")
    assert not app.exception


def test_a_browser_that_still_shows_the_other_language_changes_no_pace(open_page: Open) -> None:
    app = open_page("train", level="expert", **QUICK | {"epochs": "50", "seed": "20"})
    setting(app, "pace").set_value("epoch").run()
    app.button(key="train").click().run()
    app.run()
    told = app._tree.get_widget_states()
    app.button_group(key="lang").set_value("zh").run()
    app._run(told)  # labels in English
    assert not app.exception
    assert setting(app, "pace").value == "epoch"
    assert shown(app).pace == "epoch"


def test_a_slider_moved_before_the_other_language_is_seen_counts(open_page: Open) -> None:
    app = open_page("train")
    app.button_group(key="lang").set_value("zh")
    told = [app._tree.get_widget_states()]
    setting(app, "epochs").set_value(7)
    setting(app, "rate_slider").set_value(0.1)
    told.append(app._tree.get_widget_states())  # with labels in English
    for states in told:
        app._run(states)
    assert app.title[0].value == Words("zh")("train.title")
    assert (setting(app, "epochs").value, setting(app, "rate_slider").value) == (7, 0.1)
    assert (app.query_params["epochs"], app.query_params["learning_rate"]) == ("7", "0.1")
