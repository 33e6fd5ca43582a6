"""The Train page's buttons; the primary one is always the sensible next action."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.config import RunConfig, limits
from core.content.numbers import digits
from core.content.words import Words
from core.errors import TrendLabError
from core.runs.records import Pace, Run, State
from core.runs.service import RunService
from core.runs.views import RunView
from core.ui.address import DRAWN, put
from core.ui.buttons import button
from core.ui.following import is_present, widget_key
from core.ui.lab.chosen import config_now
from core.ui.lab.guess import GUESS, guess_popover
from core.ui.lab.notices import attempt
from core.ui.lab.publicity import is_public
from core.ui.session import BEGUN, REPLAY, ghosts, owner, show_run, shown_run

MORE_EPOCHS = 5
SECOND_CLICK_S = 0.6  # the second half of a double click comes sooner, and may hit a button that has replaced the first
PACE = "pace"  # the pace that the reader has chosen
TAKEN = "taken_click"  # (buttons drawn, time) of the last click in the row
PENDING = "pending_request"  # a Request that waits for its data set or was interrupted
SEEN_CONFIG = "seen_config"  # the settings of the last script run, or those just started


@dataclass
class Request:
    """A wish to train, held until its run is on the charts. As soon as there is a run it is noted here, without access
    to the session, so that a retry does not start a second one."""

    config: RunConfig
    fresh: bool
    run: Run | None = None


def controls(say: Words, runs: RunService, config: RunConfig, shown: RunView | None, is_mine: bool) -> None:
    """The row of buttons for the shown run and the chosen settings."""
    active = is_mine and shown is not None and not shown.is_final
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        if active and shown:
            _steering(say, runs, shown)
            _change_rate(say, runs, config, shown)
            _train_button(say, runs, primary=False)
        else:
            _train_button(say, runs, primary=True)
            guess_popover(say)
            if shown and is_mine:
                _continuing(say, runs, shown)
            elif shown and shown_run() and shown.can_continue:
                _button(say, "take_over", "fork_right", once(lambda: _take_over(runs, shown)))


def start(runs: RunService, config: RunConfig, fresh: bool = False) -> None:
    """Train with these settings; the reader's own active run is stopped and stays as a ghost.

    Any access to the session may abort this, for a newer script run or as the connection is lost, so the request is
    noted first and cleared last: the next script run, or a second click, retries it.
    """
    runs.require_home()  # a click is handled before the page is drawn
    request: Request | None = st.session_state.get(PENDING)
    if request is None or (request.config, request.fresh) != (config, fresh):
        if request and request.run:  # begun, but not on the charts yet; from there it is ended like any other
            show_run(request.run.id)
        request = st.session_state[PENDING] = Request(config, fresh)
    st.session_state[SEEN_CONFIG] = config
    if runs.datasets.status(config.dataset).state != "ready":
        runs.datasets.start(config.dataset)
        return
    fulfil(runs, request)


def fulfil(runs: RunService, request: Request) -> None:
    """Start the requested run, unless an interrupted attempt has started it, and put it on the charts."""
    config = request.config
    me, public, pace, guess = owner(), is_public(config), chosen_pace(), st.session_state.get(GUESS, "")
    try:
        if request.run is None:
            _end_shown(runs)
            request.run = runs.start(me, config, fresh=request.fresh, pace=pace, public=public, guess=guess)
        run = request.run
        st.session_state[REPLAY] = run.id if run.recorded else None
        st.session_state[BEGUN] = run.id
        show_run(run.id, covered=_covered(runs, run))
        st.session_state.pop(GUESS, None)  # the next run asks again
    except TrendLabError:
        st.session_state.pop(PENDING)
        raise
    st.session_state.pop(PENDING)


def _take_over(runs: RunService, shown: RunView) -> None:
    show_run(runs.fork(owner(), shown.id, public=is_public(shown.config)).id)


def once(action: Callable[[], object]) -> Callable[[], object]:
    """For a button that puts another run on the charts: ignore a second click before the page has rerun."""
    drawn = shown_run()
    return lambda: action() if shown_run() == drawn else None


def chosen_pace() -> Pace:
    return Pace(st.session_state.get(PACE, Pace.FULL))


def _train_button(say: Words, runs: RunService, primary: bool) -> None:
    name = "train" if primary else "train_anew"  # two keys: a second click on one button does not press the other
    _button(say, name, "play_arrow", once(lambda: start(runs, config_now())), primary=primary)


def _steering(say: Words, runs: RunService, shown: RunView) -> None:
    me = owner()
    if shown.state is State.PAUSED:
        _button(say, "resume", "play_arrow", lambda: runs.resume(me, shown.id, resumed_pace()), primary=True)
        _button(say, "one_step", "skip_next", lambda: runs.step(me, shown.id))
    else:
        _button(say, "pause", "pause", lambda: runs.pause(me, shown.id), primary=True)
    _button(say, "stop", "stop", lambda: runs.stop(me, shown.id))


def _change_rate(say: Words, runs: RunService, config: RunConfig, shown: RunView) -> None:
    if config.learning_rate != shown.learning_rate:
        rate = config.learning_rate
        label = say("train.change_rate", rate=digits(rate))
        _button(say, "change_rate", "speed", lambda: runs.set_learning_rate(owner(), shown.id, rate), label=label)


def _continuing(say: Words, runs: RunService, shown: RunView) -> None:
    room = limits("epochs")[1] - math.ceil(shown.epoch)
    is_over = shown.state in (State.FINISHED, State.STOPPED) and shown.can_continue
    if is_over and room >= MORE_EPOCHS and not shown.config.has_fixed_end:
        label = say("train.more_epochs", n=MORE_EPOCHS)
        _button(say, "more_epochs", "add", lambda: extend(runs, shown.id), label=label)
    if shown.recorded:
        _button(say, "afresh", "refresh", once(lambda: start(runs, config_now(), True)))
        other_seed_button(say, runs)


def extend(runs: RunService, run_id: str) -> None:
    """Ignore a second click before the page has rerun: it finds the run already active."""
    if runs.view(run_id).is_final:
        runs.extend(owner(), run_id, MORE_EPOCHS)


def other_seed_button(say: Words, runs: RunService) -> None:
    """A button for the same settings with the next seed, which is not a recording."""
    _button(say, "other_seed", "casino", once(lambda: _start_with_next_seed(runs)))


def _start_with_next_seed(runs: RunService) -> None:
    config = config_now().with_seed_after()
    put("seed", config.seed)
    start(runs, config)


def pace(say: Words, runs: RunService, shown: RunView | None) -> None:
    """The pace of the next run and, immediately, of the reader's own active run."""
    mine = shown is not None and not shown.is_final and shown.owner == owner()
    paces, key = list(Pace), widget_key(PACE, chosen_pace())
    st.selectbox(
        say("train.pace"), paces, paces.index(chosen_pace()), format_func=lambda each: say(f"train.paces.{each}"),
        key=key, help=say("train.pace_help"),
        on_change=_take_pace, args=(runs, key, shown.id if shown and mine else None),
    )  # fmt: skip


