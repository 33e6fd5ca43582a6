"""Links from page to page."""

from __future__ import annotations

import streamlit as st

from core.content.words import Words
from core.settings import PROJECT


def evidence_link(say: Words, page: str, icon: str) -> None:
    """A link to a page that holds the evidence; none while there is no such page."""
    path = PROJECT / "pages" / f"{page}.py"
    if path.exists():
        st.page_link(path, label=say("links.evidence", page=say(f"{page}.nav")), icon=f":material/{icon}:")
