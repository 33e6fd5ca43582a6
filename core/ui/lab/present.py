"""The presenter's view, `?view=present`: one large chart, the address to join, the space bar to train."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import streamlit as st

from core.config import RunConfig
from core.content.words import Words
from core.runs.records import Pace, State
from core.runs.service import RunService
from core.runs.views import RunView
from core.ui.address import addressed_choice, put
from core.ui.buttons import button
from core.ui.lab import chosen
from core.ui.lab.address_check import show_address_problems
from core.ui.lab.charts import run_charts
from core.ui.lab.controls import other_seed_button, resumed_pace, start
from core.ui.lab.fields import named, value_text
from core.ui.lab.join import join
from core.ui.lab.notices import attempt, show_notice
from core.ui.lab.showing import shown_text, shown_view
from core.ui.lab.waiting import wait_for_data
from core.ui.session import REPLAY, leave_presentation, owner, shown_run

CHARTS = ("loss", "accuracy")


def present_page(say: Words, runs: RunService) -> None:
    """Settings in one line, one chart, the address as text and QR code."""
    config = chosen.chosen_config(runs.precisions())
    shown = shown_view(runs, config)
    is_mine = shown is not None and shown.owner == owner()
    chart, side = st.columns([3, 1], gap="large")
    with side:
        join(say, config)
    with chart:
        st.title(_settings_line(say, config), anchor=False)
        with st.container(horizontal=True, vertical_alignment="center"):
            _space_button(say, runs, config, shown if is_mine else None)
            button(
                say("present.leave"), "close_fullscreen", key="leave", shortcut="Escape", on_click=leave_presentation
            )
            only = _chart(say)
        show_address_problems(say)
        show_notice(say)
        wait_for_data(say, runs)
        if not shown:
            _large_text(shown_text(say, shown, is_mine))
        else:
            replayed = st.session_state.get(REPLAY)
            run_charts(say, runs, shown, only=only)
            if st.session_state.get(REPLAY) != replayed:  # the replay is over, so the space bar works again
                st.rerun()
    if shown and (shown.recorded or not is_mine):  # the status line is enough for the reader's own run
        with side:
            _large_text(shown_text(say, shown, is_mine))


def _large_text(text: str) -> None:
    st.html(f'<p style="font-size: 1.25rem; margin: 0">{escape(text)}</p>')


def _chart(say: Words) -> str:
    """Which of the two charts is shown. A button switches to the other, as a focused choice widget would capture the
    space bar."""
    chart = addressed_choice("chart", CHARTS, CHARTS[0])
    other = CHARTS[1 - CHARTS.index(chart)]
    button(say(f"present.{other}"), "swap_horiz", key="other_chart", on_click=put, args=("chart", other))
    return chart


def _settings_line(say: Words, config: RunConfig) -> str:
    """Epochs and learning rate, and other settings that differ from the survey's."""
    fields = dict.fromkeys([*chosen.MAIN_FIELDS, *chosen.differing(config)])
    parts = [named(say, field, value_text(say, field, getattr(config, field))) for field in fields]
    return say("live.separator").join(parts)


def _space_button(say: Words, runs: RunService, config: RunConfig, mine: RunView | None) -> None:
    """Train, Pause, Resume or Train afresh, whichever is next; the space bar presses it.

    It is one button with changing labels, as a second press may come before the browser has drawn the result of the
    first. The space bar does not interrupt a replay, as starting the same replay again would show nothing new.
    """
    if mine and not mine.is_final:
        name, icon = ("resume", "play_arrow") if mine.state is State.PAUSED else ("pause", "pause")
        _space(say, name, icon, _pause_or_resume, runs, owner(), mine.id, resumed_pace())
    elif mine and _is_the_same_once_more(mine, config):
        is_over = st.session_state.get(REPLAY) != mine.id
        _space(say, "afresh", "refresh", _begin, runs, mine.id, True, pressed_by="Space" if is_over else None)
        other_seed_button(say, runs)
    else:
        _space(say, "train", "play_arrow", _begin, runs, shown_run(), False)


def _space(
    say: Words, name: str, icon: str, action: Callable[..., None], *args: Any, pressed_by: str | None = "Space"
) -> None:
    button(
        say(f"train.{name}"), icon, primary=True, key="space", shortcut=pressed_by, on_click=attempt,
        args=(action, *args),
    )  # fmt: skip


def _pause_or_resume(runs: RunService, me: str, run_id: str, pace: Pace) -> None:
    """Pause or resume, by the run's current state. Does nothing if the run has ended since the button was drawn."""
    now = runs.view(run_id)
    if now.state is State.PAUSED:
        runs.resume(me, run_id, pace)
    elif not now.is_final:
        runs.pause(me, run_id)


def _begin(runs: RunService, drawn: str | None, fresh: bool) -> None:
    """`drawn` is the run shown when the button was drawn; if another one is shown now, this is a second press."""
    now = shown_run()
    if now is None or now == drawn:
        start(runs, chosen.config_now(), fresh)
    else:
        _pause_or_resume(runs, owner(), now, resumed_pace())


def _is_the_same_once_more(mine: RunView, config: RunConfig) -> bool:
    """Whether training these settings would only replay the run that is shown."""
    return mine.state in (State.FINISHED, State.DIVERGED) and mine.config.config_id == config.config_id
