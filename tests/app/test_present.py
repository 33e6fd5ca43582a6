"""The presenter's view, and the address for the class to join."""

from __future__ import annotations

from urllib.parse import parse_qsl

import psutil
import pytest

from core.config import RunConfig
from core.content.presets import presets
from core.content.words import Words, languages
from core.ui.lab.join import address_elsewhere, is_loopback, join_address, network_address
from core.ui.services import services
from tests.app.conftest import QUICK_SETTINGS, Open, finish_shown
from tests.waiting import until


@pytest.mark.parametrize("lang", languages())
def test_the_presenters_view_has_one_button_for_what_is_next(open_page: Open, lang: str) -> None:
    app = open_page("train", lang=lang, view="present", seed="304", **QUICK_SETTINGS | {"epochs": "50"})
    assert not app.exception
    for name in ("train", "pause", "resume"):
        assert Words(lang)(f"train.{name}") in app.button(key="space").label
        app.button(key="space").click().run()
    app.button(key="space").click().run()
    assert services().runs.view(app.query_params["run"]).state == "paused"
    app.button(key="leave").click().run()
    assert "view" not in app.query_params


def test_the_presenters_view_names_what_its_address_may_not_ask_for(open_page: Open) -> None:
    app = open_page("train", lang="en", view="present", preset="nonsense", learning_rate="99")
    (error,) = app.error
    assert "nonsense" in error.value
    assert "99" in error.value


def test_a_presented_run_begins_when_its_data_is_there(open_page: Open) -> None:
    app = open_page("train", view="present", seed="306", dataset="shapes", **QUICK_SETTINGS)
    assert "Drawn shapes" in app.title[0].value
    app.button(key="space").click().run()
    assert "run" not in app.query_params
    (progress,) = app.get("progress")
    assert progress.proto.text.startswith("Preparing")
    until(lambda: services().runs.datasets.status("shapes").state == "ready", 60.0)
    app.run()
    finish_shown(app)


def test_a_presented_run_that_is_over_is_trained_afresh_and_never_doubled(open_page: Open) -> None:
    app = open_page("train", view="present", seed="308", **QUICK_SETTINGS)
    app.button(key="space").click().run()
    finish_shown(app)
    assert Words("en")("train.afresh") in app.button(key="space").label
    app.button(key="space").click().run()
    assert not services().runs.view(app.query_params["run"]).recorded
    assert app.session_state["ghosts"] == []
    finish_shown(app)
    first = app.query_params["run"]
    app.button(key="other_seed").click().run()
    assert app.session_state["ghosts"] == [first]
    finish_shown(app)


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1", "[::1]:80", "0.0.0.0:8501", "[::]:8501"])
def test_an_address_that_leads_every_device_to_itself_is_known(host: str) -> None:
    assert is_loopback(f"http://{host}/train")


@pytest.mark.parametrize("host", ["192.168.1.5:8501", "lab.example.org", "localhost.example.org"])
def test_another_address_can_be_opened_by_others(host: str) -> None:
    assert not is_loopback(f"http://{host}/train")


@pytest.mark.parametrize("port", [":8501", ""])
def test_a_page_on_the_server_itself_is_joined_at_its_address_in_the_network(port: str) -> None:
    own, page = network_address(), "/train?epochs=2"
    everywhere = f"http://{own}{port}{page}" if own else None
    assert address_elsewhere(f"http://localhost{port}{page}", None) == everywhere
    assert address_elsewhere(f"http://localhost{port}{page}", "0.0.0.0") == everywhere
    assert address_elsewhere(f"http://localhost{port}{page}", "127.0.0.1") is None  # listens to nobody else
    assert address_elsewhere(f"https://lab.example.org{port}{page}", None) == f"https://lab.example.org{port}{page}"


def test_the_address_in_the_network_is_one_of_this_machine() -> None:
    all_own = {each.address for those in psutil.net_if_addrs().values() for each in those}
    assert network_address() in all_own | {None}


@pytest.mark.parametrize("config", [*(each.config for each in presets().values()), RunConfig(epochs=7, seed=3)])
def test_the_address_to_join_leads_to_the_same_settings(open_page: Open, config: RunConfig) -> None:
    address = join_address("http://lab/train", config)
    app = open_page("train", **dict(parse_qsl(address.partition("?")[2])))
    assert RunConfig(**{field: app.session_state[field] for field in RunConfig.model_fields}) == config
