"""Deep networks: depth against accuracy, optimizers' paths, and the race of optimizers."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.charts.deep import depth_evidence
from core.charts.evidence import Evidence
from core.charts.paths import HEADS, LINES, paths_evidence, short_name
from core.content.numbers import number_text, power_text
from core.content.words import Words
from core.facts.tables import Row, table
from core.survey.paths import RULES, SURFACES, standings
from core.ui.address import addressed_choice, addressed_flag
from core.ui.choices import choose
from core.ui.services import has_events
from core.ui.topics.evidence import evidence
from core.ui.topics.player import player
from core.ui.topics.topic import Topic, topic_page

RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
FIRST_RATE = 0.003
SMALLEST_PLAIN = 0.001  # smaller heights are written with a power of ten


def deep_page() -> None:
    topic_page("deep", _body)


def _body(topic: Topic) -> None:
    topic.beside(lambda: _depth(topic))
    topic.section("transformers")
    topic.beside(lambda: _paths(topic), "optimizers")
    _rules(topic)
    topic.section("applications")
    with topic.try_it():
        topic.in_the_lab("deep")
        topic.in_the_lab("deep_layers")
    topic.folded("seen")
    topic.check()


def _depth(topic: Topic) -> None:
    with_transformers = addressed_flag("transformers")
    st.toggle(topic.say("deep.chart.transformers"), key="transformers")
    evidence(topic.say, "depth", depth_evidence, transformers=with_transformers)


@st.fragment
def _paths(topic: Topic) -> None:
    """Six optimizers on one surface, all with the same learning rate."""
    say = topic.say
    rate = addressed_choice("path_rate", RATES, FIRST_RATE)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        surface = choose(say, "surface", SURFACES, "deep.paths.surface", "deep.surface.{}", width="content")
        st.select_slider(
            say("deep.paths.rate"), RATES, key="path_rate", format_func=lambda each: f"{each:g}", width=320
        )
    st.markdown(f":small[{_standing(say, surface, rate)}]")
    drawn_by = partial(_play, say) if has_events() else None  # the player needs this process's own routes
    evidence(say, "paths", paths_evidence, drawn_by=drawn_by, surface=surface, learning_rate=rate)


def _play(say: Words, shown: Evidence) -> None:
    player(say, shown.figure, "paths", shown.alt, lines=LINES, heads=HEADS)


def _standing(say: Words, surface: str, rate: float) -> str:
    """Which optimizer ends lowest, and which have left the map."""
    found = standings(SURFACES[surface], rate)
    arrived = [f"{short_name(name)} {_height(height)}" for name, height in found if height is not None]
    gone = [short_name(name) for name, height in found if height is None]
    groups = (("standing", arrived), ("gone", gone))
    sentences = [
        say(f"deep.paths.{key}", order=say("deep.paths.separator").join(group)) for key, group in groups if group
    ]
    return say("language.gap").join(sentences)


def _height(height: float) -> str:
    return number_text(height, significant=2) if height >= SMALLEST_PLAIN else power_text(height, 1)


def _rules(topic: Topic) -> None:
    """The update rule of each optimizer, those in the chart first."""
    with st.expander(topic.say("deep.rules.title"), on_change="rerun", key="rules") as opened:
        if opened.open:
            st.markdown(topic.say("deep.rules.symbols"), width=720)
            rows = table("optimizers")
            for row in [rows[name] for name in RULES] + [row for key, row in rows.items() if key not in RULES]:
                st.markdown(_rule(topic.say, row))
                st.latex(row["update_rule"])


def _rule(say: Words, row: Row) -> str:
    return say(
        "deep.rules.line", name=row["name"], year=f"{row['year']:.0f}", idea=row.text("idea", say.language),
        source=row["source"], url=row["source_url"],
    )  # fmt: skip
