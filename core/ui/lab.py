"""The Train page."""

from __future__ import annotations

import time
from urllib.parse import urlencode

import streamlit as st

from core import catalog
from core.config import RunConfig
from core.content.words import Words
from core.errors import InvalidConfig
from core.runs.build import SHOWCASE_OWNER, showcase
from core.runs.service import RunService
from core.runs.views import RunView
from core.ui import settings_form as form
from core.ui.charts import run_charts, short_date
from core.ui.controls import NOTICE, PENDING, SEEN_CONFIG, attempt, controls, pace, show_notice, start
from core.ui.session import clear_ghosts, ghosts, keep_shown_run, owner, return_to_shown_run, shown_run, words
from core.ui.shell import open_services, page_head

LINK_VERSION = "1"  # of the meaning of the settings in the address
RETRAIN_PAUSE_S = 0.4


def lab_page() -> None:
    """Settings, buttons, charts."""
    say = words()
    form.drop_address_problems()
    runs = open_services().runs
    if page_head("train"):
        _arrive(runs)
    keep_shown_run()
    shown = _shown(runs)
    with st.sidebar:
        _side(say, runs, shown)
    form.main_settings(say)
    form.show_address_problems(say)
    config = _valid_config(say)
    is_mine = shown is not None and runs.is_owner(owner(), shown.id)
    controls(say, runs, config, shown, is_mine)
    show_notice(say)
    _wait_for_data(say, runs)
    _caption(say, runs, shown, is_mine)
    if shown:
        run_charts(say, runs, shown)
    elif not shown_run():
        _wait_for_first_run(runs)
    _link(say, config)
    _retrain(runs, config)


def _arrive(runs: RunService) -> None:
    """A run from the address brings its settings along; else the page is as it was left."""
    if not shown_run():
        return_to_shown_run()
    elif not form.any_addressed() and (shown := _shown(runs)):
        form.put_config(shown.config)


def _side(say: Words, runs: RunService, shown: RunView | None) -> None:
    form.side_settings(say, runs.precisions())
    pace(say, runs, shown)
    st.toggle(say("train.retrain"), key="retrain", help=say("train.retrain_help"))
    st.toggle(say("train.public"), True, key="public", help=say("train.public_help"))
    with st.container(horizontal=True):
        st.button(say("train.start_over"), on_click=form.start_over, icon=":material/undo:", key="start_over")
        if ghosts():
            st.button(
                say("train.clear_ghosts"), on_click=clear_ghosts, icon=":material/layers_clear:", key="ghosts_off"
            )


def _valid_config(say: Words) -> RunConfig | None:
    try:
        return form.chosen_config()
    except InvalidConfig as problem:
        st.error(form.invalid_text(say, problem), icon=":material/error:")
        return None


def _shown(runs: RunService) -> RunView | None:
    """The run of the address; before any, the recorded one."""
    if run_id := shown_run():
        return runs.views([run_id]).get(run_id)
    return showcase(runs)


def _caption(say: Words, runs: RunService, shown: RunView | None, is_mine: bool) -> None:
    if shown is None:
        text = say("train.gone" if shown_run() else "train.empty")
    elif runs.is_owner(SHOWCASE_OWNER, shown.id):
        text = say("train.showcase", date=short_date(shown), rate=f"{shown.config.learning_rate:g}")
    elif is_mine and shown.recorded:
        text = say("train.recorded", date=short_date(shown))
    elif not is_mine:
        text = say("train.foreign")
    elif shown.shared > 1:
        text = say("train.shared", n=shown.shared)
    else:
        text = say("train.own")
    st.caption(text)


def _wait_for_data(say: Words, runs: RunService) -> None:
    """Progress of a data set that a started run waits for; the run begins by itself when it is ready."""
    pending: RunConfig | None = st.session_state.get(PENDING)
    if pending is None:
        return
    label = say.of(catalog.specs("datasets")[pending.dataset]["label"])

    @st.fragment(run_every=1.0)
    def progress() -> None:
        status = runs.datasets.status(pending.dataset)
        if status.state == "preparing":
            st.progress(status.progress, say("train.preparing", dataset=label))
            return
        if status.state == "ready":
            attempt(start, runs, pending)
        elif status.error:
            st.session_state[NOTICE] = status.error
        st.session_state.pop(PENDING, None)
        st.rerun()

    progress()


@st.fragment(run_every=1.0)
def _wait_for_first_run(runs: RunService) -> None:
    """At the first start of all, the recorded run appears as soon as it begins."""
    if showcase(runs):
        st.rerun()


def _link(say: Words, config: RunConfig | None) -> None:
    if config is None:
        return
    settings = urlencode({"v": LINK_VERSION, **config.model_dump()})
    with st.popover(say("train.link"), icon=":material/link:"):
        st.markdown(say("train.link_help"))
        st.code(f"{st.context.url}?{settings}", language=None, wrap_lines=True)


def _retrain(runs: RunService, config: RunConfig | None) -> None:
    """With the switch on, changed settings start a new run after a short pause; a newer change ends this script."""
    before = st.session_state.setdefault(SEEN_CONFIG, config)
    if not st.session_state["retrain"]:
        st.session_state[SEEN_CONFIG] = config
    elif config and config != before:
        time.sleep(RETRAIN_PAUSE_S)
        st.empty()  # here Streamlit gives way to a newer change
        st.session_state[SEEN_CONFIG] = config
        attempt(start, runs, config)
        st.rerun()
