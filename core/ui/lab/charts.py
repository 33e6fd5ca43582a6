"""The charts of the shown run and its ghosts: fed by events, or by polling where events are blocked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core import catalog
from core.charts.evidence import Evidence, drawn_points
from core.charts.house import Figure, Mode, large
from core.charts.training import RunPoints, filled, training_figures
from core.content.numbers import digits
from core.content.words import Words
from core.diagnosis.shape import GUESSES, sketch
from core.live.buckets import bucket_exponent, bucket_points
from core.live.events import epoch_data
from core.runs.build import SHOWCASE_OWNER
from core.runs.records import State
from core.runs.service import RunService
from core.runs.views import RunView
from core.ui.components import component_value
from core.ui.drawing import draw, page_mode
from core.ui.lab.ghosts import ghost_labels
from core.ui.lab.live_chart import LiveRun, events_pass, live_chart
from core.ui.lab.run_words import run_label, short_date, state_text
from core.ui.outage import outage_told
from core.ui.services import has_events, services
from core.ui.session import BEGUN, REPLAY, ghosts, owner

CHART = "live_chart"
POLLING = "charts_poll"  # events do not get through for now


def run_charts(say: Words, runs: RunService, shown: RunView, only: str = "") -> None:
    """Both charts and the status line of a run, with earlier runs behind it; or a single, large chart."""
    found = runs.views(ghosts())
    earlier = [found[run_id] for run_id in reversed(ghosts()) if run_id in found and found[run_id].step]
    labels = ghost_labels(say, shown, earlier)
    behind = [replace(live_run(say, view), label=label) for view, label in zip(earlier, labels, strict=True)]
    main = live_run(say, shown)
    if st.session_state.get(POLLING) and events_pass(main.id):
        st.session_state[POLLING] = False
    if st.session_state.get(POLLING) or not has_events():
        st.session_state[REPLAY] = None
        _polled(say, runs, main, behind, only)
        return
    if live_chart(say, main, behind, only=only, on_change=_note_replayed, key=CHART):
        st.session_state[POLLING] = True
        st.rerun()


def _note_replayed() -> None:
    """A callback: from now on the chart may show how the run ended."""
    changed = component_value(CHART, "changed")
    if changed and changed["state"] == "replayed":
        st.session_state[REPLAY] = None


def loss_evidence(say: Words, runs: RunService, shown: RunView) -> Evidence:
    """The loss of a recorded run, as measured so far."""
    figure = finished_figures(say, runs, live_run(say, shown), [], [shown], page_mode())["loss"]
    return Evidence(
        figure=figure,
        alt=say("home.recorded.alt"),
        rows=drawn_points(figure, say("home.recorded.line"), say("live.axis.epochs"), say("live.loss.title")),
        sources=[(say("home.recorded.source", date=short_date(shown)), "")],
        as_of="",
    )


def live_run(say: Words, view: RunView) -> LiveRun:
    """A run in the form that the charts draw."""
    is_replay = view.recorded and st.session_state.get(REPLAY) == view.id
    has_ended = view.state is State.DIVERGED and not is_replay  # a replay must not give away its end
    return LiveRun(
        id=view.id,
        label=run_label(say, view),
        steps_per_epoch=view.steps_per_epoch,
        total_steps=view.total_steps,
        changes=view.changes,
        state=view.state,
        finding=view.finding,
        learning_rate=view.learning_rate,
        guess=_drawn_guess(view),
        chance=view.config.chance,
        largest=catalog.largest_share(view.config.dataset),
        ended_at=(view.finding_step or view.step) if has_ended else None,
        replay=is_replay,
        begun=st.session_state.get(BEGUN) == view.id,
        example=say("live.state.example", rate=digits(view.learning_rate)) if view.owner == SHOWCASE_OWNER else "",
    )


def _drawn_guess(view: RunView) -> tuple[Sequence[float], Sequence[float]] | None:
    guess = next((each for each in GUESSES if each == view.guess), None)
    if guess is None:
        return None
    x, y = sketch(guess)
    return x.round(3).tolist(), y.round(3).tolist()


def _polled(say: Words, runs: RunService, main: LiveRun, behind: list[LiveRun], only: str) -> None:
    drawn = [*behind, main]
    moving = any(not view.is_final for view in runs.views([run.id for run in drawn]).values())

    @st.fragment(run_every=services().pollers.interval_s(owner()) if moving else None)
    @outage_told()
    def charts() -> None:
        views = runs.views([run.id for run in drawn])
        if main.id in views:
            st.markdown(_status(say, views[main.id], main.example))
        figures = finished_figures(say, runs, main, behind, list(views.values()), page_mode())
        names = (only,) if only else ("loss", "accuracy")
        for column, name in zip(st.columns(len(names)), names, strict=True):
            with column:
                draw(say, large(figures[name]) if only else figures[name], f"chart_{name}", say(f"live.{name}.title"))
        if moving and all(view.is_final for view in views.values()):
            st.rerun()

    charts()


def finished_figures(
    say: Words, runs: RunService, main: LiveRun, behind: list[LiveRun], views: list[RunView], mode: Mode
) -> dict[str, Figure]:
    """Both charts as static figures, with the points so far."""
    curves = {view.id: run_points(runs, view) for view in views}
    return filled(training_figures(main, behind, say.by_prefix("live"), mode), [*behind, main], curves)


def run_points(runs: RunService, view: RunView) -> RunPoints:
    """The measurements of a run, thinned for drawing."""
    curve, k = runs.curve(view), bucket_exponent(view.total_steps)
    epochs = [epoch_data(view.id, evaluation) for evaluation in curve.evaluations]
    return RunPoints(bucket_points(curve.losses, 0, k), k, epochs)


def _status(say: Words, view: RunView, example: str) -> str:
    epochs = view.total_steps // view.steps_per_epoch
    done = max(1, math.ceil(view.epoch))  # same as in the live chart
    return say("live.separator").join(
        [*filter(None, [example]), f"**{state_text(say, view)}**", say("live.part.epoch", epoch=done, epochs=epochs)]
    )
