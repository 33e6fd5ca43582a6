"""For a computer that several learners use: the next one begins without the runs and answers of the one before."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.content.words import Words
from core.live.identity import OWN_HEADER
from core.ui.session import has_cookie

_component = st.components.v2.component(
    "trendlab_newcomer",
    html="<span hidden></span>",
    js=Path(__file__).with_name("app_root.js").read_text(encoding="utf-8")
    + """
    export default function ({ data: [header] }) {
      fetch(`${appRoot()}api/newcomer`, { method: "POST", headers: { [header]: "" } })
        .then(({ ok }) => ok && location.assign(appRoot()));
    }
    """,
)


def next_learner(say: Words) -> None:
    if not has_cookie():  # there a learner is a tab
        return
    with st.popover(say("newcomer.open"), icon=":material/switch_account:"):
        st.markdown(say("newcomer.about"))
        if st.button(say("newcomer.begin"), key="newcomer"):
            _component(key="newcomer_comes", data=[OWN_HEADER])
