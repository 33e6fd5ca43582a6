"""The whole class as a sweep: a scatter of finished runs that differ in few settings; each can be opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import streamlit as st

from core import catalog
from core.charts.sweep import SweepPoint, sweep_figure
from core.config import RunConfig
from core.content.words import Words
from core.datasets.prepared import images_problem
from core.errors import DatasetChanged
from core.runs.records import State
from core.runs.service import RunService
from core.runs.store import MAX_PUBLIC
from core.runs.views import RunView
from core.ui.choices import pick
from core.ui.drawing import page_mode, picture_config
from core.ui.lab.fields import DEFAULTS, choice_label, named, value_text
from core.ui.lab.run_words import run_label, run_link
from core.ui.polling import rerun_when
from core.ui.session import owner
from core.ui.shell import TEXT_PX

ENDED = (State.FINISHED, State.DIVERGED)
VARIED = ("learning_rate", "optimizer", "seed")
SETTINGS = "settings"  # in the address: the settings that the runs have in common
ID_CHARS = 12


def sweep_tab(say: Words, runs: RunService) -> None:
    """Learning rate against final validation accuracy, for one group of runs with equal other settings."""
    views = _finished(runs)
    _grow(runs, views)
    groups = by_settings(views)
    if not groups:
        st.info(say("compare.sweep.empty"))
        return
    configs = {config.config_id[:ID_CHARS]: config for config in groups}
    chosen = pick(
        SETTINGS, configs, say("compare.sweep.settings"), lambda each: _settings_text(say, configs[each]), width=480
    )
    shown = groups[configs[chosen]]
    points, config = _points(say, runs, shown), configs[chosen]
    figure = sweep_figure(
        points, say.by_prefix("compare"), page_mode(), config.chance, catalog.largest_share(config.dataset)
    )
    event = st.plotly_chart(
        figure, theme=None, key="sweep", on_select="rerun", selection_mode="points", alt=_alt(say, points),
        config=picture_config(say, "sweep"),
    )  # fmt: skip
    st.caption(say("compare.sweep.about", n=len(points), most=MAX_PUBLIC), width=TEXT_PX)
    _offer_chosen(say, shown, event)


def _alt(say: Words, points: Sequence[SweepPoint]) -> str:
    if not points:
        return say("compare.sweep.title")
    best = max(points, key=lambda point: point.accuracy)
    return say("compare.sweep.alt", n=len(points), best=best.label, rate=best.learning_rate, accuracy=best.accuracy)


def _finished(runs: RunService) -> list[RunView]:
    return distinct_finished([*runs.public_runs(), *runs.runs_of(owner())])


def _grow(runs: RunService, drawn: Sequence[RunView]) -> None:
    """Rerun the page as soon as anybody's run ends."""
    rerun_when(lambda: {view.id for view in _finished(runs)} != {view.id for view in drawn})


def distinct_finished(views: Iterable[RunView]) -> list[RunView]:
    """Runs that finished with a constant rate setting, on images that were not replaced since; of those with equal
    settings, and so equal numbers, the last."""
    problem = cache(images_problem)
    ended = (view for view in views if view.state in ENDED and not view.changes)
    comparable = (v for v in ended if not isinstance(problem(v.config.dataset, v.data_sha256), DatasetChanged))
    return list({view.config.config_id: view for view in comparable}.values())


def by_settings(views: Sequence[RunView]) -> dict[RunConfig, list[RunView]]:
    """The runs grouped by all settings except the varied ones, largest group first. A run is in every group that
    matches the settings it uses: Adam, without momentum, joins SGD with any."""
    used = {view.id: _used(view.config) for view in views}
    bases = dict.fromkeys(RunConfig(**(_OTHERS | dict(items))) for items in used.values())
    groups = {base: [view for view in views if used[view.id] <= set(_others(base).items())] for base in bases}
    return dict(sorted(groups.items(), key=lambda group: -len(group[1])))


def _others(config: RunConfig) -> dict[str, Any]:
    return {field: value for field, value in config if field not in VARIED}


_OTHERS = _others(DEFAULTS)


def _used(config: RunConfig) -> frozenset[tuple[str, Any]]:
    return frozenset((field, value) for field, value in _others(config).items() if config.uses(field))


def _settings_text(say: Words, config: RunConfig) -> str:
    """How a group's settings differ from the survey's."""
    differing = [(f, value) for f, value in _others(config).items() if value != _OTHERS[f]]
    settings = (named(say, field, value_text(say, field, value)) for field, value in differing)
    return say("live.separator").join(settings) or say("compare.sweep.survey")


def _points(say: Words, runs: RunService, views: Sequence[RunView]) -> list[SweepPoint]:
    """A run that diverged before its first measurement counts as guessing, as its last weights are NaN."""
    accuracy: Mapping[str, float] = runs.final_accuracies(views)
    me = owner()
    return [
        SweepPoint(
            run_id=view.id,
            learning_rate=view.config.learning_rate,
            accuracy=view.config.chance if view.state is State.DIVERGED else accuracy[view.id],
            optimizer=choice_label(say, "optimizer", view.config.optimizer),
            label=say("live.separator").join([run_label(say, view), named(say, "seed", f"{view.config.seed}")]),
            mine=view.owner == me,
            failed=view.finding in ("diverged", "collapsed"),
        )
        for view in views
        if view.id in accuracy or view.state is State.DIVERGED
    ]


def _offer_chosen(say: Words, views: Sequence[RunView], event: object) -> None:
    points = getattr(getattr(event, "selection", None), "points", [])
    chosen = next((point["customdata"] for point in points if point.get("customdata")), None)
    run_id = chosen[0] if isinstance(chosen, list) else chosen
    for view in views:
        if view.id == run_id:
            run_link(say, view)
