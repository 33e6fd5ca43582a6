"""Settings on the Train page: levels, presets, what is kept, and switching the language."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.config import RunConfig
from core.content.presets import presets
from core.content.words import Words, languages
from core.ui.lab.chosen import SHOWN_FIELDS, Level
from core.ui.services import services
from tests.app.conftest import QUICK_SETTINGS, Open, go_to, setting, settings, shown, texts


def fields(app: AppTest) -> set[str]:
    return {name for name, _ in settings(app)} & set(RunConfig.model_fields)


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("level", Level)
def test_each_level_shows_its_own_settings(open_page: Open, level: Level, lang: str) -> None:
    app = open_page("train", lang=lang, level=level.value)
    assert not app.exception
    assert fields(app) == set(SHOWN_FIELDS[level]) - {"depth"}  # which only some models have
    assert ("pace" in {name for name, _ in settings(app)}) is (level is Level.EXPERT)


def test_the_level_is_remembered_for_the_next_visit(open_page: Open) -> None:
    app = open_page("train")
    assert "weight_decay" not in fields(app)
    app.button_group(key="level").set_value("expert").run()
    again = open_page("home")
    again.session_state["owner_token"] = app.session_state["owner_token"]  # stands in for the cookie
    assert "weight_decay" in fields(go_to(again, "train"))


def test_a_depth_is_asked_for_where_the_model_has_one(open_page: Open) -> None:
    app = open_page("train", level="more", model="residual")
    assert "depth" in fields(app)
    assert any("22\u202f458" in caption.value for caption in app.caption)
    setting(app, "depth").set_value(4).run()
    assert any("13\u202f178" in caption.value for caption in app.caption)


def test_what_a_level_does_not_show_is_told_and_still_counts(open_page: Open) -> None:
    app = open_page("train", label_noise="0.4", **QUICK_SETTINGS)
    assert any("Wrong labels: 40%" in caption.value and "perceptron" in caption.value for caption in app.caption)
    app.button(key="train").click().run()
    config = services().runs.view(app.query_params["run"]).config
    assert (config.label_noise, config.model) == (0.4, "mlp")


@pytest.mark.parametrize("lang", languages())
def test_every_preset_sets_its_settings_and_keeps_the_answer_to_itself(open_page: Open, lang: str) -> None:
    app = open_page("train", lang=lang)
    assert setting(app, "preset").value == "survey"
    for key, preset in presets().items():
        setting(app, "preset").set_value(key).run()
        held = {field: app.session_state[field] for field in RunConfig.model_fields}
        assert RunConfig(**held) == preset.config
        assert Words(lang)(preset.watch_key) not in texts(app)
    setting(app, "epochs").set_value(7).run()
    assert setting(app, "preset").value is None


def test_a_number_beyond_its_limits_is_named_and_taken_back(open_page: Open) -> None:
    app = open_page("train", learning_rate="0.02")
    setting(app, "learning_rate").set_value(100.0).run()
    assert len(app.error) == 1
    assert all(word in app.error[0].value for word in ("100", "0.00001", "10"))
    assert app.session_state["learning_rate"] == 0.02


def test_start_over_restores_every_default(open_page: Open) -> None:
    app = open_page("train", level="expert", **QUICK_SETTINGS | {"optimizer": "adamw", "seed": "3"})
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


def test_the_language_switch_keeps_what_was_chosen(open_page: Open) -> None:
    app = open_page("train", level="expert", dataset="digits", model="mlp", optimizer="adam", learning_rate="0.005")
    app.button_group(key="lang").set_value("zh").run()
    assert app.title[0].value == Words("zh")("train.title")
    chosen = {field: app.session_state[field] for field in ("model", "optimizer", "learning_rate")}
    assert chosen == {"model": "mlp", "optimizer": "adam", "learning_rate": 0.005}


@pytest.mark.parametrize(("name", "value"), [("learning_rate", 0.02), ("preset", "momentum_0_99"), ("epochs", 12)])
def test_a_browser_that_has_not_heard_of_the_answer_takes_nothing_back(
    open_page: Open, name: str, value: object
) -> None:
    app = open_page("train")
    setting(app, name).set_value(value)
    told = app._tree.get_widget_states()
    app.run()
    expected = {field: app.session_state[field] for field in RunConfig.model_fields}
    app._run(told)
    assert {field: app.session_state[field] for field in RunConfig.model_fields} == expected
    assert expected != dict(RunConfig())


def test_a_browser_that_still_shows_the_other_language_changes_no_pace(open_page: Open) -> None:
    app = open_page("train", level="expert", **QUICK_SETTINGS | {"epochs": "50", "seed": "20"})
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
