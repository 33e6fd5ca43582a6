"""The part Why of the Understand page: two maps of one class, and the check with random weights."""

from __future__ import annotations

import pytest

from core.config import RunConfig
from core.content.words import Words, languages
from tests.app.conftest import Open, finished_run

SHORT = RunConfig(model="mlp", learning_rate=0.003, batch_size=128, epochs=2)
SAY = Words("en")


@pytest.mark.parametrize("lang", languages())
def test_two_methods_stand_side_by_side_and_are_checked(open_page: Open, lang: str) -> None:
    run_id, say = finished_run(open_page, SHORT), Words(lang)
    app = open_page("understand", network=run_id, part="why", image="3", lang=lang)
    assert len(app.get("plotly_chart")) == 2
    app.toggle(key="fresh_weights").set_value(True).run()
    assert len(app.get("plotly_chart")) == 4
    assert [say("understand.why.fresh")] * 2 == [e.value for e in app.caption if e.value == say("understand.why.fresh")]
    assert len(app.info) == 2
    app.selectbox(key="explained").set_value("7").run()
    assert not app.exception
    assert sum("**7**" in each.value for each in app.caption) == 2
    address = {key: app.query_params.get(key) for key in ("explained", "fresh_weights")}
    assert address == {"explained": "7", "fresh_weights": "true"}


def test_a_network_without_convolutions_says_so_in_the_place_of_grad_cam(open_page: Open) -> None:
    app = open_page("understand", network=finished_run(open_page, SHORT), part="why", second_method="grad_cam")
    assert not app.exception
    assert [each.value for each in app.info] == [SAY("understand.why.no_map")]
    assert len(app.get("plotly_chart")) == 1
