"""The class as a sweep: a scatter of all finished runs, from which each can be opened."""

from __future__ import annotations

import streamlit as st

from core import catalog
from core.charts.sweep import SweepPoint, sweep_figure
from core.content.words import Words
from core.runs.records import State
from core.runs.service import RunService
from core.runs.views import RunView
from core.training.findings import CHANCE_ACCURACY
from core.ui.charts import run_label
from core.ui.drawing import page_mode
from core.ui.fields import choice_label
from core.ui.session import open_run, owner

ENDED = (State.FINISHED, State.STOPPED, State.DIVERGED)


def sweep_tab(say: Words, runs: RunService) -> None:
    """Learning rate against final validation accuracy, for one data set at a time."""
    own = runs.runs_of(owner())
    mine = {view.id for view in own}
    views = {view.id: view for view in (*runs.public_runs(), *own) if view.state in ENDED}
    datasets = [name for name in catalog.specs("datasets") if any(v.config.dataset == name for v in views.values())]
    if not datasets:
        st.info(say("compare.sweep.empty"))
        return
    dataset = st.selectbox(
        say("fields.dataset.label"), datasets, format_func=lambda name: choice_label(say, "dataset", name),
        key="sweep_dataset", width=320,
    )  # fmt: skip
    shown = [view for view in views.values() if view.config.dataset == dataset]
    points = _points(say, runs, shown, mine)
    event = st.plotly_chart(
        sweep_figure(points, say.under("compare"), page_mode()), theme=None, key="sweep", on_select="rerun",
        selection_mode="points", alt=say("compare.sweep.title"), config={"displayModeBar": False},
    )  # fmt: skip
    st.caption(say("compare.sweep.about", n=len(points)))
    _offer_chosen(say, views, event)


def _points(say: Words, runs: RunService, views: list[RunView], mine: set[str]) -> list[SweepPoint]:
    """A run that diverged before its first measurement guesses, as its last weights are no numbers."""
    accuracy = runs.final_accuracies(views)
    return [
        SweepPoint(
            run_id=view.id,
            learning_rate=view.config.learning_rate,
            accuracy=CHANCE_ACCURACY if view.state is State.DIVERGED else accuracy[view.id],
            optimizer=choice_label(say, "optimizer", view.config.optimizer),
            label=f"{choice_label(say, 'model', view.config.model)} · {run_label(say, view)}",
            mine=view.id in mine,
            failed=view.finding in ("diverged", "collapsed"),
        )
        for view in views
        if view.id in accuracy or view.state is State.DIVERGED
    ]


def _offer_chosen(say: Words, views: dict[str, RunView], event: object) -> None:
    points = getattr(getattr(event, "selection", None), "points", [])
    chosen = next((point["customdata"] for point in points if point.get("customdata")), None)
    run_id = chosen[0] if isinstance(chosen, list) else chosen
    if run_id in views and st.button(say("runs.open"), key="open_point", icon=":material/open_in_new:"):
        open_run(str(run_id))
