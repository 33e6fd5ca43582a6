"""The Compare page, and the ways to it."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from core.config import MAX_SEED, RunConfig
from core.content.words import Words, languages
from core.runs.records import Pace, Run
from core.runs.service import RunService
from core.runs.store import MAX_PUBLIC
from core.runs.views import RunView
from core.ui.compare import sweep
from core.ui.compare.sweep import by_settings, distinct_finished
from core.ui.lab.rate_slider import RATES
from core.ui.lab.variants import MAX_RUNS, variants
from core.ui.runs import page as runs_page
from core.ui.runs.page import present_csv
from core.ui.services import services
from tests.app.conftest import Open, go_to, table_of
from tests.waiting import until

BASE = RunConfig(model="mlp", epochs=2, batch_size=256, learning_rate=0.01)
SAY = Words("en")


def train_run(owner: str = "somebody", **changes: object) -> Run:
    """A finished run."""
    service = services().runs
    public = bool(changes.pop("public", True))
    run = service.start(owner, BASE.replaced(**changes), public=public)
    until(lambda: service.view(run.id).is_final, timeout_s=60)
    return run


def compare(open_page: Open, *runs: Run, **address: str) -> AppTest:
    return open_page("compare", runs=".".join(run.id for run in runs), **address)


@pytest.fixture
def in_class(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The settings of finished runs in the sweep, without those trained by other tests."""
    found, finished = set[str](), sweep._finished
    monkeypatch.setattr(sweep, "_finished", lambda runs: [v for v in finished(runs) if v.config.config_id in found])
    return found


def captions(app: AppTest) -> list[str]:
    return [caption.value for caption in app.caption]


def warnings(app: AppTest) -> list[str]:
    return [warning.value for warning in app.warning]


@pytest.mark.parametrize("lang", languages())
def test_what_differs_is_in_the_table_and_nothing_else(open_page: Open, lang: str) -> None:
    open_page("home")  # opens the service
    app = compare(open_page, train_run(seed=401), train_run(seed=401, learning_rate=0.02), lang=lang)
    assert not app.exception
    table = table_of(app, "differences")
    assert table[Words(lang)("fields.learning_rate.label")][1] == "0.02"
    assert Words(lang)("fields.seed.label") not in table
    assert ["1" in each.value for each in app.info] == [True]  # the verdict on the two


@pytest.mark.parametrize("lang", languages())
def test_whoever_sees_no_curve_is_told_where_each_ends(open_page: Open, lang: str) -> None:
    open_page("home")
    runs = train_run(seed=401), train_run(seed=401, learning_rate=0.02)
    accuracies = services().runs.final_accuracies([services().runs.view(run.id) for run in runs])
    loss, accuracy = (chart.proto.alt for chart in compare(open_page, *runs, lang=lang).get("plotly_chart")[:2])
    assert all(f"{accuracies[run.id]:.1%}" in accuracy for run in runs)
    assert "0.02" in loss
    assert "0.02" in accuracy


def test_runs_that_differ_in_much_have_different_names_below_the_chart(open_page: Open) -> None:
    open_page("home")
    other = {"epochs": 1, "learning_rate": 0.02, "momentum": 0.5, "batch_size": 128, "weight_decay": 0.001}
    runs = train_run(seed=401), train_run(seed=401, label_noise=0.2), train_run(seed=401, **other)
    figure = json.loads(compare(open_page, *runs).get("plotly_chart")[0].proto.spec)
    names = [trace["name"].partition(" · ")[2] for trace in figure["data"] if trace.get("showlegend", True)]
    assert len(set(names)) == len(names) == len(runs)


def test_other_seeds_of_the_greatest_one_can_be_had(open_page: Open) -> None:
    app = compare(open_page, train_run(seed=401), train_run(seed=MAX_SEED))
    app.selectbox(key="base").set_value(2).run()
    assert not app.exception
    app.button(key="change_seeds").click().run()
    ids = app.query_params["runs"].split(".")
    assert [services().runs.view(run_id).config.seed for run_id in ids[2:]] == [0, 1, 2]


def test_a_rate_that_was_changed_on_the_way_is_told_and_makes_no_band(open_page: Open) -> None:
    open_page("home")
    service, plain_run = services().runs, train_run(seed=401)
    run = service.start("somebody", BASE.replaced(seed=433), pace=Pace.STEP)
    service.set_learning_rate("somebody", run.id, 3e-5)
    service.resume("somebody", run.id)
    until(lambda: service.view(run.id).is_final, timeout_s=60)
    app = compare(open_page, plain_run, run)
    assert table_of(app, "differences")[SAY("fields.learning_rate.label")] == ["0.01", "0.01 → 0.00003 after step 0"]
    assert app.toggle(key="band").disabled
    states = table_of(open_page("runs", whose="everyone"), "runs_table")[SAY("runs.columns.state")]
    assert [str(state).endswith(" · rate 0.00003 after step 0") for state in states].count(True) == 1


