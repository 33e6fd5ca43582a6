"""The frame of a topic page: claim, text next to evidence, try it, check yourself, sources, next page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from core.content.experiments import experiments
from core.content.figures import Source
from core.content.glossary import term
from core.content.pages import INTRO, page_text
from core.content.words import Words
from core.errors import ContentError
from core.ui.buttons import button
from core.ui.quiz import quiz_card
from core.ui.session import words
from core.ui.shell import TEXT_PX, next_page, page_file, page_head
from core.ui.topics.experiment import run_and_compare

TEXT_TO_CHART = (1, 2)  # shares of the width


class Topic:
    """One page of the survey in the reader's language, drawn from top to bottom."""

    def __init__(self, name: str, say: Words) -> None:
        self.name, self.say = name, say
        self.page = page_text(name, self.say.language)

    def claim(self) -> None:
        """The page's claim in large type, and its terms in both languages."""
        st.markdown(f"## {self.page.filled_claim}", width=TEXT_PX, anchors=False)
        if self.page.terms:
            with st.container(horizontal=True, gap="small"):
                for name in self.page.terms:
                    self._term(name)

    def beside(self, draw: Callable[[], object], key: str = INTRO) -> None:
        """A section's text next to a chart, which takes two thirds of the width."""
        text, chart = st.columns(TEXT_TO_CHART, gap="large")
        with text:
            self.section(key)
        with chart:
            draw()

    def section(self, key: str) -> None:
        """A section's title and text."""
        if title := self.page.section(key).title:
            st.header(title, anchor=False)
        st.markdown(self.page.text(key), width=TEXT_PX)

    def folded(self, key: str) -> None:
        """A collapsed section, for readers who want to go further."""
        with st.expander(self.page.section(key).title):
            st.markdown(self.page.text(key), width=TEXT_PX)

    @contextmanager
    def try_it(self) -> Iterator[None]:
        """The card of the page's experiment; anything drawn inside follows the text of the section `try`."""
        st.header(self.say("topic.try"), anchor=False)
        with st.container(border=True, key=f"try_{self.name}"):
            st.markdown(self.page.text("try"), width=TEXT_PX)
            yield

    def in_the_lab(self, key: str) -> None:
        """The runs of an experiment, started and compared with one click."""
        run_and_compare(self.say, key, experiments()[key])

    def check(self) -> None:
        """The page's questions, one at a time."""
        st.header(self.say("topic.check"), anchor=False)
        quiz_card(self.say, self.name)

    def close(self) -> None:
        """The sources of the text's figures, and a link to the next page."""
        if found := self.page.sources():
            with st.expander(self.say("topic.sources", n=len(found))):
                st.markdown("\n".join(_source_line(self.say, each) for each in found))
        following = next_page(self.name)
        if button(self.say("topic.next", page=self.say(f"{following}.nav")), "arrow_forward", primary=True, key="next"):
            st.switch_page(page_file(following))

    def _term(self, name: str) -> None:
        found, other = term(name), "zh" if self.say.language == "en" else "en"
        meaning = f"**{found.name[other]}** · {self.say.of(found.meaning)}"
        st.markdown(f":small[{self.say.of(found.name)}]", help=meaning, width="content")


def topic_page(name: str, body: Callable[[Topic], None], above: Callable[[Words], None] = lambda _: None) -> None:
    """Draw a page; a file that cannot be read is named, and does not affect other pages.

    `above` draws what goes between the title and the claim.
    """
    say = words()
    page_head(name)
    above(say)
    try:
        topic = Topic(name, say)
        topic.claim()
        body(topic)
        topic.close()
    except ContentError as problem:
        st.error(say.error(problem), icon=":material/menu_book:")


def _source_line(say: Words, source: Source) -> str:
    if source.computed:
        return f"- {say(f'computed.{source.computed}', table=source.text)}"
    return f"- [{source.text}]({source.url})" if source.url else f"- {source.text}"
