"""Vision models: compute against accuracy, the three tasks, and the inspector."""

from __future__ import annotations

import streamlit as st

from core.charts.vision import work_evidence
from core.ui.address import addressed_flag
from core.ui.topics.evidence import evidence
from core.ui.topics.inspector import inspector
from core.ui.topics.topic import Topic, topic_page


def vision_page() -> None:
    topic_page("vision", _body)


def _body(topic: Topic) -> None:
    topic.beside(lambda: _work(topic))
    topic.section("transformers")
    topic.section("tasks")
    topic.section("inspector")
    place = st.container(border=True)  # filled last, so that nothing else waits for the worker
    with topic.try_it():
        topic.in_the_lab("vision")
        topic.in_the_lab("vision_moved")
    topic.folded("seen")
    topic.check()
    with place:
        inspector(topic.say)


def _work(topic: Topic) -> None:
    with_transformers = addressed_flag("vision_transformers")
    st.toggle(topic.say("vision.chart.transformers"), key="vision_transformers")
    evidence(topic.say, "work", work_evidence, transformers=with_transformers)
    st.caption(topic.say("vision.chart.caption"))
