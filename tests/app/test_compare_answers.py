"""The Compare page: whether a difference is more than chance, and the images on which runs disagree."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix
from streamlit.testing.v1 import AppTest

from core.config import RunConfig
from core.content.words import Words, languages
from core.datasets import open_prepared
from core.diagnosis.pairs import paired
from core.runs.records import Run
from core.ui.compare.answers import MAX_TILES
from core.ui.services import services
from tests.app.conftest import Open
from tests.parts import OWNER, finish

BASE = RunConfig(model="mlp", epochs=3, batch_size=128, learning_rate=0.003)
SAY = Words("en")


def counted(say: Words, images: int) -> str:
    return say(f"compare.answers.{'first' if images > MAX_TILES else 'counted'}", n=images, most=MAX_TILES)


def train_run(**changes: object) -> Run:
    """A finished run that everybody may see."""
    runs = services().runs
    run = runs.start(OWNER, BASE.replaced(**changes))
    finish(runs, run.id)
    return run


def open_comparison(open_page: Open, *runs: Run, **address: str) -> AppTest:
    return open_page("compare", runs=".".join(run.id for run in runs), **address)


def answers_of(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """A run's prediction for each image, and whether it is right."""
    runs, data = services().runs, open_prepared(run.config.dataset)
    taken = runs.networks.logits(runs.networks.for_run(runs.run(run.id))[-1:])[0].argmax(1)
    return taken, taken == data.labels[data.num_train :]


@pytest.mark.parametrize("lang", languages())
def test_two_runs_disagree_on_images_that_lead_to_their_networks(open_page: Open, lang: str) -> None:
    open_page("home")
    a, b = train_run(seed=501), train_run(seed=502, learning_rate=0.001)
    (taken_a, right_a), (taken_b, right_b) = answers_of(a), answers_of(b)
    differ, only_a = np.flatnonzero(taken_a != taken_b), np.flatnonzero(right_a & ~right_b)
    say, app = Words(lang), open_comparison(open_page, a, b, lang=lang)
    assert not app.exception
    assert counted(say, len(differ)) in [each.value for each in app.caption]
    (verdict,) = [each.value for each in app.info]
    chance = binomtest(len(only_a), int((right_a ^ right_b).sum())).pvalue
    assert f"{math.ceil(1000 * chance) / 1000 if chance < 0.05 else chance:.1%}" in verdict
    app.selectbox(key="which").set_value("1").run()
    assert counted(say, len(only_a)) in [each.value for each in app.caption]
    image = int(only_a[0])
    truth = str(open_prepared(a.config.dataset).labels[-360 + image])
    assert say("compare.image.title", number=image + 1, name=truth) in [each.value for each in app.markdown]
    links = [link.proto.query_string for link in app.get("page_link")]
    assert [f"network={run.id}&image={image}&part=why" in links for run in (a, b)] == [True, True]
    charts = app.get("plotly_chart")
    assert len(charts) == 3
    truths = open_prepared(a.config.dataset).labels[-360:]
    (difference,) = [t["z"] for chart in charts for t in json.loads(chart.proto.spec)["data"] if t["type"] == "heatmap"]
    counts = [confusion_matrix(truths, taken, labels=range(10)) for taken in (taken_a, taken_b)]
    assert difference == (counts[1] - counts[0]).tolist()
    app.toggle(key="maps").set_value(True).run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 5


def test_seeds_of_one_setting_make_a_band(open_page: Open) -> None:
    open_page("home")
    a, b, other = train_run(seed=511), train_run(seed=512), train_run(seed=511, learning_rate=0.0001)
    app = open_comparison(open_page, a, b, other, pair_b="3")
    accuracies = sorted(float(answers_of(run)[1].mean()) for run in (a, b))
    band = SAY("compare.seed_bands.band", n=2, low=accuracies[0], high=accuracies[1])
    one = SAY("compare.seed_bands.one", accuracy=float(answers_of(other)[1].mean()))
    assert SAY("compare.seed_bands.beyond", a=1, b=3, a_band=band, b_band=one, chance=2 / 3) in app.info[0].value
    key, facts = paired(answers_of(a)[1], answers_of(other)[1])
    assert key == "compare.paired.a_ahead"
    assert SAY(key, a=1, b=3, num_validation=360, **facts) in app.info[0].value
    app.selectbox(key="pair_b").set_value("2").run()
    assert SAY("compare.seed_bands.alike", a=1, b=2, a_band=band, b_band=band) in app.info[0].value


def test_runs_on_other_images_are_left_out_and_said_so(open_page: Open) -> None:
    open_page("home")
    a, b, shifted = train_run(seed=521), train_run(seed=522), train_run(seed=521, val_shift=3)
    app = open_comparison(open_page, a, b, shifted)
    assert not app.exception
    assert [each.value for each in app.warning] == [SAY("compare.answers.other_images", runs="3")]
    app = open_comparison(open_page, a, shifted)
    assert [each.value for each in app.info] == [SAY("compare.different_images", a="1", b="2")]


def test_a_run_that_diverged_before_it_was_measured_and_one_that_agrees_are_told(open_page: Open) -> None:
    open_page("home")
    a, twin = train_run(seed=531), train_run(seed=531)
    lost = train_run(model="seed_cnn", learning_rate=10.0, momentum=0.0, seed=0, epochs=1)
    app = open_comparison(open_page, a, lost)
    assert not app.exception
    assert [each.value for each in app.info] == [SAY("compare.unmeasured", a="1", b="2")]
    app = open_comparison(open_page, a, twin, lost)
    assert not app.exception
    assert SAY("compare.answers.unmeasured", runs="3") in [each.value for each in app.caption]
    told = [each.value for each in app.info]
    assert SAY("compare.confusions.none") in told
    assert SAY("compare.answers.agree") in told
    assert not any("seed" in each for each in told)


def test_only_seeds_trained_equally_long_make_a_band(open_page: Open) -> None:
    open_page("home")
    a, twin, longer, other = (
        train_run(seed=541),
        train_run(seed=541),
        train_run(seed=541, epochs=4),
        train_run(seed=542),
    )
    app = open_comparison(open_page, a, longer)
    assert not any("differ only in their seed" in each.value for each in app.info)
    app = open_comparison(open_page, a, twin, longer, other, pair_b="4")
    assert "(2 seeds)" in app.info[0].value
    app.selectbox(key="pair_b").set_value("2").run()
    assert "differ only in their seed" not in app.info[0].value