@pytest.mark.parametrize("lang", languages())
def test_the_list_of_the_class_says_when_it_leaves_out_older_runs(
    open_page: Open, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_page("home")
    train_run(seed=401)
    listed = len(services().runs.public_runs())
    told = Words(lang)("runs.newest", most=listed)
    assert told not in captions(open_page("runs", lang=lang, whose="everyone"))
    monkeypatch.setattr(runs_page, "MAX_PUBLIC", listed)
    assert told in captions(open_page("runs", lang=lang, whose="everyone", find="no such run"))
    assert told not in captions(open_page("runs", lang=lang))


def test_the_images_seen_are_those_there_were(open_page: Open) -> None:
    open_page("home")
    app = compare(open_page, train_run(seed=401), train_run(seed=401, learning_rate=0.02), axis="images")
    figure = json.loads(app.get("plotly_chart")[1].proto.spec)
    assert figure["data"][0]["x"] == [1437, 2 * 1437]  # the last batch of an epoch is smaller


def test_one_thing_changed_and_other_seeds_join_the_comparison(open_page: Open) -> None:
    open_page("home")
    app = compare(open_page, train_run(seed=402), train_run(seed=402, momentum=0.0))
    assert app.button(key="change_seeds").label == SAY("compare.change.seeds", n=3)
    app.button(key="change_rate_up").click().run()
    ids = app.query_params["runs"].split(".")
    assert len(ids) == 3
    added = services().runs.view(ids[2]).config
    assert added == BASE.replaced(seed=402, learning_rate=0.1)
    app.button(key="change_seeds").click().run()
    ids = app.query_params["runs"].split(".")
    assert [services().runs.view(run_id).config.seed for run_id in ids[3:]] == [403, 404, 405]
    assert len(ids) == MAX_RUNS
    assert not app.exception
    assert app.button(key="change_rate_up").disabled
    assert app.button(key="change_seeds").label == SAY("compare.change.seeds", n=3)


def test_deleted_and_foreign_private_runs_are_left_out_and_said_so(open_page: Open) -> None:
    open_page("home")
    kept, gone, hidden = train_run(seed=406), train_run(seed=407), train_run(seed=408, public=False)
    services().runs.delete("somebody", gone.id)
    app = compare(open_page, kept, gone, hidden)
    assert not app.exception
    assert warnings(app) == [SAY("compare.missing", n=2)]
    assert SAY("compare.too_few") in [each.value for each in app.info]


def test_a_hundred_runs_are_too_many_and_nonsense_is_none(open_page: Open) -> None:
    open_page("home")
    runs = [train_run(seed=410 + n) for n in range(MAX_RUNS + 1)]
    ids = ".".join([run.id for run in runs] + [f"{n:032x}" for n in range(93)])
    app = open_page("compare", runs=ids)
    assert not app.exception
    assert warnings(app) == [SAY("compare.missing", n=93), SAY("compare.too_many", n=MAX_RUNS + 1, most=MAX_RUNS)]
    for nonsense in ("", ".", "../../x", "é" * 40):
        assert not open_page("compare", runs=nonsense).exception


def test_the_class_is_a_sweep(open_page: Open, in_class: set[str]) -> None:
    open_page("home")
    for changes in (
        {"seed": 420}, {"seed": 421}, {"seed": 421}, {"seed": 421, "learning_rate": 0.02},  # the third is a replay
        {"seed": 420, "optimizer": "adam", "momentum": 0.0}, {"seed": 420, "label_noise": 0.4},
    ):  # fmt: skip
        in_class.add(train_run(**changes).config.config_id)
    ours = by_settings(sweep._finished(services().runs))
    assert [len(views) for views in ours.values()] == [4, 1]
    base = next(iter(ours))
    assert {getattr(v.config, f) for v in ours[base] for f in ("model", "batch_size", "label_noise")} == {
        "mlp",
        256,
        0.0,
    }
    app = open_page("compare", what="class", settings=base.config_id[:12])
    assert not app.exception
    assert app.get("plotly_chart")
    assert "each of 4 runs" in app.get("plotly_chart")[0].proto.alt
    assert SAY("compare.sweep.about", n=4, most=MAX_PUBLIC) in [each.value for each in app.caption]


def test_a_run_that_ends_while_the_class_is_shown_joins_it(
    open_page: Open, in_class: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_page("home")
    in_class |= {train_run(seed=seed).config.config_id for seed in (430, 431)}
    finished, looks = sweep._finished, iter(["the first comes too early for one of them"])

    def seen(runs: RunService) -> list[RunView]:
        return finished(runs)[:-1] if next(looks, "") else finished(runs)

    monkeypatch.setattr(sweep, "_finished", seen)
    (base,) = by_settings(finished(services().runs))
    app = open_page("compare", what="class", settings=base.config_id[:12])
    assert SAY("compare.sweep.about", n=2, most=MAX_PUBLIC) in [each.value for each in app.caption]


def test_settings_that_more_runs_come_to_have_do_not_take_the_place_of_those_looked_at(
    open_page: Open, in_class: set[str]
) -> None:
    open_page("home")
    in_class.add(train_run(seed=440).config.config_id)
    app = open_page("compare", what="class")
    (shown,) = (each for each in app.selectbox if each.key == sweep.SETTINGS)
    looked_at = shown.value
    in_class |= {train_run(momentum=0.5, seed=seed).config.config_id for seed in (440, 441)}
    now = next(iter(by_settings(sweep._finished(services().runs))))
    assert now.momentum == 0.5
    app.run()
    assert app.session_state[sweep.SETTINGS] == looked_at != now.config_id[: sweep.ID_CHARS]
    assert sweep.SETTINGS not in app.query_params


def test_who_comes_with_runs_from_elsewhere_sees_them_even_after_the_class(open_page: Open) -> None:
    app = open_page("compare", what="class")
    assert app.session_state["what"] == "class"
    go_to(app, "runs")
    app.query_params.clear()
    app.query_params["runs"] = ".".join(train_run(seed=seed).id for seed in (428, 429))
    go_to(app, "compare")
    assert table_of(app, "differences")
    assert "what" not in app.query_params


def test_of_equal_runs_ones_own_is_the_point(open_page: Open) -> None:
    open_page("home")
    public, own = train_run("somebody", seed=425), train_run("me", seed=425)
    service = services().runs
    (view,) = distinct_finished([service.view(public.id), service.view(own.id)])
    assert view.id == own.id
    service.stop("me", (stopped := service.start("me", BASE.replaced(seed=426, epochs=50))).id)
    assert distinct_finished([service.view(stopped.id)]) == []


@pytest.mark.parametrize("lang", languages())
def test_a_collapsed_run_is_marked_in_both_tables(open_page: Open, lang: str) -> None:
    open_page("home")
    collapsed, sound = train_run(learning_rate=1.0, epochs=5, seed=1, batch_size=32), train_run(seed=427)
    view, say = services().runs.view(collapsed.id), Words(lang)
    assert (view.state, view.finding) == ("finished", "collapsed")
    mark = say("runs.ended.collapsed", step=view.finding_step)
    app = compare(open_page, collapsed, sound, lang=lang)
    assert mark in table_of(app, "differences")[say("runs.columns.state")][0]
    table = table_of(open_page("runs", lang=lang, whose="everyone"), "runs_table")
    assert any(mark in str(told) for told in table[say("runs.columns.state")])
    assert {1, 427} <= set(table[say("runs.columns.seed")])


def test_a_variant_differs_in_one_setting_only() -> None:
    for base in (
        RunConfig(),
        RunConfig(optimizer="adam", model="mlp", momentum=0.0, learning_rate=5.0, batch_size=512),
    ):
        for config in variants(base).values():
            differing = [field for field in RunConfig.model_fields if getattr(config, field) != getattr(base, field)]
            assert len(differing) == 1
    assert "rate_up" not in variants(RunConfig(learning_rate=5.0))
    assert "no_momentum" not in variants(RunConfig(optimizer="adam"))


def test_ten_times_a_rate_is_the_one_that_others_chose() -> None:
    for rate in RATES:
        chosen = {key: each.learning_rate for key, each in variants(RunConfig(learning_rate=rate)).items()}
        others = {key: chosen[key] for key in ("rate_up", "rate_down") if key in chosen}
        assert others
        assert set(others.values()) <= set(RATES)


@pytest.mark.parametrize("lang", languages())
def test_the_runs_page_shows_runs_in_every_state(open_page: Open, lang: str) -> None:
    open_page("home")
    service = services().runs
    diverged = train_run(seed=1, learning_rate=10.0, model="seed_cnn", momentum=0.0)
    stopped = service.start("somebody", BASE.replaced(seed=430, epochs=50))
    service.stop("somebody", stopped.id)
    paused = service.start("somebody", BASE.replaced(seed=431, epochs=50))
    service.pause("somebody", paused.id)
    app = open_page("runs", lang=lang, whose="everyone")
    assert not app.exception
    told = table_of(app, "runs_table")[Words(lang)("runs.columns.state")]
    assert Words(lang)("runs.ended.diverged", step=service.view(diverged.id).finding_step) in told
    assert {Words(lang)("live.state.stopped"), Words(lang)("live.state.paused")} <= set(told)


def test_a_table_that_is_taken_home_is_that_of_the_present(open_page: Open) -> None:
    open_page("home")
    service = services().runs
    drawn = service.view(service.start("somebody", BASE.replaced(seed=432), pace=Pace.STEP).id)
    service.step("somebody", drawn.id)
    until(lambda: service.view(drawn.id).step == 1, timeout_s=60)
    assert drawn.step == 0
    assert len(present_csv(service, drawn).splitlines()) == 1 + 1
