"""Below the charts: what happened, and the equivalent program."""

from __future__ import annotations

import streamlit as st

from core.config import RunConfig
from core.content.words import Words
from core.runs.service import RunService
from core.runs.views import RunView
from core.ui.lab.code import code_tab
from core.ui.lab.outcome import outcome_tab
from core.ui.session import NETWORK
from core.ui.shell import page_link


def after_the_charts(say: Words, runs: RunService, shown: RunView, config: RunConfig) -> None:
    """Build only the open tab."""
    if shown.epoch >= 1:
        page_link("understand", say("understand.open"), address={NETWORK: shown.id})
    happened, code = st.tabs([say("after.happened"), say("after.code")], key="after", on_change="rerun")
    if happened.open:
        with happened:
            outcome_tab(say, runs, shown, config)
    if code.open:
        with code:
            code_tab(say, shown, config)
