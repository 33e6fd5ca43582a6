"""Search over all texts of TrendLab."""

from __future__ import annotations

import streamlit as st

from core.content.plain import escaped
from core.content.search import MAX_HITS, MAX_QUERY_CHARS, Hit, index, page_title, search
from core.content.words import Words
from core.ui.address import addressed
from core.ui.session import words
from core.ui.shell import TEXT_PX, page_head, page_link

ICONS = {"page": "article", "question": "quiz", "term": "dictionary", "tool": "construction", "model": "scatter_plot"}


def search_page() -> None:
    say = words()
    page_head("search")
    query = addressed("q", "", lambda text: text[:MAX_QUERY_CHARS])
    st.text_input(
        say("search.query"), key="q", placeholder=say("search.hint"), max_chars=MAX_QUERY_CHARS,
        icon=":material/search:", width=TEXT_PX,
    )  # fmt: skip
    if not query.strip():
        st.info(say("search.empty", n=len(index())), icon=":material/search:", width=TEXT_PX)
        return
    hits = search(query, say.language)
    if not hits:
        st.info(say("search.none"), icon=":material/search_off:", width=TEXT_PX)
        return
    more = len(hits) > MAX_HITS
    st.caption(say("search.more" if more else "search.found", n=len(hits), shown=MAX_HITS))
    for hit in hits[:MAX_HITS]:
        _hit(say, hit)


def _hit(say: Words, hit: Hit) -> None:
    """A link to the place, and the text around the match."""
    entry = hit.entry
    title, kind = entry.title[hit.language], say(f"search.kind.{entry.kind}")
    if entry.kind == "question":
        title = say("search.of_page", title=kind, page=title)
    elif entry.kind != "page":
        title = say("search.of_page", title=title, page=page_title(entry.page, say.language))
    with st.container(gap=None, width=TEXT_PX):
        page_link(entry.page, escaped(title), ICONS[entry.kind], entry.address, kind)
        st.markdown(f"{escaped(hit.before)}{_bold(hit.found)}{escaped(hit.after)}")


def _bold(text: str) -> str:
    return f"**{escaped(text)}**" if text else ""
