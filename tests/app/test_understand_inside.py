"""Inside and Go further: the layers of a finished run, one calculated output, the map and the loss surface."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.config import RunConfig
from core.content.words import languages
from tests.app.conftest import Open, finished_run

CONFIG = RunConfig(model="lenet5", learning_rate=0.01, batch_size=128, epochs=1)
SMALL = RunConfig(model="mlp", learning_rate=0.01, batch_size=128, epochs=2)


@pytest.fixture
def run_id(open_page: Open) -> str:
    return finished_run(open_page, CONFIG)


def page_text(app: AppTest) -> str:
    assert not app.exception
    assert not app.error
    return "\n".join(each.value for each in app.markdown)


@pytest.mark.parametrize("lang", languages())
def test_every_view_inside_a_network_is_drawn(open_page: Open, run_id: str, lang: str) -> None:
    for idea in ("architecture", "filters", "activations", "distributions"):
        app = open_page("understand", network=run_id, part="inside", inside=idea, lang=lang)
        assert page_text(app)


def test_a_number_is_worked_out_at_the_place_of_the_address(open_page: Open, run_id: str) -> None:
    address = {"network": run_id, "part": "inside", "inside": "activations", "lang": "en"}
    app = open_page("understand", **address, layer="conv2", channel="16", row="5", column="1")
    assert "row 5, column 1 of map 16 of conv2" in page_text(app)
    app.number_input(key="channel").set_value(3).run()
    assert "of map 3 of conv2" in page_text(app)
    app.selectbox(key="layer").select("fc3").run()  # ten numbers, which have no rows
    assert "of fc3" in page_text(app)
    assert [each.key for each in app.number_input] == ["channel"]
    beyond = open_page("understand", **address, layer="conv1", channel="999", row="-3", column="many")
    assert "row 1," in page_text(beyond)
    assert "of map 6 of conv1" in page_text(beyond)


@pytest.mark.parametrize("lang", languages())
def test_going_further_draws_the_map_and_the_surface(open_page: Open, lang: str) -> None:
    run_id = finished_run(open_page, SMALL)
    for address in ({"further": "map"}, {"further": "map", "map": "tsne"}, {"further": "surface"}):
        app = open_page("understand", network=run_id, part="further", lang=lang, **address)
        assert page_text(app)
        assert len(app.get("plotly_chart")) == 1
