"""Below the charts: the guess, what happened, the retry, the code."""

from __future__ import annotations

import pytest

from core.config import RunConfig
from core.content.presets import presets
from core.content.words import Words, languages
from core.export.program import script
from core.ui.services import services
from tests.app.conftest import QUICK_SETTINGS, Open, finish_shown, setting, texts

SAY = Words("en")


def test_what_was_to_be_seen_is_told_when_the_run_is_over(open_page: Open) -> None:
    told = SAY(presets()["rate_10"].watch_key)
    app = open_page("train", preset="rate_10", level="expert")
    app.button(key="train").click().run()
    finish_shown(app)
    assert told in texts(app)
    setting(app, "learning_rate").set_value(0.01).run()
    assert told not in texts(app)


def test_sentences_are_joined_as_the_language_does(open_page: Open) -> None:
    app = open_page("train", lang="zh", seed="305", **QUICK_SETTINGS)
    app.button(key="train").click().run()
    finish_shown(app)
    told = [each.value for each in app.markdown if "验证图像" in each.value]
    assert told
    assert not any("。 " in each for each in told)
    app = open_page("train", lang="zh", train_share="0.5", same_steps="true")
    assert any("步数不变：开" in each.value for each in app.caption)


def test_a_guess_is_kept_with_its_run_and_held_against_the_truth(open_page: Open) -> None:
    app = open_page("train", seed="301", **QUICK_SETTINGS | {"epochs": "10", "batch_size": "64"})
    app.session_state["guess"] = "explodes"
    app.button(key="train").click().run()
    assert services().runs.view(app.query_params["run"]).guess == "explodes"
    assert "guess" not in app.session_state
    finish_shown(app)
    told = [each.value for each in app.info]
    assert len(told) == 1
    assert SAY("shape.explodes.label") in told[0]
    assert SAY("shape.falls_at_once.label") in told[0]
    (tab,) = (tab for tab in app.tabs if tab.label == SAY("after.happened"))
    kinds = [each.type for each in tab]
    assert kinds.index("info") < kinds.index("markdown")  # first how the guess did


def test_without_a_guess_nothing_is_said_of_one(open_page: Open) -> None:
    app = open_page("train", seed="302", **QUICK_SETTINGS)
    app.button(key="train").click().run()
    finish_shown(app)
    assert not app.info
    assert "the network was right on" in texts(app)


@pytest.mark.parametrize("lang", languages())
def test_a_run_in_trouble_is_explained_and_tried_again_in_one_click(open_page: Open, lang: str) -> None:
    app = open_page("train", lang=lang, learning_rate="10", seed="1", momentum="0", epochs="1")
    app.button(key="train").click().run()
    finish_shown(app)
    say, first = Words(lang), app.query_params["run"]
    assert say("trouble.diverged.title") in texts(app)
    app.button(key="retry").click().run()
    again = services().runs.view(app.query_params["run"])
    assert again.id != first
    assert (again.config.learning_rate, again.config.seed) == (0.01, 1)
    assert app.session_state["learning_rate"] == 0.01


def test_the_code_is_that_of_the_settings(open_page: Open) -> None:
    app = open_page("train", seed="303", **QUICK_SETTINGS)
    app.session_state["after"] = SAY("after.code")
    app.run()
    config = RunConfig.from_mapping(QUICK_SETTINGS | {"seed": 303})
    assert script(config).strip() in [code.value.strip() for code in app.code]
    assert not app.exception
