"""Runs that another version of TrendLab began: their pages say why they do not go on, and offer only what works."""

from __future__ import annotations

import pytest

from core.config import RunConfig
from core.content.words import Words, languages
from core.errors import RunOutdated
from core.runs import queries
from core.runs.records import Pace, State
from core.ui.services import services
from tests.app.conftest import Open, finished_run, keys, shown, texts
from tests.parts import OWNER


@pytest.mark.parametrize("lang", languages())
def test_an_unfinished_run_of_an_older_version_says_why_it_does_not_go_on(open_page: Open, lang: str) -> None:
    open_page("home")
    run = services().runs.start(OWNER, RunConfig(seed=78), fresh=True, pace=Pace.STEP)
    services().runs._store._change(queries.UPDATE_TRAJECTORY, trajectory_id=run.trajectory.id, environment="engine 0")
    app = open_page("train", lang=lang, run=run.id)
    assert shown(app).state is State.OUTDATED
    assert Words(lang).error(RunOutdated()) in texts(app)
    assert "take_over" not in keys(app)
    assert "train" in keys(app)


@pytest.mark.parametrize("lang", languages())
def test_the_program_of_an_older_run_is_not_said_to_give_its_last_bit(open_page: Open, lang: str) -> None:
    say = Words(lang)
    run_id = finished_run(open_page, RunConfig(model="mlp", epochs=1, seed=79 + list(languages()).index(lang)))
    app = open_page("train", lang=lang, run=run_id)
    app.session_state["after"] = say("after.code")
    app.run()
    assert say("code.about") in texts(app)
    assert say("code.older_run") not in texts(app)
    trajectory = services().runs.run(run_id).trajectory
    services().runs._store._change(queries.UPDATE_TRAJECTORY, trajectory_id=trajectory.id, environment="engine 0")
    assert say("code.older_run") in texts(app.run())
