"""Anyone who enters the passcode of the settings can hide any run from the class, while the tab is open."""

from __future__ import annotations

import time
from hmac import compare_digest

import streamlit as st

from core.content.words import Words
from core.settings import get_settings

TEACHER = "is_teacher"
GIVEN = "given_passcode"
WRONG_S = 1.0  # delay after a wrong passcode, against guessing


def is_teacher() -> bool:
    return bool(st.session_state.get(TEACHER))


def teachers_entry(say: Words) -> None:
    """Draws nothing if no passcode is set."""
    if not get_settings().teacher_passcode:
        return
    with st.popover(say("teacher.open"), icon=":material/key:"):
        if is_teacher():
            st.markdown(say("teacher.entered"))
            return
        st.markdown(say("teacher.about"))
        st.text_input(say("teacher.passcode"), type="password", key=GIVEN, autocomplete="off", on_change=_enter)
        if st.session_state[GIVEN]:
            st.error(say("teacher.wrong"), icon=":material/error:")


def _enter() -> None:
    given, passcode = st.session_state[GIVEN], get_settings().teacher_passcode
    st.session_state[TEACHER] = compare_digest(given.encode(), passcode.encode())
    if given and not is_teacher():
        time.sleep(WRONG_S)
