"""The lab report of a run: the reader's additions, and the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np
import segno
import streamlit as st
from numpy.typing import NDArray

from core import catalog
from core.config import NEUTRAL, RunConfig, is_choice
from core.content.numbers import number_text
from core.content.words import Words
from core.export.program import script
from core.interpret.results import confusion, drop_empty_column
from core.report.lab_report import LabReport, report_html
from core.runs.service import RunService
from core.runs.views import RunView
from core.ui.lab.charts import finished_figures, live_run
from core.ui.lab.code import rate_changes
from core.ui.lab.fields import bare_label, value_text
from core.ui.lab.live_chart import LiveRun
from core.ui.lab.outcome import run_numbers
from core.ui.lab.run_words import trained_date
from core.ui.session import time_zone
from core.ui.understand.home import reopening_link
from core.ui.understand.look import Look, column_names

WRITTEN = "written_reports"  # in the session: the reader's additions, by run
MAX_NOTES, MAX_NAME = 4_000, 80
NOTES_HEIGHT_PX = 160
CODE_SCALE = 3


@dataclass(frozen=True)
class _Added:
    author: str
    notes: str


def report_home(say: Words, runs: RunService, look: Look) -> None:
    """A form, so that typed text arrives before the file is made; then the file, generated on request."""
    st.header(say("understand.report.title"), anchor=False)
    st.markdown(say("understand.report.about"))
    written: dict[str, _Added] = st.session_state.setdefault(WRITTEN, {})
    before = written.get(look.view.id, _Added("", ""))
    with st.form(f"report_{look.view.id}"):
        author = st.text_input(say("understand.report.author"), before.author, max_chars=MAX_NAME, width=360)
        notes = st.text_area(
            say("understand.report.notes"), before.notes, max_chars=MAX_NOTES, height=NOTES_HEIGHT_PX,
            placeholder=say("understand.report.notes_hint"),
        )  # fmt: skip
        st.caption(say("understand.report.kept"))
        if st.form_submit_button(say("understand.report.write"), icon=":material/edit_note:"):
            written[look.view.id] = _Added(author, notes)
    if look.view.id in written:
        _download(say, runs, look, written[look.view.id])


def _download(say: Words, runs: RunService, look: Look, added: _Added) -> None:
    """Collect what only the page knows; the rest is read when the file is requested, on another thread."""
    fields = {
        "author": added.author,
        "notes": added.notes,
        "written_on": datetime.now(time_zone()).strftime("%Y-%m-%d"),
        "trained_on": trained_date(look.view),
        "link": reopening_link(look),
    }
    name = f"trendlab_{look.config.dataset}_{look.config.model}_report.html"
    st.download_button(
        say("understand.report.download"), partial(report_file, say, runs, look, live_run(say, look.view), fields),
        name, "text/html", key="take_report", icon=":material/lab_profile:", on_click="ignore",
    )  # fmt: skip


def report_file(say: Words, runs: RunService, look: Look, drawn: LiveRun, fields: Mapping[str, str]) -> bytes:
    """`fields` are those of the report that only the page knows."""
    view, config = look.view, look.config
    numbers = run_numbers(runs, view)
    assert numbers is not None  # the page has its data set open
    report = LabReport(
        **fields,
        title=view.name or say("live.separator").join(_value(say, config, each) for each in ("model", "dataset")),
        guess=view.guess,
        settings=_settings(say, view),
        numbers=numbers,
        figures=finished_figures(say, runs, drawn, [], [view], "light"),
        epoch=look.at.epoch,
        counts=_counts(runs, look),
        classes=column_names(say, config),
        sources=_sources(say, runs, view),
        program=script(config, rate_changes(view), say.language),
        code_svg=segno.make(fields["link"], error="m").svg_inline(scale=CODE_SCALE, border=0),
    )
    return report_html(say, report).encode()


def _value(say: Words, config: RunConfig, field: str) -> str:
    """A setting's value as on the page, in a thread without its session."""
    value = getattr(config, field)
    return bare_label(say, field, value) if is_choice(field) else value_text(say, field, value)


def _settings(say: Words, view: RunView) -> list[tuple[str, str]]:
    """The settings that mattered, without irrelevant ones and those at their neutral value."""
    config = view.config
    settings = [
        (say(f"fields.{field}.label"), _value(say, config, field))
        for field, value in config
        if config.uses(field) and (field not in NEUTRAL or NEUTRAL[field] != value)
    ]
    changed = [
        (say("understand.report.rate_after", step=step), value_text(say, "learning_rate", rate))
        for step, rate in view.changes
    ]
    return [*settings, *changed, (say("understand.report.parameters"), number_text(config.num_parameters))]


def _counts(runs: RunService, look: Look) -> NDArray[np.int64]:
    truths = look.truths
    predicted = runs.networks.logits((look.at,))[0].argmax(1)
    return drop_empty_column(confusion(truths, predicted, look.config.num_classes))


def _sources(say: Words, runs: RunService, view: RunView) -> list[tuple[str, str]]:
    spec = catalog.spec_of("datasets", view.config.dataset)
    data = say("report.from.data", name=say.of(spec["label"]))
    licence = say("report.from.licence", licence=spec["licence"] or say("train.no_licence"))
    where = (f"{data}{say('language.gap')}{licence}" if spec["source"] else data, spec["source"])
    environment = runs.run(view.id).trajectory.environment
    return [where, (say("report.from.environment", environment=environment), "")]
