"""Settings in the address of a page, valid and invalid."""

from __future__ import annotations

import pytest

from core.config import RunConfig, limits, plain
from core.content.plain import escaped
from core.content.words import Words, languages
from core.runs.build import SHOWCASE_OWNER
from core.ui.services import services
from tests.app.conftest import Open, setting

SAY = Words("en")


def learners_runs() -> set[str]:
    """All runs but the recorded one, which starts at its own time."""
    runs = services().runs
    return {view.id for view in runs.public_runs() if view.owner != SHOWCASE_OWNER}


def test_a_preset_in_the_address_stands_for_its_settings(open_page: Open) -> None:
    app = open_page("train", preset="momentum_0_99")
    assert app.session_state["momentum"] == 0.99
    assert setting(app, "preset").value == "momentum_0_99"
    assert open_page("train", preset="momentum_0_99", view="present").session_state["momentum"] == 0.99


@pytest.mark.parametrize(
    ("name", "known"), [("preset", "survey"), ("level", "expert"), ("tour", "6"), ("view", "present")]
)
@pytest.mark.parametrize("page", ["home", "train"])
def test_an_unknown_name_in_the_address_is_named(open_page: Open, page: str, name: str, known: str) -> None:
    app = open_page(page, **{name: "nonsense"})
    assert not app.exception
    assert len(app.error) == 1
    assert all(word in app.error[0].value for word in (SAY(f"address.{name}"), "nonsense", f"`{known}`"))
    assert SAY("errors.nothing_started") not in app.error[0].value


def test_what_an_address_asks_for_is_told_as_it_stands(open_page: Open) -> None:
    """No link can inject a picture or a link into a page."""
    foreign = "![a](http://elsewhere.test/x.png) [click me](http://elsewhere.test)"
    for app in (
        open_page("train", preset=foreign),
        open_page("train", epochs=foreign),
        open_page("runs", whose="everyone", find=foreign),
    ):
        told = [each.value for each in (*app.error, *app.info) if "click me" in each.value]
        assert len(told) == 1
        assert escaped(foreign) in told[0]


@pytest.mark.parametrize("lang", languages())
def test_all_that_an_address_may_not_ask_for_is_told_in_one_box(open_page: Open, lang: str) -> None:
    wrong = {"epochs": "many", "seed": "-3", "model": "x", "augment_flip": "perhaps", "level": "no", "tour": "9"}
    app = open_page("train", lang=lang, **wrong)
    say = Words(lang)
    assert len(app.error) == 1
    told = app.error[0].value
    assert told.count("\n- ") == len(wrong) - 1
    assert told.count(say("errors.nothing_started")) == 1
    assert "`true`" in told
    assert "level" not in told
    assert say("errors.nothing_started") not in open_page("home", lang=lang, epochs="many").error[0].value


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
