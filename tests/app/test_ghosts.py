"""Runs started by moving a slider, and the earlier runs shown behind the current one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.runtime.scriptrunner_utils.exceptions import StopException

from core.config import RunConfig
from core.runs.records import Pace
from core.ui.services import services
from core.ui.session import MAX_GHOSTS, show_run
from tests.app.conftest import QUICK_SETTINGS, Open, finish_shown, go_to, setting, shown


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


def test_with_the_switch_on_a_moved_slider_trains_and_the_old_curve_stays(open_page: Open) -> None:
    app = open_page("train", level="expert", **QUICK_SETTINGS | {"seed": "8"})
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
    app = open_page("train", level="expert", **QUICK_SETTINGS | {"seed": "19"})
    app.button(key="train").click().run()
    first = shown(app).id
    app.toggle(key="retrain").set_value(True).run()
    setting(app, "learning_rate").set_value(0.02).run()
    second = shown(app).id
    go_to(app, "runs")
    app.query_params.update({"run": first, **QUICK_SETTINGS, "seed": "19"})
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
    app = open_page("train", level="expert", **QUICK_SETTINGS | {"seed": "18"})
    app.toggle(key="retrain").set_value(True).run()
    monkeypatch.setattr("core.ui.lab.controls.show_run", Interrupted(show_run))
    setting(app, "learning_rate").set_value(0.02).run()
    assert "run" not in app.query_params
    app.run()
    assert shown(app).config.learning_rate == 0.02
    first, rate = shown(app).id, setting(app, "learning_rate")
    monkeypatch.setattr("core.ui.lab.controls.show_run", Interrupted(show_run))
    rate.set_value(0.03).run()
    assert shown(app).id == first
    rate.set_value(0.05).run()
    assert shown(app).config.learning_rate == 0.05
    begun, *others = app.session_state["ghosts"]  # not left to train unseen
    assert services().runs.view(begun).config.learning_rate == 0.03
    assert others == [first]


def test_a_replay_hides_no_run_of_the_same_settings(open_page: Open) -> None:
    app = open_page("train", level="expert", seed="306", **QUICK_SETTINGS)
    for _ in range(2):
        app.button(key="train").click().run()
        finish_shown(app)
    assert services().runs.view(app.query_params["run"]).recorded
    assert app.session_state["ghosts"] == []


def test_a_run_that_a_link_leads_to_leaves_the_last_few_behind_it(open_page: Open) -> None:
    open_page("home")
    runs = services().runs
    first, *others = (runs.start("somebody", RunConfig(model="mlp"), pace=Pace.STEP).id for _ in range(MAX_GHOSTS + 2))
    app = open_page("train", run=first)
    for number, other in enumerate(others):
        go_to(app, "runs")
        app.query_params["run"] = other
        go_to(app, "train")
        assert app.session_state["run"] == other
        assert app.session_state["ghosts"] == [first, *others][: number + 1][::-1][:MAX_GHOSTS]
