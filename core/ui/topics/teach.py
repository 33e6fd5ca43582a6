"""For the teacher: lesson plans, likely wrong answers, the key, a worksheet, and what to do offline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from core.content.handout import answer_key, to_html
from core.content.pages import INTRO
from core.content.quiz import Item, readable
from core.content.search import page_title
from core.errors import ContentError
from core.ui.choices import choose
from core.ui.shell import TEXT_PX, in_reading_order
from core.ui.topics.topic import Topic, topic_page

KEY = "key"
PARTS = ("lesson45", "lesson90", "mistakes", KEY, "worksheet", "offline")


def teach_page() -> None:
    topic_page("teach", _body)


def _body(topic: Topic) -> None:
    say = topic.say
    topic.section(INTRO)
    part = choose(say, "part", PARTS, "teach.part", "teach.parts.{}", pills=True)
    _downloads(topic, part)
    if part == KEY:
        _key(topic)
    else:
        topic.section(part)


def _key(topic: Topic) -> None:
    """The answer key of each page, collapsed, so that no answer is seen by accident."""
    say, items = topic.say, readable()
    st.header(say("teach.key.title"), anchor=False)
    st.caption(say("teach.key_about", n=sum(map(len, items.values())), pages=len(items)))
    for page, solved in _keys(topic, items).items():
        with st.expander(page_title(page, say.language)):
            st.markdown(solved, width=TEXT_PX)


def _keys(topic: Topic, items: Mapping[str, Sequence[Item]]) -> dict[str, str]:
    """The answer key of each page; if its figures cannot be read, their file is named instead."""
    solved = dict[str, str]()
    for page in in_reading_order(items):
        try:
            solved[page] = answer_key(topic.say, page, items[page])
        except ContentError as problem:
            solved[page] = topic.say.error(problem)
    return solved


def _downloads(topic: Topic, part: str) -> None:
    """One part or all, as Markdown and as a page to print, generated on request."""
    say = topic.say
    with st.popover(say("teach.take"), icon=":material/download:"):
        for scope, parts in (("this", (part,)), ("all", (INTRO, *PARTS))):
            name = f"trendlab-{part if scope == 'this' else 'teach'}"
            st.download_button(
                say(f"teach.files.{scope}.html"), partial(_page, topic, parts), f"{name}.html", "text/html",
                key=f"{scope}_html", on_click="ignore", icon=":material/print:",
            )  # fmt: skip
            st.download_button(
                say(f"teach.files.{scope}.markdown"), partial(_text, topic, parts), f"{name}.md",
                "text/markdown", key=f"{scope}_markdown", on_click="ignore", icon=":material/markdown:",
            )  # fmt: skip


def _page(topic: Topic, parts: Sequence[str]) -> bytes:
    return to_html(f"TrendLab · {topic.say('teach.title')}", _markdown(topic, parts), topic.say.language).encode()


def _text(topic: Topic, parts: Sequence[str]) -> bytes:
    return _markdown(topic, parts).encode()


def _markdown(topic: Topic, parts: Sequence[str]) -> str:
    return "\n\n".join(_part(topic, part) for part in parts) + "\n"


def _part(topic: Topic, part: str) -> str:
    say, page = topic.say, topic.page
    if part == INTRO:
        return f"# TrendLab · {say('teach.title')}\n\n**{page.filled_claim}**\n\n{page.text(INTRO)}"
    if part == KEY:
        keys = _keys(topic, readable())
        parts = [f"### {page_title(name, say.language)}\n\n{solved}" for name, solved in keys.items()]
        return "\n\n".join([f"## {say('teach.key.title')}", *parts])
    return f"## {page.section(part).title}\n\n{page.text(part)}"
