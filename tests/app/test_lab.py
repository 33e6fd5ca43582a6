"""The Train page in a lesson: levels, presets, the guess, what happened, the code, the tour."""

from __future__ import annotations

from urllib.parse import parse_qsl

import psutil
import pytest
from streamlit.testing.v1 import AppTest

from core.config import RunConfig
from core.content.plain import escaped
from core.content.presets import presets
from core.content.words import Words, languages
from core.export.program import script
from core.runs.records import Pace
from core.ui.lab import controls
from core.ui.lab.chosen import SHOWN_FIELDS, Level
from core.ui.lab.controls import MORE_EPOCHS, extend, once
from core.ui.lab.join import address_elsewhere, is_loopback, join_address, network_address
from core.ui.lab.tour import PAGES, SETTINGS, STEPS
from core.ui.services import services
from core.ui.session import MAX_GHOSTS
from tests.app.conftest import Open, go_to, setting, settings
from tests.parts import OWNER
from tests.waiting import until

QUICK = {"model": "mlp", "epochs": "2", "batch_size": "256", "learning_rate": "0.01"}
SAY = Words("en")


def fields(app: AppTest) -> set[str]:
    return {name for name, _ in settings(app)} & set(RunConfig.model_fields)


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def texts(app: AppTest) -> str:
    return "\n".join(each.value for each in (*app.markdown, *app.caption, *app.info))


def finish(app: AppTest) -> AppTest:
    until(lambda: services().runs.view(app.query_params["run"]).is_final, timeout_s=60)
    return app.run()


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
    app = open_page("train", label_noise="0.4", **QUICK)
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


def test_what_was_to_be_seen_is_told_when_the_run_is_over(open_page: Open) -> None:
    told = SAY(presets()["rate_10"].watch_key)
    app = open_page("train", preset="rate_10", level="expert")
    app.button(key="train").click().run()
    finish(app)
    assert told in texts(app)
    setting(app, "learning_rate").set_value(0.01).run()
    assert told not in texts(app)


def test_a_preset_in_the_address_stands_for_its_settings(open_page: Open) -> None:
    app = open_page("train", preset="momentum_0_99")
    assert app.session_state["momentum"] == 0.99
    assert setting(app, "preset").value == "momentum_0_99"
    assert open_page("train", preset="momentum_0_99", view="present").session_state["momentum"] == 0.99


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


def test_sentences_are_joined_as_the_language_does(open_page: Open) -> None:
    app = open_page("train", lang="zh", seed="305", **QUICK)
    app.button(key="train").click().run()
    finish(app)
    told = [each.value for each in app.markdown if "验证图像" in each.value]
    assert told
    assert not any("。 " in each for each in told)
    app = open_page("train", lang="zh", train_share="0.5", same_steps="true")
    assert any("步数不变：开" in each.value for each in app.caption)


def test_a_guess_is_kept_with_its_run_and_held_against_the_truth(open_page: Open) -> None:
    app = open_page("train", seed="301", **QUICK | {"epochs": "10", "batch_size": "64"})
    app.session_state["guess"] = "explodes"
    app.button(key="train").click().run()
    assert services().runs.view(app.query_params["run"]).guess == "explodes"
    assert "guess" not in app.session_state
    finish(app)
    told = [each.value for each in app.info]
    assert len(told) == 1
    assert SAY("shape.explodes.label") in told[0]
    assert SAY("shape.falls_at_once.label") in told[0]


def test_without_a_guess_nothing_is_said_of_one(open_page: Open) -> None:
    app = open_page("train", seed="302", **QUICK)
    app.button(key="train").click().run()
    finish(app)
    assert not app.info
    assert "the network was right on" in texts(app)


@pytest.mark.parametrize("lang", languages())
def test_a_run_in_trouble_is_explained_and_tried_again_in_one_click(open_page: Open, lang: str) -> None:
    app = open_page("train", lang=lang, learning_rate="10", seed="1", momentum="0", epochs="1")
    app.button(key="train").click().run()
    finish(app)
    say, first = Words(lang), app.query_params["run"]
    assert say("trouble.diverged.title") in texts(app)
    app.button(key="retry").click().run()
    again = services().runs.view(app.query_params["run"])
    assert again.id != first
    assert (again.config.learning_rate, again.config.seed) == (0.01, 1)
    assert app.session_state["learning_rate"] == 0.01


def test_the_code_is_that_of_the_settings(open_page: Open) -> None:
    app = open_page("train", seed="303", **QUICK)
    app.session_state["after"] = SAY("after.code")
    app.run()
    config = RunConfig.from_mapping(QUICK | {"seed": 303})
    assert script(config).strip() in [code.value.strip() for code in app.code]
    assert not app.exception


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("step", STEPS)
def test_every_step_of_the_tour_opens(open_page: Open, step: int, lang: str) -> None:
    app = open_page(PAGES[step], lang=lang, tour=str(step))
    assert not app.exception
    assert Words(lang)(f"tour.{step}.title") in texts(app)
    ways = [each.label for each in app.button] + [each.proto.label.strip("*") for each in app.get("page_link")]
    assert (Words(lang)("tour.next") in ways) is (step < len(STEPS))


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


@pytest.mark.parametrize("lang", languages())
def test_the_presenters_view_has_one_button_for_what_is_next(open_page: Open, lang: str) -> None:
    app = open_page("train", lang=lang, view="present", seed="304", **QUICK | {"epochs": "50"})
    assert not app.exception
    for name in ("train", "pause", "resume"):
        assert Words(lang)(f"train.{name}") in app.button(key="space").label
        app.button(key="space").click().run()
    app.button(key="space").click().run()
    assert services().runs.view(app.query_params["run"]).state == "paused"
    app.button(key="leave").click().run()
    assert "view" not in app.query_params


def test_a_presented_run_begins_when_its_data_is_there(open_page: Open) -> None:
    app = open_page("train", view="present", seed="306", dataset="shapes", **QUICK)
    assert "Drawn shapes" in app.title[0].value
    app.button(key="space").click().run()
    assert "run" not in app.query_params
    (progress,) = app.get("progress")
    assert progress.proto.text.startswith("Preparing")
    until(lambda: services().runs.datasets.status("shapes").state == "ready", 60.0)
    app.run()
    finish(app)


def test_a_presented_run_that_is_over_is_trained_afresh_and_never_doubled(open_page: Open) -> None:
    app = open_page("train", view="present", seed="308", **QUICK)
    app.button(key="space").click().run()
    finish(app)
    assert Words("en")("train.afresh") in app.button(key="space").label
    app.button(key="space").click().run()
    assert not services().runs.view(app.query_params["run"]).recorded
    assert app.session_state["ghosts"] == []
    finish(app)
    first = app.query_params["run"]
    app.button(key="other_seed").click().run()
    assert app.session_state["ghosts"] == [first]
    finish(app)


def test_a_replay_hides_no_run_of_the_same_settings(open_page: Open) -> None:
    app = open_page("train", level="expert", seed="306", **QUICK)
    for _ in range(2):
        app.button(key="train").click().run()
        finish(app)
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


def test_a_number_beyond_its_limits_is_named_and_taken_back(open_page: Open) -> None:
    app = open_page("train", learning_rate="0.02")
    setting(app, "learning_rate").set_value(100.0).run()
    assert len(app.error) == 1
    assert all(word in app.error[0].value for word in ("100", "0.00001", "10"))
    assert app.session_state["learning_rate"] == 0.02
