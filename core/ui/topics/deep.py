"""Deep networks: depth against accuracy, and the optimizer race."""

from __future__ import annotations

import streamlit as st

from core.charts.deep import depth_evidence
from core.ui.address import addressed
from core.ui.evidence import evidence
from core.ui.topic import Topic, topic_page


def deep_page() -> None:
    topic_page("deep", _body)


def _body(topic: Topic) -> None:
    topic.beside(lambda: _depth(topic))
    topic.section("transformers")
    with topic.try_it():
        topic.in_the_lab("deep")
    topic.check()


def _depth(topic: Topic) -> None:
    with_transformers = addressed("transformers", False, lambda text: text == "true")
    st.toggle(topic.say("deep.chart.transformers"), key="transformers")
    evidence(topic.say, "depth", depth_evidence, transformers=with_transformers)
