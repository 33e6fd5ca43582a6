"""The choice of a preset: ready-made settings, good and bad, each with what it shows."""

from __future__ import annotations

import streamlit as st

from core.config import RunConfig
from core.content.presets import presets
from core.content.words import Words
from core.ui.following import is_present, widget_key
from core.ui.lab.chosen import put_config

KEY = "preset"


def preset_picker(say: Words, config: RunConfig) -> None:
    """A select box that shows the preset of the settings and sets another."""
    known, now = presets(), preset_of(config)
    key = widget_key(KEY, now)
    st.selectbox(
        say("presets.choose"), list(known), None if now is None else list(known).index(now),
        format_func=lambda name: known[name].label(say), key=key, placeholder=say("presets.own"),
        on_change=_take, args=(key,),
    )  # fmt: skip


def preset_of(config: RunConfig) -> str | None:
    """The preset with exactly these settings, whatever the seed."""
    return next((key for key, preset in presets().items() if _same(preset.config, config)), None)


def watch_text(say: Words, config: RunConfig) -> str:
    """What such a run shows. It gives the answer away, so only for a run that is over."""
    key = preset_of(config)
    return say("presets.watch", text=say(presets()[key].watch_key)) if key else say("presets.own_watch")


def arrive_with_preset() -> None:
    """Replace a preset in the address with its settings."""
    if key := st.query_params.get(KEY):
        put_config(presets()[key].config)
        del st.query_params[KEY]


def _same(a: RunConfig, b: RunConfig) -> bool:
    return a.config_id == b.replaced(seed=a.seed).config_id


def _take(key: str) -> None:
    if is_present(KEY, key) and (name := st.session_state[key]):
        put_config(presets()[name].config)
