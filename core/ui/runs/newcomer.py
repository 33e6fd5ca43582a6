"""For a shared computer: the next learner starts without the runs and answers of the one before."""

from __future__ import annotations

import time

import streamlit as st

from core.content.words import Words
from core.live.identity import OWN_HEADER
from core.ui.components import component
from core.ui.session import has_cookie

_component = component("trendlab_newcomer", '<p role="alert"></p>', js=("app_root.js", "runs/newcomer.js"))


def next_learner(say: Words) -> None:
    if not has_cookie():  # without a cookie, each tab is a learner
        return
    with st.popover(say("newcomer.open"), icon=":material/switch_account:"):
        st.markdown(say("newcomer.about"))
        if st.button(say("newcomer.begin"), key="newcomer"):
            data = {"header": OWN_HEADER, "failed": say("newcomer.failed"), "at": time.monotonic()}
            _component(key="newcomer_comes", data=[data])  # includes the time, as repeated equal data would be ignored
