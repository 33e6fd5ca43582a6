"""The Train page."""

from __future__ import annotations

import time
from urllib.parse import urlencode

import streamlit as st

from core.config import RunConfig
from core.content.words import Words
from core.runs.build import showcase
from core.runs.service import RunService
from core.runs.views import RunView
from core.ui.address import has_gone_back, written_together
from core.ui.lab import chosen
from core.ui.lab import settings_form as form
from core.ui.lab.address_check import drop_address_problems, show_address_problems
from core.ui.lab.after import after_the_charts
from core.ui.lab.charts import run_charts
from core.ui.lab.chosen import Level
from core.ui.lab.controls import SEEN_CONFIG, controls, pace, start
from core.ui.lab.level import chosen_level, level_switch
from core.ui.lab.notices import attempt, show_notice, show_problem
from core.ui.lab.own_set import close_own_window, offered_datasets, own_window, take_upload
from core.ui.lab.present import present_page
from core.ui.lab.presets import arrive_with_preset
from core.ui.lab.publicity import public_switch
from core.ui.lab.showing import shown_text, shown_view
from core.ui.lab.tour import follow_tour, tour_card
from core.ui.lab.waiting import wait_for_data
from core.ui.outage import outage_told
from core.ui.quiz import quiz_card
from core.ui.session import (
    clear_ghosts,
    follow_run,
    ghosts,
    is_presented,
    leave_behind,
    owner,
    present,
    shown_run,
    words,
)
from core.ui.shell import has_come, open_services, page_head

RETRAIN_PAUSE_S = 0.4


def lab_page() -> None:
    """Settings, buttons, charts, and explanations."""
    say = words()
    drop_address_problems("train")
    runs = open_services().runs
    run_before, is_run_named = shown_run(), follow_run()
    if came := has_come():
        leave_behind(run_before)
        _arrive(runs, is_run_named)
    if came or has_gone_back():
        st.session_state.pop(SEEN_CONFIG, None)  # the settings have changed, but not by a slider
    if is_presented():
        present_page(say, runs)
        return
    follow_tour("train")
    page_head("train")
    precisions = runs.precisions()
    take_upload(runs)
    level = chosen_level(runs)
    with written_together():  # a moved slider and the run that it starts
        config = chosen.chosen_config(precisions)
        _retrain(runs, config)
        follow_run()
    shown = shown_view(runs, config)
    with st.sidebar:
        level_switch(say, runs)
        if level is Level.EXPERT:
            _how_to_train(say, runs, shown)
        form.sidebar_settings(say, level, config, precisions, offered_datasets(runs, config.dataset))
        _side(say, config)
    tour_card(say)
    form.main_settings(say, config)
    show_address_problems(say)
    is_mine = shown is not None and shown.owner == owner()
    controls(say, runs, config, shown, is_mine)
    show_notice(say)
    wait_for_data(say, runs)
    st.caption(shown_text(say, shown, is_mine))
    if shown:
        show_problem(say, shown)
        run_charts(say, runs, shown)
        after_the_charts(say, runs, shown, config)
    elif not shown_run() and not showcase(runs):
        _wait_for_first_run(runs)
    with st.container(horizontal=True):
        _link(say, config)
        st.button(
            say("train.present"), key="present", icon=":material/present_to_all:", help=say("train.present_help"),
            on_click=present,
        )  # fmt: skip
    with st.expander(say("topic.check"), icon=":material/quiz:", key="check", on_change="rerun") as opened:
        if opened.open:
            quiz_card(say, "train")
    own_window(say, runs)


def _arrive(runs: RunService, is_run_named: bool) -> None:
    """A run in the address brings its settings, unless the address gives others; else the page is as it was left."""
    arrive_with_preset()
    close_own_window()
    for shown in runs.views([str(shown_run())]).values() if is_run_named else ():
        chosen.arrive_with(shown.config)


def _how_to_train(say: Words, runs: RunService, shown: RunView | None) -> None:
    pace(say, runs, shown)
    st.toggle(say("train.retrain"), key="retrain", help=say("train.retrain_help"), persist_state="session")


def _side(say: Words, config: RunConfig) -> None:
    public_switch(say, config)
    with st.container(horizontal=True):
        st.button(say("train.start_over"), on_click=chosen.start_over, icon=":material/undo:", key="start_over")
        if ghosts():
            st.button(
                say("train.clear_ghosts"), on_click=clear_ghosts, icon=":material/layers_clear:", key="ghosts_off"
            )


@st.fragment(run_every=1.0)
@outage_told()
def _wait_for_first_run(runs: RunService) -> None:
    """At the very first start, show the recorded run as soon as it begins."""
    if showcase(runs):
        st.rerun()


def _link(say: Words, config: RunConfig) -> None:
    settings = urlencode({"v": chosen.LINK_VERSION, **chosen.link_values(config)})
    with st.popover(say("train.link"), icon=":material/link:"):
        st.markdown(say("train.link_help"))
        st.code(f"{st.context.url}?{settings}", language=None, wrap_lines=True)


def _retrain(runs: RunService, config: RunConfig) -> None:
    """With the switch on, changed settings start a run after a short pause; a newer change aborts this script run."""
    before = st.session_state.setdefault(SEEN_CONFIG, config)
    if config != before and st.session_state.get("retrain"):
        time.sleep(RETRAIN_PAUSE_S)
        attempt(start, runs, config)  # its first access to the session lets Streamlit abort for a newer change
    st.session_state[SEEN_CONFIG] = config
