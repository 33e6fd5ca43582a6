"""Outlook: a forecast to make and then reveal, and the trends and open problems with their evidence."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.charts.outlook import forecast_evidence
from core.content.numbers import number_text
from core.content.words import Words
from core.survey.outlook import forecast, held_against, times_off
from core.ui.address import addressed_choice, addressed_flag, put
from core.ui.buttons import button
from core.ui.shell import page_link
from core.ui.topics.evidence import evidence
from core.ui.topics.topic import Topic, topic_page

STOPS = tuple(f"{digit}e{power}" for power in range(10, 16) for digit in (1, 2, 5))
START = "2e11"
GUESSES = ("mid2022", "mid2024")
NEARLY = 1.25  # a guess within this factor counts as right
# Sections of the text, each with the page that has its evidence.
TRENDS = {"scale": "scale", "optimizers": "deep", "uses": "applications"}
PROBLEMS = {"compute": "scale", "interpretability": "privacy", "privacy": "privacy"}


def outlook_page() -> None:
    topic_page("outlook", _body)


def _body(topic: Topic) -> None:
    topic.section("intro")
    with topic.try_it():
        _forecast(topic)
    topic.section("trends")
    _cards(topic, TRENDS)
    topic.section("problems")
    _cards(topic, PROBLEMS)
    topic.check()


@st.fragment
def _forecast(topic: Topic) -> None:
    """Two sliders set the reader's curve; the reveal shows what happened, and who was closer."""
    say = topic.say
    revealed = addressed_flag("revealed")
    guesses = tuple(float(addressed_choice(key, STOPS, START)) for key in GUESSES)
    for column, key in zip(st.columns(2, gap="medium"), GUESSES, strict=True):
        with column:
            st.select_slider(say(f"outlook.guess.{key}"), STOPS, key=key, format_func=lambda stop: _count(say, stop))
    evidence(say, "forecast", forecast_evidence, guesses=guesses, revealed=revealed)
    if not revealed:
        button(say("outlook.reveal"), "visibility", primary=True, key="reveal", on_click=put, args=("revealed", True))
        return
    st.info(_verdict(say, guesses[-1]), icon=":material/lightbulb:")
    topic.section("revealed")
    button(say("outlook.hide"), "visibility_off", key="hide", on_click=put, args=("revealed", False))


def _count(say: Words, value: str | float, significant: int | None = None) -> str:
    return number_text(float(value), "count", say.language, significant)


def _verdict(say: Words, guess: float) -> str:
    """How far off the reader was, and how far off the trend line."""
    off = times_off(guess)
    how = "near" if 1 / NEARLY <= off <= NEARLY else "above" if off > 1 else "below"
    verdict = say(
        f"outlook.verdict.{how}", guess=_count(say, guess), truth=_count(say, held_against().number("parameters")),
        times=_count(say, max(off, 1 / off), 3),
    )  # fmt: skip
    line = say("outlook.verdict.line", value=number_text(forecast(), "power"), times=f"{times_off(forecast()):.0f}")
    return verdict + say("language.gap") + line


def _cards(topic: Topic, parts: Mapping[str, str]) -> None:
    for column, (key, page) in zip(st.columns(len(parts)), parts.items(), strict=True):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"**{topic.page.section(key).title}**")
            st.markdown(topic.page.text(key))
            page_link(page, topic.say("links.evidence", page=topic.say(f"{page}.nav")))
