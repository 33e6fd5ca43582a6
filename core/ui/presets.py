"""Ready-made settings, good and bad, each with what it shows."""

from __future__ import annotations

import streamlit as st

from core.config import RunConfig
from core.content.presets import presets
from core.content.words import Words
from core.ui.chosen import put_config

KEY = "preset"


def preset_picker(say: Words, config: RunConfig) -> None:
    """Shows which preset the settings are, and takes another one."""
    known = presets()
    now = preset_of(config)
    if st.session_state.get(KEY) != now:
        st.session_state[KEY] = now
    st.selectbox(
        say("presets.choose"), list(known), format_func=lambda key: known[key].label(say), key=KEY, index=None,
        placeholder=say("presets.own"), on_change=_take,
    )  # fmt: skip


def preset_of(config: RunConfig) -> str | None:
    """The preset with exactly these settings, whatever the seed."""
    return next((key for key, preset in presets().items() if _same(preset.config, config)), None)


def watch_text(say: Words, config: RunConfig) -> str:
    """What such a run shows. It gives the answer away: only for a run that is over."""
    key = preset_of(config)
    return say("presets.watch", text=say(presets()[key].watch_key)) if key else say("presets.own_watch")


def arrive_with_preset() -> None:
    """A preset in the address stands for its settings."""
    if key := st.query_params.get(KEY):
        put_config(presets()[key].config)
        del st.query_params[KEY]


def _same(a: RunConfig, b: RunConfig) -> bool:
    return a.config_id == b.replaced(seed=a.seed).config_id


def _take() -> None:
    if key := st.session_state[KEY]:
        put_config(presets()[key].config)
