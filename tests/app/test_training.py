"""Runs on the Train page: start, pause, change, replay, take over."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from streamlit.runtime.scriptrunner import StopException

from core.config import MAX_SEED, RunConfig
from core.content.words import Words, languages
from core.ui.lab import controls
from core.ui.lab.controls import MORE_EPOCHS, extend, once
from core.ui.services import services
from core.ui.session import show_run
from tests.app.conftest import QUICK_SETTINGS, Open, keys, reach, setting, shown
from tests.parts import OWNER
from tests.waiting import until


@pytest.mark.parametrize("lang", languages())
def test_train_pause_step_resume_more_epochs(open_page: Open, lang: str) -> None:
    app = open_page(
        "train", lang=lang, seed=str(list(languages()).index(lang)), level="expert", **QUICK_SETTINGS | {"epochs": "50"}
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
    first = open_page("train", level="expert", **QUICK_SETTINGS)
    first.button(key="train").click().run()
    reach(first, "finished")
    again = open_page("train", level="expert", **QUICK_SETTINGS)
    with services().runs._store._engine.begin() as db:
        day = {"day": datetime(2026, 2, 3, 12, tzinfo=UTC).timestamp(), "id": shown(first).trajectory_id}
        db.execute(text("UPDATE trajectories SET created_at = :day WHERE id = :id"), day)
    again.button(key="train").click().run()
    assert shown(again).recorded
    assert Words("en")("train.recorded", date="2026-02-03") in [each.value for each in again.caption]
    assert {"afresh", "other_seed"} <= keys(again)
    again.button(key="afresh").click().run()
    assert not shown(again).recorded
    assert shown(again).trajectory_id != shown(first).trajectory_id


@pytest.mark.parametrize("retry", ["next script run", "second click"])
def test_a_start_that_was_cut_short_makes_one_run(open_page: Open, monkeypatch: pytest.MonkeyPatch, retry: str) -> None:
    """As when the connection is lost, or a newer script run asked for, while the run is written to the store."""
    seed = "71" if retry == "second click" else "72"
    app = open_page("train", level="expert", seed=seed, **QUICK_SETTINGS)
    before = {view.id for view in services().runs.public_runs()}

    def cut_short(*_: object, **__: object) -> None:
        monkeypatch.setattr(controls, "show_run", show_run)
        raise StopException

    monkeypatch.setattr(controls, "show_run", cut_short)
    train = app.button(key="train")
    train.click().run()
    if retry == "second click":
        train.click().run()
    else:
        app.run()
    (made,) = {view.id for view in services().runs.public_runs()} - before
    assert shown(app).id == made


def test_the_learning_rate_changes_while_it_trains(open_page: Open) -> None:
    app = open_page("train", level="expert", **QUICK_SETTINGS | {"epochs": "50", "seed": "7"})
    app.button(key="train").click().run()
    until(lambda: shown(app).step > 0, timeout_s=60)
    setting(app, "learning_rate").set_value(0.003).run()
    app.button(key="change_rate").click().run()
    assert shown(app).learning_rate == 0.003
    assert [rate for _, rate in shown(app).changes] == [0.003]
    app.button(key="stop").click().run()


def test_a_setting_changed_just_before_the_click_is_the_one_that_is_trained(open_page: Open) -> None:
    app = open_page("train", **QUICK_SETTINGS)
    setting(app, "epochs").set_value(1)
    app.button(key="train").click().run()  # both before the page has rerun
    assert shown(app).config.epochs == 1


def test_after_the_greatest_seed_comes_the_first(open_page: Open) -> None:
    app = open_page("train", seed=str(MAX_SEED), **QUICK_SETTINGS)
    app.button(key="train").click().run()
    reach(app, "finished")
    again = open_page("train", seed=str(MAX_SEED), **QUICK_SETTINGS)
    again.button(key="train").click().run()  # a recording
    again.button(key="other_seed").click().run()
    assert not again.error
    assert shown(again).config.seed == 0


def test_a_link_to_a_run_brings_its_settings_and_can_be_gone_on_with(open_page: Open) -> None:
    config = RunConfig.from_mapping(QUICK_SETTINGS | {"seed": 9})
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


def test_a_run_that_is_gone_says_so(open_page: Open) -> None:
    app = open_page("train", run="0" * 32)
    assert Words("en")("train.gone") in [caption.value for caption in app.caption]


def test_a_second_click_before_the_page_is_drawn_anew_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = ["before"]
    monkeypatch.setattr("core.ui.lab.controls.shown_run", lambda: shown[-1])
    click = once(lambda: shown.append("begun"))
    click()
    click()
    assert shown == ["before", "begun"]


def test_a_double_click_on_train_does_not_press_what_comes_in_its_place(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("train", seed="307", epochs="50", learning_rate="0.01")
    monkeypatch.setattr(controls, "SECOND_CLICK_S", 60.0)
    app.button(key="train").click().run()
    for name in ("pause", "stop", "train_anew"):
        app.button(key=name).click().run()
        assert services().runs.view(app.query_params["run"]).state in ("queued", "training")
    monkeypatch.setattr(controls, "SECOND_CLICK_S", 0.0)
    app.button(key="pause").click().run()
    assert services().runs.view(app.query_params["run"]).state == "paused"


def test_a_second_click_adds_no_more_epochs(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    open_page("home")
    monkeypatch.setattr("core.ui.lab.controls.owner", lambda: OWNER)
    runs = services().runs
    run = runs.start(OWNER, RunConfig(model="mlp", epochs=1, seed=598))
    until(lambda: runs.view(run.id).is_final, timeout_s=60)
    extend(runs, run.id)
    extend(runs, run.id)
    assert runs.view(run.id).config.epochs == 1 + MORE_EPOCHS
