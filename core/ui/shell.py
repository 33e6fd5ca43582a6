"""The frame of every page: navigation, title, language, and what is wrong with the service if anything is."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.content.words import languages
from core.errors import StoreError
from core.settings import PROJECT
from core.ui.address import keep_choices
from core.ui.services import Services, services
from core.ui.session import is_presented, words

ICON = str(PROJECT / "data" / "icon.svg")


def run_app() -> None:
    """Draw the chosen page inside the frame."""
    st.set_page_config(page_title="TrendLab", page_icon=ICON, layout="wide")
    pages = [
        _page("home", "home", default=True),
        _page("train", "model_training"),
        _page("runs", "stacked_line_chart"),
        _page("compare", "compare_arrows"),
    ]
    page = st.navigation(pages, position="hidden" if is_presented() else "top")
    page.run()


def came_to(key: str) -> bool:
    """Whether the reader has just come to this page; asked once a script run."""
    before = st.session_state.get("page")
    st.session_state["page"] = key
    return before != key


def page_head(key: str) -> None:
    """The page's title and the language switch on one line."""
    say = words()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.header(say(f"{key}.title"), anchor=False, width="content")
        st.segmented_control(
            say("language.choose"), list(languages()), format_func=languages().__getitem__, required=True,
            key="lang", label_visibility="collapsed", width="content", on_change=keep_choices,
        )  # fmt: skip


def open_services() -> Services:
    """The service, or a page that says why there is none."""
    say = words()
    try:
        opened = services()
    except StoreError as error:
        st.error(say.error(error), icon=":material/database_off:")
        st.stop()
    if trouble := opened.runs.trouble:
        st.warning(say("errors.waiting", reason=say.error(trouble)), icon=":material/hourglass_top:")
    return opened


def _page(name: str, icon: str, default: bool = False) -> StreamlitPage:
    say = words()
    return st.Page(
        PROJECT / "pages" / f"{name}.py",
        title=say(f"{name}.nav"),
        icon=f":material/{icon}:",
        url_path="" if default else name,
        help=say(f"{name}.help"),
        default=default,
    )
