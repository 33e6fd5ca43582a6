"""The frame of every page: navigation, title, language, and any trouble with the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.content.words import Words, languages
from core.errors import StoreError
from core.settings import PROJECT
from core.ui.address import script, visit
from core.ui.document import complete_document
from core.ui.outage import outage_told, tell_outage
from core.ui.services import Services, services
from core.ui.session import is_presented, words

HOME = "home"
PAGE, SEEN_VISIT = "page", "seen_visit"  # in the session: the current page, and the last visit that `has_come` saw
A_DAY_S = 86_400.0
TEXT_PX = 720  # maximum width of text: about 75 characters
ICON = str(PROJECT / "data" / "icon.svg")
# Every page with its icon, by navigation group.
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
# The reading order: practice before theory.
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
        # Expanded, as on a phone Streamlit would hide pages behind English text.
        page = st.navigation(pages, position="hidden" if is_presented() else "top", expanded=True)
        st.set_page_config(page_title=f"{page.title} · TrendLab")
        with outage_told():
            page.run()
        complete_document(say.language)
        _come_back()


@st.fragment(run_every=A_DAY_S)
def _come_back() -> None:
    """Does nothing, but a page with a repeating fragment reruns as soon as its server is back. A restarted server knows
    none of the page's buttons before that."""


def is_at(page: str) -> bool:
    """Whether this is the current page."""
    return bool(st.session_state.get(PAGE) == page)


def has_come() -> bool:
    """Whether the reader has come from another page since the last call."""
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
    """`store_services` for pages that start or show runs: they also say so while training is held up."""
    opened = store_services()
    if outage := opened.runs.outage:
        say = words()
        st.warning(say("errors.waiting", reason=say.error(outage)), icon=":material/hourglass_top:")
    return opened


def store_services() -> Services:
    """The services; if there are none, the page says why and stops."""
    try:
        opened = services()
        opened.runs.require_home()
        return opened
    except StoreError as error:
        tell_outage(error, "errors.unopened")
        st.stop()


def next_page(name: str) -> str:
    """The next page in reading order; the first after the last one, and after pages outside that order."""
    return READING[(READING.index(name) + 1) % len(READING)] if name in READING else HOME


def in_reading_order(pages: Iterable[str]) -> list[str]:
    """Pages in reading order, any others at the end."""
    return sorted(pages, key=lambda page: READING.index(page) if page in READING else len(READING))


def page_file(name: str) -> Path:
    return PROJECT / "pages" / f"{name}.py"


def page_link(
    name: str, label: str, icon: str = "", address: Mapping[str, str] | None = None, hint: str | None = None
) -> None:
    """A link to another page, by default with that page's icon, in the colour of links."""
    icons = {page: own for group in GROUPS.values() for page, own in group.items()}
    st.page_link(
        page_file(name), label=f":primary[{label}]", icon=f":material/{icon or icons[name]}:",
        help=hint, query_params=dict(address or {}),
    )  # fmt: skip


def _page(say: Words, name: str, icon: str) -> StreamlitPage:
    return st.Page(
        page_file(name),
        title=say(f"{name}.nav"),
        icon=f":material/{icon}:",
        url_path="" if name == HOME else name,
        help=say(f"{name}.help"),
        default=name == HOME,
    )
