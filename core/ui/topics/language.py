"""Language models: MMLU against compute and size, one task at a time, and the split of a training budget."""

from __future__ import annotations

import streamlit as st

from core.charts.language import mmlu_evidence
from core.charts.tasks import task_evidence
from core.survey.language import COMPUTE, SIZE, TASKS, is_checked, task_rows
from core.ui.choices import choose, pick
from core.ui.topics.evidence import evidence
from core.ui.topics.split import split_card
from core.ui.topics.topic import Topic, topic_page

AXES = (COMPUTE, SIZE)


def language_page() -> None:
    topic_page("language", _body)


def _body(topic: Topic) -> None:
    topic.beside(lambda: _mmlu(topic))
    topic.section("kin")
    topic.beside(lambda: _task(topic), "tasks")
    topic.section("human")
    topic.folded("further")
    with topic.try_it():
        split_card(topic.say)
    topic.check()


def _mmlu(topic: Topic) -> None:
    axis = choose(topic.say, "axis", AXES, "language.chart.against", "language.chart.by_{}")
    evidence(topic.say, "mmlu", mmlu_evidence, axis=axis)
    st.caption(topic.say("language.chart.note"))


def _task(topic: Topic) -> None:
    task = pick(
        "task", TASKS, topic.say("language.tasks.choose"), lambda name: topic.say(f"language.task.{name}.name"),
        "cnn_dailymail",
    )  # fmt: skip
    evidence(topic.say, "task", task_evidence, task=task)
    rows = task_rows(task)
    notes = [topic.say("language.tasks.ends", month=rows[-1]["published"], why=topic.say(f"language.task.{task}.why"))]
    if not all(map(is_checked, rows)):
        notes.append(topic.say("language.tasks.unchecked"))
    st.caption(topic.say("language.gap").join(notes))
