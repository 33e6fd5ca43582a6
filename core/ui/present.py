"""The presenter's view, `?view=present`: one chart for the last row, the address to join in, the space bar to train."""

from __future__ import annotations

from urllib.parse import urlencode

import segno
import streamlit as st

from core.config import RunConfig
from core.content.words import Words
from core.runs.records import State
from core.runs.service import RunService
from core.runs.views import RunView
from core.ui import chosen
from core.ui.address import addressed_choice
from core.ui.buttons import button
from core.ui.charts import run_charts
from core.ui.controls import attempt, resumed_pace, show_notice, start
from core.ui.fields import named, value_text
from core.ui.session import leave_presentation, owner
from core.ui.showing import caption, shown_view

CHARTS = ("loss", "accuracy")
QR_SCALE = 5


def present_page(say: Words, runs: RunService) -> None:
    """Settings in one line, one chart, the address as text and picture."""
    config = chosen.chosen_config(runs.precisions())
    shown = shown_view(runs, config)
    is_mine = shown is not None and runs.is_owner(owner(), shown.id)
    chart, side = st.columns([4, 1], gap="large")
    with side:
        _join(say, config)
    with chart:
        st.header(_settings_line(say, config), anchor=False)
        with st.container(horizontal=True):
            _space_button(say, runs, config, shown)
            button(
                say("present.leave"), "close_fullscreen", key="leave", shortcut="Escape", on_click=leave_presentation
            )
        show_notice(say)
        caption(say, runs, shown, is_mine)
        if shown:
            run_charts(say, runs, shown, only=_chart(say))


def _chart(say: Words) -> str:
    """Which of the two charts is shown."""
    chart = addressed_choice("chart", CHARTS, CHARTS[0])
    st.segmented_control(
        say("present.chart"), CHARTS, format_func=lambda name: say(f"live.{name}.title"), key="chart", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    return chart


def _settings_line(say: Words, config: RunConfig) -> str:
    parts = [named(say, field, value_text(say, field, getattr(config, field))) for field in chosen.MAIN_FIELDS]
    return say("live.separator").join(parts)


def _space_button(say: Words, runs: RunService, config: RunConfig, shown: RunView | None) -> None:
    """Train, Pause or Resume, whichever is next; the space bar presses it."""
    me = owner()
    mine = shown is not None and runs.is_owner(me, shown.id) and not shown.is_final
    if not mine or shown is None:
        key, icon, action = "train", "play_arrow", lambda: start(runs, config)
    elif shown.state is State.PAUSED:
        run_id = shown.id
        key, icon, action = "resume", "play_arrow", lambda: runs.resume(me, run_id, resumed_pace())
    else:
        run_id = shown.id
        key, icon, action = "pause", "pause", lambda: runs.pause(me, run_id)
    button(say(f"train.{key}"), icon, primary=True, key=key, shortcut="Space", on_click=attempt, args=(action,))


def _join(say: Words, config: RunConfig) -> None:
    """Where a learner opens the same settings."""
    settings = {"v": chosen.LINK_VERSION, **chosen.differing(config)}  # few, or the squares get small
    address = f"{st.context.url}?{urlencode(settings)}"
    st.markdown(f"### {say('present.join')}")
    st.image(
        segno.make(address, error="m").svg_inline(scale=QR_SCALE, border=2, light="white"), alt=say("present.code")
    )
    st.markdown(f"**{st.context.url}**")
