"""A started run whose data set is still being prepared."""

from __future__ import annotations

import streamlit as st

from core import catalog
from core.content.words import Words
from core.runs.service import RunService
from core.ui.lab.controls import PENDING, Request, fulfil
from core.ui.lab.fields import NOTICE
from core.ui.lab.notices import attempt


def wait_for_data(say: Words, runs: RunService) -> None:
    """The progress of a data set that a started run waits for; the run begins once it is ready."""
    pending: Request | None = st.session_state.get(PENDING)
    if pending is None:
        return
    label = say.of(catalog.spec_of("datasets", pending.config.dataset)["label"])

    @st.fragment(run_every=1.0)
    def progress() -> None:
        status = runs.datasets.status(pending.config.dataset)
        if status.state == "preparing":
            st.progress(status.progress, say("train.preparing", dataset=label))
            return
        if status.state == "ready":
            attempt(fulfil, runs, pending)
        elif status.error:
            st.session_state[NOTICE] = status.error
        st.session_state.pop(PENDING, None)
        st.rerun()

    progress()
