"""Errors of an action, shown once on the next page that is drawn, and problems of the shown run."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.content.words import Words
from core.datasets.prepared import images_problem
from core.errors import InvalidConfig, RunOutdated, TrendLabError, from_wire
from core.runs.records import State
from core.runs.views import RunView
from core.ui.lab.address_check import invalid_text
from core.ui.lab.fields import NOTICE


def attempt(action: Callable[..., object], *args: object) -> None:
    """Run an action; an error is shown on the page, and nothing else is lost."""
    try:
        action(*args)
    except TrendLabError as error:
        st.session_state[NOTICE] = error


def show_notice(say: Words) -> None:
    if error := st.session_state.pop(NOTICE, None):
        text = invalid_text(say, error) if isinstance(error, InvalidConfig) else say.error(error)
        st.error(text, icon=":material/error:")


def show_problem(say: Words, shown: RunView) -> None:
    """Why the shown run failed or cannot be continued."""
    if shown.state is State.FAILED and shown.error:
        st.error(say.error(from_wire(shown.error)), icon=":material/error:")
    elif shown.state is State.OUTDATED:
        st.info(say.error(RunOutdated()), icon=":material/history:")
    elif problem := images_problem(shown.config.dataset, shown.data_sha256):
        st.info(say.error(problem), icon=":material/hide_image:")
