"""Attacks on the chosen picture: opened by the address, disturbances by slider, one adversarial step."""

from __future__ import annotations

import pytest

from core.config import RunConfig
from core.content.words import Words, languages
from tests.app.conftest import Open, finished_run

SHORT = RunConfig(model="mlp", learning_rate=0.003, batch_size=128, epochs=2)


@pytest.mark.parametrize("lang", languages())
def test_a_disturbed_picture_is_asked_about_and_kept_in_the_address(open_page: Open, lang: str) -> None:
    app = open_page("understand", network=finished_run(open_page, SHORT), part="why", attacks="true", lang=lang)
    charts = len(app.get("plotly_chart"))
    app.slider(key="turn").set_value(90).run()
    app.slider(key="blur").set_value(1.5).run()
    assert not app.exception
    assert (app.query_params["turn"], app.query_params["blur"]) == ("90", "1.5")
    assert len(app.get("plotly_chart")) == charts


@pytest.mark.parametrize("lang", languages())
def test_the_smallest_step_is_told(open_page: Open, lang: str) -> None:
    app = open_page(
        "understand",
        network=finished_run(open_page, SHORT),
        part="why",
        attacks="true",
        attack="deceived",
        image="3",
        lang=lang,
    )
    assert not app.exception
    assert any("ε = 0." in each.value for each in app.markdown)
    assert Words(lang)("understand.attacks.before") in [each.value for each in app.caption]


def test_what_no_slider_can_show_counts_as_nothing(open_page: Open) -> None:
    address = {"attacks": "true", "noise": "1e9", "blur": "nan", "shift": "-99", "turn": "x"}
    app = open_page("understand", network=finished_run(open_page, SHORT), part="why", **address)
    assert not app.exception
    assert [app.slider(key=key).value for key in ("noise", "blur", "shift", "turn")] == [0, 0.0, 0, 0]


def test_attacks_are_closed_until_somebody_wants_them(open_page: Open) -> None:
    app = open_page("understand", network=finished_run(open_page, SHORT), part="why")
    assert not app.exception
    assert not [each for each in app.slider if each.key == "noise"]
