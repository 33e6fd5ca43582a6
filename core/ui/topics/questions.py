"""Questions: the survey's five with their evidence, missed questions of other pages, progress on all pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.content.plain import plain
from core.content.quiz import Item, readable
from core.content.search import MAX_QUERY_CHARS, folded, page_title
from core.content.words import Words
from core.ui.address import addressed
from core.ui.progress import RIGHT, WRONG, answers
from core.ui.quiz import questions
from core.ui.shell import TEXT_PX, in_reading_order, page_link
from core.ui.tables import Row, draw_table
from core.ui.topics.topic import Topic, topic_page

NAME = "questions"
# Each question, by the key of its section and quiz item, with the page that has its evidence.
EVIDENCE = {"what": "home", "why": "language", "how": "train", "where": "applications", "next": "outlook"}


def questions_page() -> None:
    topic_page(NAME, _body)


def _body(topic: Topic) -> None:
    topic.section("intro")
    _answers(topic)
    topic.section("review")
    items = readable()
    kept = {page: answers(page) for page in items}
    _review(topic.say, items, kept)
    _progress(topic.say, items, kept)


def _answers(topic: Topic) -> None:
    """The five questions, or those that match the search."""
    say, items = topic.say, {item.key: item for item in readable().get(NAME, ())}
    query = addressed("about", "", lambda text: text[:MAX_QUERY_CHARS])
    st.text_input(
        say("questions.find"), key="about", placeholder=say("questions.find_hint"), max_chars=MAX_QUERY_CHARS,
        icon=":material/search:", width=TEXT_PX,
    )  # fmt: skip
    found = [key for key in EVIDENCE if _holds(topic, key, query)]
    if not found:
        st.markdown(say("questions.none"))
        page_link("search", say("questions.everywhere"), "search", {"q": query})
    for key in found:
        with st.expander(f"**{topic.page.section(key).title}**", expanded=bool(query.strip()) or key == found[0]):
            st.markdown(topic.page.text(key), width=TEXT_PX)
            evidence = EVIDENCE[key]
            page_link(evidence, say("questions.evidence", page=page_title(evidence, say.language)), "query_stats")
            if key in items:
                questions(say, f"{NAME}_{key}", [items[key]])


def _holds(topic: Topic, key: str, query: str) -> bool:
    text = folded(f"{topic.page.section(key).title} {plain(topic.page.text(key))}")
    return all(word in text for word in folded(query).split())


def _review(say: Words, items: Mapping[str, Sequence[Item]], kept: Mapping[str, Mapping[str, str]]) -> None:
    """Questions of other pages whose last answer was wrong."""
    missed = [
        item
        for page in in_reading_order(items)
        if page != NAME
        for item in items[page]
        if kept[page].get(item.key) == WRONG
    ]
    if missed:
        questions(say, "review", missed)
    else:
        st.info(say("questions.nothing_missed"), icon=":material/task_alt:", width=TEXT_PX)


def _progress(say: Words, items: Mapping[str, Sequence[Item]], kept: Mapping[str, Mapping[str, str]]) -> None:
    st.header(say("questions.progress"), help=say("questions.progress_help"), anchor=False)
    head = [say(f"questions.table.{name}") for name in ("page", "answered", "right", "all")]
    counts = dict[str, tuple[int, int, int]]()
    for page in in_reading_order(items):
        how = [kept[page].get(item.key) for item in items[page]]
        counts[page] = (sum(each in (RIGHT, WRONG) for each in how), how.count(RIGHT), len(how))
    answered, right, every = (sum(column) for column in zip(*counts.values(), strict=True))
    st.markdown(say("questions.total", answered=answered, right=right, all=every))
    rows: list[Row] = [
        {head[0]: page_title(page, say.language)} | dict(zip(head[1:], each, strict=True))
        for page, each in counts.items()
    ]
    with st.container(width=TEXT_PX):
        draw_table(say, rows, "progress", say("questions.progress"))
