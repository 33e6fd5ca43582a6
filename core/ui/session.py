"""The state of one browser tab: its language, its owner, and the runs on its charts."""

from __future__ import annotations

import math
import time
from collections.abc import Collection
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from core.content.words import Words, languages, preferred_language
from core.live.identity import COOKIE, is_token, new_token, owner_of
from core.ui.address import ADDRESS_LAG_S, addressed, addressed_choice, has_gone_back, keep_choices, put

MAX_GHOSTS = 3
SPOKEN = "spoken_language"  # the language in which the page was last drawn
RUN = "run"
NETWORK = "network"  # in the address of the Understand page: the id of the run
REPLAY = "replayed_run"
BEGUN = "begun_run"
VIEW, PRESENT = "view", "present"
LEFT_AT = "left_presentation_at"


def language() -> str:
    """The chosen language; by default the browser's."""
    now = addressed_choice("lang", languages(), preferred_language(st.context.locale))
    if st.session_state.setdefault(SPOKEN, now) != now:  # changed by the switch, a link, or Back
        st.session_state[SPOKEN] = now
        keep_choices()
    return now


def words() -> Words:
    return Words(language())


def time_zone() -> tzinfo:
    """The reader's time zone; UTC if the browser reports none that is known here."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return UTC  # which Python knows where no zones are installed, too


def owner() -> str:
    """The owner of this browser's runs or, without a cookie (a plain script), of this session's."""
    token = st.context.cookies.get(COOKIE) if has_cookie() else st.session_state.setdefault("owner_token", new_token())
    return owner_of(str(token))


def has_cookie() -> bool:
    return is_token(st.context.cookies.get(COOKIE))


def follow_run() -> bool:
    """Keep the run on the charts and the address in step; call once per script run, before `shown_run`. Returns whether
    the address named the run."""
    is_named = RUN in st.query_params
    addressed(RUN, "", str)
    return is_named


def shown_run() -> str | None:
    """The id of the run on the charts."""
    return st.session_state.get(RUN) or None


def is_presented() -> bool:
    """Whether the address asks for the presenter's view; a slow browser may still report the previous address."""
    if has_gone_back():
        st.session_state.pop(LEFT_AT, None)
    has_just_left = time.monotonic() - st.session_state.get(LEFT_AT, -math.inf) < ADDRESS_LAG_S
    return st.query_params.get(VIEW) == PRESENT and not has_just_left


def present() -> None:
    """Switch to the presenter's view; for a button's callback."""
    st.session_state.pop(LEFT_AT, None)
    st.query_params[VIEW] = PRESENT


def leave_presentation() -> None:
    """Leave the presenter's view; for a button's callback."""
    st.session_state[LEFT_AT] = time.monotonic()
    st.query_params.pop(VIEW, None)


def show_run(run_id: str, covered: Collection[str] = ()) -> None:
    """Put a run on the charts; the previous one stays as a ghost. Runs in `covered`, which it would hide, do not."""
    before = shown_run()
    put(RUN, run_id)
    leave_behind(before, covered)


def leave_behind(before: str | None, covered: Collection[str] = ()) -> None:
    """Keep the previous run on the charts as a ghost behind the current one."""
    now = shown_run()
    if before and now and before != now:
        earlier = [before, *(ghost for ghost in ghosts() if ghost != before)]
        kept = [ghost for ghost in earlier if ghost != now and ghost not in covered]
        st.session_state["ghosts"] = kept[:MAX_GHOSTS]


def ghosts() -> list[str]:
    """The ids of earlier runs that stay on the charts, newest first."""
    kept: list[str] = st.session_state.setdefault("ghosts", [])
    return kept


def clear_ghosts() -> None:
    st.session_state["ghosts"] = []
