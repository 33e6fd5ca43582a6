"""The tour: its steps and their settings, leaving and resuming."""

from __future__ import annotations

import pytest

from core.content.words import Words, languages
from core.ui.lab.tour import PAGES, SETTINGS, STEPS
from tests.app.conftest import Open, go_to, keys, setting, texts

SAY = Words("en")


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("step", STEPS)
def test_every_step_of_the_tour_opens(open_page: Open, step: int, lang: str) -> None:
    app = open_page(PAGES[step], lang=lang, tour=str(step))
    assert not app.exception
    assert Words(lang)(f"tour.{step}.title") in texts(app)
    ways = [each.label for each in app.button] + [
        each.proto.label.removeprefix(":primary[**").removesuffix("**]") for each in app.get("page_link")
    ]
    assert (Words(lang)("tour.next") in ways) is (step < len(STEPS))


@pytest.mark.parametrize("step", STEPS)
def test_no_button_of_a_step_is_more_prominent_than_the_one_that_goes_on(open_page: Open, step: int) -> None:
    app = open_page(PAGES[step], tour=str(step))
    bordered = {each.key for each in app.button if str(each.key).startswith("tour_") and each.proto.type != "tertiary"}
    assert bordered <= {"tour_next", "tour_done"}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_turns_to_its_page(open_page: Open, step: int) -> None:
    app = open_page("home" if PAGES[step] == "train" else "train", tour=str(step), lang="zh")
    assert app.title[0].value == Words("zh")(f"{PAGES[step]}.title")
    assert Words("zh")(f"tour.{step}.title") in texts(app)


@pytest.mark.parametrize("step", SETTINGS)
def test_a_step_sets_its_settings_once(open_page: Open, step: int) -> None:
    rate = SETTINGS[step].learning_rate
    app = open_page("train", tour=str(step)).run()
    assert setting(app, "learning_rate").value == rate
    setting(app, "learning_rate").set_value(0.05).run()
    assert setting(app.run(), "learning_rate").value == 0.05
    again = open_page("train", tour=str(step), learning_rate="0.05")
    assert setting(again, "learning_rate").value == 0.05


def test_the_tour_goes_on_with_the_settings_of_its_steps(open_page: Open) -> None:
    app = open_page("train", tour="3", seed="5")
    for step in (4, 5):
        app.button(key="tour_next").click().run()
        assert app.query_params["tour"] == str(step)
        assert app.run().session_state["learning_rate"] == SETTINGS[step].learning_rate
    app.button(key="tour_leave").click().run()
    assert "tour" not in app.query_params


def test_who_goes_back_in_the_tour_is_not_turned_round(open_page: Open) -> None:
    app = open_page("home", tour="1")
    app.query_params["tour"] = "2"
    go_to(app, "train")
    assert app.title[0].value == SAY("train.title")
    go_to(app, "home")
    assert app.title[0].value == SAY("home.title")
    assert SAY("tour.1.title") in texts(app)


def test_a_tour_that_was_left_is_gone_on_with_from_home(open_page: Open) -> None:
    app = open_page("home")
    assert "tour_resume" not in keys(app)
    app.button(key="tour_start").click().run()
    app.query_params["tour"] = "2"
    go_to(app, "train")
    for _ in range(2):
        app.button(key="tour_next").click().run()
    setting(app, "learning_rate").set_value(0.5).run()
    app.button(key="tour_leave").click().run()
    go_to(app, "home")
    (resume,) = (each.proto for each in app.get("page_link") if SAY("tour.resume", n=4) in each.proto.label)
    assert "tour=4" in resume.query_string
    app.query_params["tour"] = "4"
    go_to(app, "train")
    assert app.session_state["learning_rate"] == SETTINGS[4].learning_rate
