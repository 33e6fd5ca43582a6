"""Interpretability and privacy: the cost of protection, what each method shows, and a membership guess."""

from __future__ import annotations

import streamlit as st

from core.charts.evidence import table_row
from core.charts.privacy import DATA_SETS, cost_evidence, losses_evidence
from core.content.numbers import half_up
from core.content.words import Words
from core.errors import TrendLabError
from core.facts.tables import Row, table
from core.runs.records import State
from core.runs.service import RunService
from core.runs.views import RunView
from core.survey.membership import auc_by_loss
from core.ui.address import addressed_choice
from core.ui.choices import choose, pick
from core.ui.drawing import page_mode
from core.ui.lab.fields import unique_labels
from core.ui.lab.run_words import full_run_name
from core.ui.session import owner
from core.ui.shell import open_services
from core.ui.tables import draw_table
from core.ui.topics.evidence import evidence, show
from core.ui.topics.topic import Topic, topic_page

GROUPS = ("interpretability", "attack", "defence")
DATA_SET, GROUP, RUN = "private_on", "methods", "guessed_run"  # in the address
LABEL_FIELDS = ("train_share", "epochs", "learning_rate", "seed")  # shown for each run in the list


def privacy_page() -> None:
    topic_page("privacy", _body)


def _body(topic: Topic) -> None:
    topic.beside(lambda: _cost(topic.say))
    topic.section("leaks")
    topic.section("explain")
    _methods(topic.say)
    topic.folded("epsilon")
    with topic.try_it():
        topic.in_the_lab("privacy")
        _guess(topic)
    topic.check()


def _cost(say: Words) -> None:
    dataset = addressed_choice(DATA_SET, DATA_SETS, DATA_SETS[0])
    st.segmented_control(say("privacy.chart.dataset"), DATA_SETS, key=DATA_SET, required=True)
    evidence(say, "cost", cost_evidence, dataset=dataset)


def _methods(say: Words) -> None:
    """The index: a chosen group of the methods, oldest first."""
    group = choose(say, GROUP, GROUPS, "privacy.methods.choose", "privacy.methods.{}", pills=True)
    rows = [
        row for row in table("privacy_interpretability").values() if group == (row["attack_or_defence"] or row["kind"])
    ]
    rows.sort(key=lambda row: row.number("year"))
    draw_table(say, [_method(say, row) for row in rows], "methods_table", say("privacy.methods.alt"), prose=True)


def _method(say: Words, row: Row) -> dict[str, str | float | None]:
    name = row["name_zh"] if say.language == "zh" else row["method"]
    texts = {each: row.text(each, say.language).removesuffix("。") for each in ("idea", "shows", "hides")}
    return table_row(say, "privacy.methods", method=name, year=row["year"], **texts, source=row["source_url"])


def _guess(topic: Topic) -> None:
    """A finished run of the learner, and how well its losses separate training images from validation images."""
    say, runs = topic.say, open_services().runs
    st.markdown(f"**{say('privacy.losses.heading')}**")
    done = {view.id: view for view in runs.runs_of(owner()) if _is_done(view)}
    if not done:
        st.caption(say("privacy.losses.none"))
        return
    names = {run_id: view.name or full_run_name(say, view.config, LABEL_FIELDS) for run_id, view in done.items()}
    labels = unique_labels(say, names)
    chosen = pick(RUN, done, say("privacy.losses.choose"), labels.__getitem__, width=720)
    with st.spinner(say("privacy.losses.wait")):
        try:
            losses = runs.member_losses(chosen)
        except TrendLabError as problem:
            st.error(say.error(problem), icon=":material/error:")
            return
    if losses is None:
        st.caption(say("privacy.losses.gone"))
        return
    _metrics(say, runs, done[chosen], auc_by_loss(*losses))
    show(say, "losses", losses_evidence(say, page_mode(), *losses))


def _metrics(say: Words, runs: RunService, view: RunView, auc: float) -> None:
    last = runs.curve(view).evaluations[-1:]
    with st.container(horizontal=True):
        st.metric(say("privacy.losses.auc"), f"{auc:.2f}", help=say("privacy.losses.auc_help"), width="content")
        for each in last:
            st.metric(say("privacy.losses.train"), half_up(each.train_accuracy, ".0%"), width="content")
            st.metric(say("privacy.losses.val"), half_up(each.val_accuracy, ".0%"), width="content")


def _is_done(view: RunView) -> bool:
    return view.state in (State.FINISHED, State.STOPPED) and view.step > 0
