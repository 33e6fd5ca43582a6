"""Whether the class sees new runs: runs on own images only if their learner chooses so."""

from __future__ import annotations

import streamlit as st

from core import catalog
from core.config import RunConfig
from core.content.words import Words


def public_switch(say: Words, config: RunConfig) -> None:
    """One switch for runs on common data sets, another for runs on own images."""
    own = catalog.is_own(config.dataset)
    label, about = say("own.public" if own else "train.public"), say("own.public_help" if own else "train.public_help")
    st.toggle(label, not own, key=_key(config), help=about, persist_state="session")


def is_public(config: RunConfig) -> bool:
    """The state of the switch, whether it is drawn or not."""
    return bool(st.session_state.get(_key(config), not catalog.is_own(config.dataset)))


def _key(config: RunConfig) -> str:
    return "public_own" if catalog.is_own(config.dataset) else "public"
