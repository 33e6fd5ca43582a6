"""Scale and its limits: accelerators and their memory, and calculators of what a training needs."""

from __future__ import annotations

import streamlit as st

from core.charts.scale import VIEWS, chips_evidence, roofline_evidence
from core.ui.choices import choose
from core.ui.shell import TEXT_PX
from core.ui.topics.evidence import evidence
from core.ui.topics.scale_calculators import calculators
from core.ui.topics.scale_settings import Settings, settings
from core.ui.topics.topic import Topic, topic_page


def scale_page() -> None:
    topic_page("scale", _body)


def _body(topic: Topic) -> None:
    chosen = settings()
    topic.beside(lambda: _chips(topic))
    with topic.try_it():
        calculators(topic, chosen)
    _lab(topic)
    topic.folded("rule")
    _roofline(topic, chosen)
    topic.check()


def _chips(topic: Topic) -> None:
    view = choose(topic.say, "scale_view", VIEWS, "scale.chart.view", "scale.chart.{}", label_visibility="collapsed")
    evidence(topic.say, "accelerators", chips_evidence, view=view)
    st.caption(topic.say("scale.chart.note"))


def _lab(topic: Topic) -> None:
    topic.section("lab")
    with st.container(border=True):
        topic.in_the_lab("scale")


def _roofline(topic: Topic, chosen: Settings) -> None:
    with st.expander(topic.page.section("roofline").title, key="scale_roofline", on_change="rerun") as opened:
        if opened.open:
            st.markdown(topic.page.text("roofline"), width=TEXT_PX)
            st.latex(r"\text{FLOP/s} = \min(P,\; I \cdot B)")
            evidence(topic.say, "roofline", roofline_evidence, chip=chosen.chip)
