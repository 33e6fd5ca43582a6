"""Names and states of runs, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core import catalog
from core.config import RunConfig
from core.content.numbers import digits
from core.content.words import Words
from core.runs.records import State
from core.runs.views import RunView
from core.ui.lab.chosen import address_of, differing
from core.ui.lab.fields import named, value_text
from core.ui.session import RUN, time_zone
from core.ui.shell import page_link

DAY = "%Y-%m-%d"


def run_label(say: Words, view: RunView) -> str:
    """A run in a legend: its name, or what distinguishes it from others."""
    config = view.config
    optimizer = say.of(catalog.specs("optimizers")[config.optimizer]["label"])
    return view.name or f"{optimizer} · {digits(config.learning_rate)}"


def state_text(say: Words, view: RunView) -> str:
    """A run's state in words."""
    return say(f"live.state.{view.state}", step=view.finding_step or view.step)


def short_state_text(say: Words, view: RunView) -> str:
    """The same for a table, including the finding of a run that is over: a collapsed run is finished too."""
    if view.state is State.DIVERGED:
        return say("runs.ended.diverged", step=view.finding_step or view.step)
    shows_finding = view.is_final if view.finding == "collapsed" else view.state is State.FINISHED
    if view.finding is None or not shows_finding:
        return state_text(say, view)
    finding = say(f"runs.ended.{view.finding}", step=view.finding_step)
    return say("runs.ended.found", state=state_text(say, view), finding=finding)


def short_date(view: RunView, form: str = DAY) -> str:
    """When a run was started, in the reader's time zone, formatted by `form`."""
    return _date(view.created_at, form)


def trained_date(view: RunView) -> str:
    """When its training was begun: of a replay, before the run was started."""
    return _date(view.trained_at)


def _date(at_s: float, form: str = DAY) -> str:
    return datetime.fromtimestamp(at_s, time_zone()).strftime(form)


def run_name(say: Words, config: RunConfig, fields: Sequence[str]) -> str:
    """A run, described by these settings."""
    return say("topic.setting_separator").join(
        named(say, field, value_text(say, field, getattr(config, field))) for field in fields
    )


def full_run_name(say: Words, config: RunConfig, fields: Sequence[str]) -> str:
    """A run, described by these settings, followed by those that differ from the survey's."""
    return run_name(say, config, [*fields, *(each for each in differing(config) if each not in fields)])


def run_link(say: Words, run: RunView) -> None:
    """A link to the Train page with this run on its charts. It includes the settings, which would otherwise add a
    second entry to the browser's history."""
    page_link("train", f"**{say('runs.open')}**", "open_in_new", {RUN: run.id} | address_of(run.config))
