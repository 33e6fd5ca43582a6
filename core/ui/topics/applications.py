"""Applications: twelve tasks and their unsolved problems, the value of a positive test, the best of many strategies."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from core.charts.applications import base_rate_evidence, race_evidence, speech_evidence
from core.content.numbers import number_text
from core.content.words import Words
from core.facts.tables import Row, table
from core.survey.base_rates import chance_ill_if_positive, published_test
from core.survey.strategies import race
from core.ui.address import addressed_choice
from core.ui.choices import choose
from core.ui.topics.evidence import evidence
from core.ui.topics.topic import TEXT_TO_CHART, Topic, topic_page

FIELDS = ("nlp", "vision", "speech", "medical", "finance")
ALL, STAGES = "all", ("lab", "trial", "service")
FIELD, STAGE, LIVE = "area", "measured", "live"  # in the address
PERCENT_ILL, STRATEGIES, DRAW = "ill", "many", "draw"
ILL = ("0.1", "0.2", "0.5", "1", "2", "5", "10", "20", "30", "50")
MANY = ("1", "10", "100", "1000")
DRAWS = tuple(str(number) for number in range(1, 21))
CARDS_A_ROW = 3


def applications_page() -> None:
    topic_page("applications", _body)


def _body(topic: Topic) -> None:
    topic.beside(lambda: evidence(topic.say, "speech", speech_evidence))
    topic.section("tasks")
    _tasks(topic.say)
    with topic.try_it():
        live = choose(
            topic.say, LIVE, LIVES, "applications.live", "applications.{}", pills=True, wrap=True,
            label_visibility="collapsed",
        )  # fmt: skip
        LIVES[live](topic)
    topic.check()


def _tasks(say: Words) -> None:
    """The tasks of a chosen field, one card each, optionally of one stage only."""
    with st.container(horizontal=True):
        field, stage = (_choice(say, *each) for each in ((FIELD, (*FIELDS, ALL)), (STAGE, (ALL, *STAGES))))
    rows = [row for row in table("applications").values() if field in (ALL, row["sector"])]
    found: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row["published"], reverse=True):
        if stage in (ALL, row["stage"]):
            found.setdefault(row["task"], []).append(row)
    if not found:
        st.info(say("applications.none"))
    tasks = [task for task in dict.fromkeys(row["task"] for row in rows) if task in found]
    for first in range(0, len(tasks), CARDS_A_ROW):
        for column, task in zip(st.columns(CARDS_A_ROW), tasks[first : first + CARDS_A_ROW], strict=False):
            with column:
                _card(say, task, found[task])


def _choice(say: Words, key: str, options: tuple[str, ...]) -> str:
    return choose(say, key, options, f"applications.{key}.choose", f"applications.{key}.{{}}", pills=True, wrap=True)


def _card(say: Words, task: str, rows: list[Row]) -> None:
    """What the task is, the newest published figure, where that was measured, and what is unsolved."""
    newest, *others = rows
    with st.container(border=True, key=f"task_{task}", height="stretch"):
        st.markdown(f"**{newest.text('task', say.language)}**  \n{newest.text('what', say.language)}")
        st.markdown(_system(say, newest))
        st.markdown(say("applications.unsolved", text=newest.text("limits", say.language)))
        if others:
            with st.expander(say("applications.others", n=len(others))):
                st.markdown(
                    "\n\n".join(
                        f"{_system(say, row)}  \n{say('applications.unsolved', text=row.text('limits', say.language))}"
                        for row in others
                    )
                )


def _system(say: Words, row: Row) -> str:
    name = f"[{row.text('name', say.language)}]({row['source_url']})"
    text = say("applications.system", name=name, year=row["published"][:4], result=row.text("result", say.language))
    stage = say(f"applications.{STAGE}.{row['stage']}")
    return f"{text}  \n:small[{say('applications.stage', stage=stage)}]"


def _base_rates(topic: Topic) -> None:
    say = topic.say
    ill = float(addressed_choice(PERCENT_ILL, ILL, "10"))
    text, chart = st.columns(TEXT_TO_CHART, gap="large")
    with text:
        topic.section("base_rates")
        st.select_slider(say("applications.ill"), ILL, key=PERCENT_ILL, format_func=lambda each: f"{each}%")
        chance = chance_ill_if_positive(*published_test(), ill / 100)
        st.metric(say("applications.chance"), f"{number_text(100 * chance, '0')}%")
    with chart:
        evidence(say, "base_rates", base_rate_evidence, percent_ill=ill)


def _strategies(topic: Topic) -> None:
    say = topic.say
    many, draw_number = addressed_choice(STRATEGIES, MANY, "1000"), addressed_choice(DRAW, DRAWS, "1")
    run = race(int(many), int(draw_number))
    text, chart = st.columns(TEXT_TO_CHART, gap="large")
    with text:
        topic.section("strategies")
        st.select_slider(say("applications.many"), MANY, key=STRATEGIES)
        st.select_slider(say("applications.draw"), DRAWS, key=DRAW)
        with st.container(horizontal=True):
            st.metric(say("applications.first_gain"), f"{run.first_gain:+.0f}%", width="content")
            st.metric(say("applications.next_gain"), f"{run.next_gain:+.0f}%", width="content")
    with chart:
        evidence(say, "race", race_evidence, strategies=int(many), market=int(draw_number))


LIVES: Mapping[str, Callable[[Topic], None]] = {"base_rates": _base_rates, "strategies": _strategies}
