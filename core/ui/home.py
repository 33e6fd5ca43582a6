"""Home: what TrendLab is, and the way to the lab."""

from __future__ import annotations

import streamlit as st

from core.content.words import Words
from core.runs.build import showcase
from core.settings import PROJECT
from core.ui.address_check import drop_address_problems, show_address_problems
from core.ui.buttons import button
from core.ui.charts import loss_chart, short_date
from core.ui.session import words
from core.ui.shell import came_to, open_services, page_head
from core.ui.tour import follow_tour, tour_buttons, tour_card


def home_page() -> None:
    say = words()
    drop_address_problems("home")
    came_to("home")
    follow_tour("home")
    page_head("home")
    show_address_problems(say)
    tour_card(say)
    text, chart = st.columns([5, 6], gap="large")
    with text:
        _invitation(say)
    with chart:
        _recorded_run(say)


def _invitation(say: Words) -> None:
    st.markdown(say("home.claim"))
    for step in ("predict", "train", "change"):
        st.markdown(say(f"home.{step}"))
    tour_buttons(say)
    if button(say("home.go"), "model_training", primary=True, key="go"):
        st.switch_page(PROJECT / "pages" / "train.py")


def _recorded_run(say: Words) -> None:
    runs = open_services().runs
    if recorded := showcase(runs):
        loss_chart(say, runs, recorded)
        st.caption(say("home.recorded", date=short_date(recorded)))
