"""An experiment of a topic page: runs with the same seed, started together and compared."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.config import RunConfig
from core.content.words import Words
from core.runs.records import State
from core.runs.views import RunView
from core.ui.buttons import button
from core.ui.lab.chosen import differing
from core.ui.lab.publicity import is_public
from core.ui.lab.run_words import run_name
from core.ui.lab.variants import compared_address
from core.ui.outage import problem_told
from core.ui.session import owner
from core.ui.shell import open_services, page_file

AS_PLANNED = (State.QUEUED, State.TRAINING, State.FINISHED, State.DIVERGED)


def run_and_compare(say: Words, key: str, configs: Sequence[RunConfig]) -> None:
    """List the runs; one click trains them and opens their comparison."""
    names = [run_name(say, config, varied(configs)) for config in configs]
    st.caption("\n".join([say("topic.settings"), *(f"- {name}" for name in names)]))
    if button(say("topic.run", n=len(configs)), "model_training", primary=True, key=f"run_{key}"):
        runs = open_services().runs
        with problem_told(say):
            mine = runs.runs_of(owner())
            ids = [
                _own_run(mine, config) or runs.start(owner(), config, public=is_public(config)).id for config in configs
            ]
            st.switch_page(page_file("compare"), query_params=compared_address(ids))


def _own_run(mine: Sequence[RunView], config: RunConfig) -> str | None:
    """The reader's own run with these settings, if any, so that a second click starts no other."""
    planned = (view for view in mine if view.state in AS_PLANNED and not view.changes)
    return next((view.id for view in planned if view.config.config_id == config.config_id), None)


def varied(configs: Sequence[RunConfig]) -> list[str]:
    """The settings in which any of these differ from the survey's."""
    varied_fields = {field for config in configs for field in differing(config)}
    return [field for field in RunConfig.model_fields if field in varied_fields] or ["learning_rate"]
