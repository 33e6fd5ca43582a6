"""What a page says while the store is away, or when a part of it fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.content.words import Words
from core.errors import StoreError, StoreUnavailable, TrendLabError
from core.ui.session import words


def tell_outage(error: StoreError, key: str) -> None:
    say = words()
    text = say.error(error)
    if isinstance(error, StoreUnavailable):  # its text is only a reason
        text = say(key, reason=text)
    st.error(text, icon=":material/database_off:")


@contextmanager
def outage_told() -> Iterator[None]:
    """Tell of a store that failed after it was opened. A fragment needs this as well, as it also runs without the
    page."""
    try:
        yield
    except StoreError as error:
        tell_outage(error, "errors.unread")


@contextmanager
def problem_told(say: Words) -> Iterator[None]:
    """Tell why this part of the page could not be drawn; the page goes on after it."""
    try:
        yield
    except TrendLabError as problem:
        st.error(say.error(problem), icon=":material/error:")
