"""What belongs to one browser tab: its language, its owner, and the runs on its charts."""

from __future__ import annotations

import math
import time
from collections.abc import Collection
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from core.content.words import Words, languages, preferred_language
from core.live.identity import COOKIE, is_token, new_token, owner_of
from core.ui.address import ADDRESS_LAG_S, addressed, addressed_choice, has_gone_back, keep_choices, put

MAX_GHOSTS = 3
SPOKEN = "spoken_language"  # in which the last script drew the page
RUN = "run"
NETWORK = "network"  # in the address of the page that looks into a run: which one
REPLAY = "replayed_run"
BEGUN = "begun_run"
VIEW, PRESENT = "view", "present"
LEFT_AT = "left_presentation_at"


def language() -> str:
    """The chosen language; at first the browser's."""
    now = addressed_choice("lang", languages(), preferred_language(st.context.locale))
    if st.session_state.setdefault(SPOKEN, now) != now:  # by the switch, a link, or the way back
        st.session_state[SPOKEN] = now
        keep_choices()
    return now


def words() -> Words:
    return Words(language())


def time_zone() -> ZoneInfo:
    """The reader's; UTC where the browser tells none that is known here."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return ZoneInfo("UTC")


def owner() -> str:
    """The owner of this browser's runs; without the cookie (a plain script) of this session's."""
    token = st.context.cookies.get(COOKIE) if has_cookie() else st.session_state.setdefault("owner_token", new_token())
    return owner_of(str(token))


def has_cookie() -> bool:
    return is_token(st.context.cookies.get(COOKIE))


def follow_run() -> bool:
    """Let the run on the charts follow the address, and the address it; once a script run, before it is asked for.
    Returns whether the address named it."""
    is_named = RUN in st.query_params
    addressed(RUN, "", str)
    return is_named


def shown_run() -> str | None:
    """The id of the run on the charts."""
    return st.session_state.get(RUN) or None


def is_presented() -> bool:
    """Whether the address asks for the presenter's view; a slow browser may still tell that of before."""
    if has_gone_back():
        st.session_state.pop(LEFT_AT, None)
    has_just_left = time.monotonic() - st.session_state.get(LEFT_AT, -math.inf) < ADDRESS_LAG_S
    return st.query_params.get(VIEW) == PRESENT and not has_just_left


def present() -> None:
    """Turn to the presenter's view; for a button's callback."""
    st.session_state.pop(LEFT_AT, None)
    st.query_params[VIEW] = PRESENT


def leave_presentation() -> None:
    """Turn back; for a button's callback."""
    st.session_state[LEFT_AT] = time.monotonic()
    st.query_params.pop(VIEW, None)


def show_run(run_id: str, covered: Collection[str] = ()) -> None:
    """Put a run on the charts; the one before stays as a ghost. `covered` are runs that it would only hide."""
    before = shown_run()
    put(RUN, run_id)
    leave_behind(before, covered)


def leave_behind(before: str | None, covered: Collection[str] = ()) -> None:
    """Keep the run that was on the charts as a ghost of the one that is now."""
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
