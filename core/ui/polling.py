"""Pages that poll for changes by others."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import streamlit as st

from core.errors import StoreError
from core.ui.services import services
from core.ui.session import owner


def rerun_when(has_changed: Callable[[], bool]) -> None:
    """Poll while the page is open, and rerun it once `has_changed` returns True."""

    @st.fragment(run_every=services().pollers.interval_s(owner()))
    def look() -> None:
        with suppress(StoreError):  # the store is away; the next poll looks again
            if has_changed():
                st.rerun()

    look()
