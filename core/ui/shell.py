"""The frame of every page: navigation, title, language, and what is wrong with the service if anything is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.content.words import Words, languages
from core.errors import StoreError, StoreUnavailable
from core.settings import PROJECT
from core.ui.address import script, visit
from core.ui.document import complete_document
from core.ui.services import Services, services
from core.ui.session import is_presented, words

HOME = "home"
PAGE, SEEN_VISIT = "page", "seen_visit"  # in the session: which one is drawn, and the last visit that was asked for
A_DAY_S = 86_400.0
TEXT_PX = 720  # as wide as a text may be: about 75 characters
ICON = str(PROJECT / "data" / "icon.svg")
# Every page with its icon, by the group of the navigation that it stands in.
GROUPS = {
    "": {"home": "home"},
    "learn": {
        "deep": "layers",
        "vision": "image_search",
        "language": "translate",
        "scale": "speed",
        "privacy": "lock_open",
        "outlook": "trending_up",
    },
    "lab": {
        "train": "model_training",
        "understand": "visibility",
        "runs": "stacked_line_chart",
        "compare": "compare_arrows",
    },
    "use": {"applications": "medical_services", "tools": "construction"},
    "class": {
        "questions": "quiz",
        "teach": "school",
        "search": "search",
    },
}
# The order in which they are read: touch before theory.
READING = (
    "home", "train", "deep", "vision", "language", "scale", "privacy", "applications", "tools", "outlook", "questions",
)  # fmt: skip


def run_app() -> None:
    """Draw the chosen page inside the frame."""
    with script():
        sidebar: Literal["collapsed", "auto"] = "collapsed" if is_presented() else "auto"
        st.set_page_config(page_icon=ICON, layout="wide", initial_sidebar_state=sidebar)
        say = words()
        pages = {
            say(f"groups.{group}") if group else "": [_page(say, name, icon) for name, icon in icons.items()]
            for group, icons in GROUPS.items()
        }
        # Expanded, as on a phone Streamlit would hide pages behind words in English.
        page = st.navigation(pages, position="hidden" if is_presented() else "top", expanded=True)
        st.set_page_config(page_title=f"{page.title} · TrendLab")
        try:
            page.run()
        except StoreError as error:  # the store went away after it was opened
            _tell(error, "errors.unread")
        complete_document(say.language)
        _come_back()


@st.fragment(run_every=A_DAY_S)
def _come_back() -> None:
    """Nothing; but Streamlit draws a page with a repeated part anew as soon as its server is there again. One that was
    started in between knows none of the page's buttons before that."""


def is_at(page: str) -> bool:
    """Whether this page is drawn."""
    return bool(st.session_state.get(PAGE) == page)


def has_come() -> bool:
    """Whether the reader has come from elsewhere since this was asked."""
    before, now = st.session_state.get(SEEN_VISIT), visit()
    st.session_state[SEEN_VISIT] = now
    return bool(before != now)


def page_head(key: str) -> None:
    """The page's title and the language switch on one line."""
    say = words()
    st.session_state[PAGE] = key
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(say(f"{key}.title"), anchor=False, width="content")
        st.segmented_control(
            say("language.choose"), list(languages()), format_func=languages().__getitem__, required=True,
            key="lang", label_visibility="collapsed", width="content",
        )  # fmt: skip


def open_services() -> Services:
    """As `store_services`, where runs are begun or shown: a page that says so while training waits."""
    opened = store_services()
    if trouble := opened.runs.trouble:
        say = words()
        st.warning(say("errors.waiting", reason=say.error(trouble)), icon=":material/hourglass_top:")
    return opened


def store_services() -> Services:
    """The service, or a page that says why there is none."""
    try:
        opened = services()
        opened.runs.require_home()
        return opened
    except StoreError as error:
        _tell(error, "errors.unopened")
        st.stop()


def _tell(error: StoreError, key: str) -> None:
    say = words()
    told = say.error(error)
    if isinstance(error, StoreUnavailable):  # whose words are but a reason
        told = say(key, reason=told)
    st.error(told, icon=":material/database_off:")


def next_page(name: str) -> str:
    """What is read after a page; after the last one, and after those beside the way, the first."""
    return READING[(READING.index(name) + 1) % len(READING)] if name in READING else HOME


def in_reading_order(pages: Iterable[str]) -> list[str]:
    """Pages as they are read, any others at the end."""
    return sorted(pages, key=lambda page: READING.index(page) if page in READING else len(READING))


def page_link(
    name: str, label: str, icon: str = "", address: Mapping[str, str] | None = None, hint: str | None = None
) -> None:
    """A link to another page, with that page's icon if no other is named."""
    icons = {page: own for group in GROUPS.values() for page, own in group.items()}
    st.page_link(
        PROJECT / "pages" / f"{name}.py", label=label, icon=f":material/{icon or icons[name]}:", help=hint,
        query_params=dict(address or {}),
    )  # fmt: skip


def _page(say: Words, name: str, icon: str) -> StreamlitPage:
    return st.Page(
        PROJECT / "pages" / f"{name}.py",
        title=say(f"{name}.nav"),
        icon=f":material/{icon}:",
        url_path="" if name == HOME else name,
        help=say(f"{name}.help"),
        default=name == HOME,
    )
