"""Runs whose images were replaced since: the pages say so, and never show other images beside their answers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.config import RunConfig
from core.content.words import Words, languages
from core.datasets.prepared import prepared_folder
from core.errors import DatasetChanged, to_wire
from core.runs.records import Pace, Run
from core.ui.compare.sweep import distinct_finished
from core.ui.services import services
from core.ui.understand.look import Look
from core.ui.understand.parcels import pictures_parcel
from tests.app.conftest import Open, finished_run
from tests.datasets.files import put_prepared
from tests.parts import OWNER

BEFORE, AFTER = 400, 800  # images
CONFIG = RunConfig(dataset="mnist", model="mlp", epochs=2, batch_size=64, learning_rate=0.01)


@pytest.fixture
def two_runs(open_page: Open) -> Iterator[list[str]]:
    """Of images that have been replaced since."""
    open_page("home")
    put_prepared("mnist", BEFORE)
    runs = [finished_run(open_page, CONFIG.replaced(seed=seed)) for seed in (1, 2)]
    put_prepared("mnist", AFTER)
    yield runs
    shutil.rmtree(prepared_folder("mnist"))


def page_text(app: AppTest) -> str:
    assert not app.exception
    assert not app.error
    return "\n".join(each.value for each in (*app.info, *app.caption))


@pytest.mark.parametrize("lang", languages())
def test_the_pages_say_that_the_images_are_others(open_page: Open, two_runs: list[str], lang: str) -> None:
    say, changed = Words(lang), Words(lang)("errors.dataset_changed")
    train = open_page("train", lang=lang, run=two_runs[0])
    assert changed in page_text(train)
    assert train.get("plotly_chart")  # its curves stay
    understand = open_page("understand", lang=lang, network=two_runs[0])
    assert changed in page_text(understand)
    assert not understand.get("plotly_chart")
    assert say("compare.answers.none") in page_text(open_page("compare", lang=lang, runs=".".join(two_runs)))
    anew = [finished_run(open_page, CONFIG.replaced(seed=seed)) for seed in (1, 2)]
    assert not set(anew) & set(two_runs)
    assert changed not in page_text(open_page("understand", lang=lang, network=anew[0]))
    compare = open_page("compare", lang=lang, runs=".".join([two_runs[0], *anew]))
    assert say("compare.answers.unmeasured", runs="1") in page_text(compare)
    assert say("compare.answers.none") not in page_text(compare)
    ended = distinct_finished(services().runs.views([*two_runs, *anew]).values())
    assert {view.id for view in ended} == set(anew)


def test_pictures_are_those_that_the_run_was_measured_on(open_page: Open) -> None:
    open_page("home")
    numbers, urls = np.arange(10), []
    for num_images in (BEFORE, AFTER):
        put_prepared("mnist", num_images)
        look = look_at_last(services().runs.run(finished_run(open_page, CONFIG)))
        urls.append(pictures_parcel(look, numbers)["url"])
    assert urls[0] != urls[1]
    put_prepared("mnist", BEFORE)
    with pytest.raises(DatasetChanged):
        pictures_parcel(look, numbers)
    shutil.rmtree(prepared_folder("mnist"))


@pytest.mark.parametrize("lang", languages())
def test_a_run_that_failed_by_them_says_so(open_page: Open, lang: str) -> None:
    open_page("home")
    runs, problem = services().runs, DatasetChanged(CONFIG.dataset)
    run = runs.start(OWNER, RunConfig(seed=77), fresh=True, pace=Pace.STEP)
    runs._store.fail_trajectory(run.trajectory.id, to_wire(problem))
    app = open_page("train", lang=lang, run=run.id)
    assert [each.value for each in app.error] == [Words(lang).error(problem)]


def look_at_last(run: Run) -> Look:
    runs = services().runs
    saved = runs.networks.for_run(run)
    return Look(runs.view(run.id), saved, saved[-1], 0)
