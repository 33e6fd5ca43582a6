"""Home: what TrendLab is, and the way to the lab."""

from __future__ import annotations

import streamlit as st

from core.settings import PROJECT
from core.ui.session import words
from core.ui.shell import page_head


def home_page() -> None:
    say = words()
    page_head("home")
    st.markdown(say("home.claim"))
    for step in ("predict", "train", "change"):
        st.markdown(say(f"home.{step}"))
    st.page_link(PROJECT / "pages" / "train.py", label=say("home.go"), icon=":material/model_training:")
    st.caption(say("home.honest"))