def _take_pace(runs: RunService, key: str, run_id: str | None) -> None:
    if not is_present(PACE, key):
        return
    st.session_state[PACE] = st.session_state[key]
    if run_id:
        attempt(runs.resume, owner(), run_id, chosen_pace())


def resumed_pace() -> Pace:
    return Pace.FULL if chosen_pace() is Pace.STEP else chosen_pace()


def _covered(runs: RunService, run: Run) -> set[str]:
    """The runs on the charts whose whole curve the new one will repeat."""
    drawn = runs.views([shown_run() or "", *ghosts()]).values()
    what = run.config.path_id, run.trajectory.data_sha256
    same = (view for view in drawn if (view.config.path_id, view.data_sha256) == what and not view.changes)
    return {view.id for view in same if view.step <= run.target_step}


def _end_shown(runs: RunService) -> None:
    shown = runs.views([shown_run() or ""])
    for view in shown.values():
        if not view.is_final and view.owner == owner():
            runs.stop(owner(), view.id)


def _button(say: Words, key: str, icon: str, action: Callable[[], object], *, label: str = "", **how: Any) -> None:
    button(label or say(f"train.{key}"), icon, key=key, on_click=_take, args=(key, action), **how)


def _take(key: str, action: Callable[[], object]) -> None:
    """Run the action, unless this is the second half of a double click on a button that has replaced the first."""
    drawn, taken_at = st.session_state.get(TAKEN, ({key}, 0.0))
    now = time.monotonic()
    if key in drawn or now - taken_at >= SECOND_CLICK_S:
        st.session_state[TAKEN] = st.session_state.get(DRAWN, set()) | {key}, now
        attempt(action)
