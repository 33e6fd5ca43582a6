"""The settings of a run as widgets, by level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core import catalog
from core.config import RunConfig
from core.content.numbers import number_text
from core.content.words import Words
from core.datasets.prepared import is_prepared, read_meta
from core.ui.lab.chosen import EXPERT_FIELDS, MORE_FIELDS, Level, hidden_settings
from core.ui.lab.fields import DEFAULTS, field_widget, named, value_text
from core.ui.lab.own_set import own_buttons
from core.ui.lab.presets import preset_picker
from core.ui.lab.rate_slider import rate_slider

LINE_BREAK = "  \n"


def main_settings(say: Words, config: RunConfig) -> None:
    """Preset, epochs and learning rate, above the charts."""
    preset, epochs, rate = st.columns([3, 3, 4], gap="medium")
    with preset:
        preset_picker(say, config)
        if config.dataset != DEFAULTS.dataset:  # chosen in the sidebar, which a phone hides
            st.caption(_told(say, "dataset", config.dataset))
    with epochs:
        field_widget(say, "epochs", config)
    with rate:
        rate_slider(say)


def sidebar_settings(
    say: Words, level: Level, config: RunConfig, precisions: Sequence[str], datasets: Sequence[str]
) -> None:
    """The settings in the sidebar at this level, and a summary of those that are set but hidden."""
    if level is not Level.FIRST:
        for field in MORE_FIELDS:
            if field != "depth" or config.uses("depth"):
                field_widget(say, field, config, datasets if field == "dataset" else ())
            _about(say, field, config)
    if level is Level.EXPERT:
        with st.expander(say("train.expert"), expanded=True):
            for field in EXPERT_FIELDS:
                field_widget(say, field, config, precisions if field == "precision" else ())
    if hidden := hidden_settings(config, level):
        summary = say("live.separator").join(_told(say, field, value) for field, value in hidden.items())
        st.caption(say("level.hidden", settings=summary))


def _told(say: Words, field: str, value: Any) -> str:
    return named(say, field, value_text(say, field, value))


def _about(say: Words, field: str, config: RunConfig) -> None:
    if field == "dataset":
        st.caption(_about_dataset(say, config.dataset))
        own_buttons(say, config.dataset)
    elif field == "model":
        parameters = say("train.parameters", n=number_text(config.num_parameters))
        st.caption(LINE_BREAK.join([_spec_about(say, "models", config.model), parameters]))
    elif field == "optimizer":
        st.caption(_spec_about(say, "optimizers", config.optimizer))


def _about_dataset(say: Words, name: str) -> str:
    spec = catalog.spec_of("datasets", name)
    lines = [say.of(spec["about"])]
    whole = spec["num_train"] + spec["num_validation"]
    if is_prepared(name) and (here := read_meta(name)["num_images"]) != whole:
        lines.append(say("train.subset", n=number_text(here)))
    if spec["source"]:
        lines.append(say("train.source", url=spec["source"], licence=spec["licence"] or say("train.no_licence")))
    return LINE_BREAK.join(lines)


def _spec_about(say: Words, kind: str, name: str) -> str:
    return str(say.of(catalog.specs(kind)[name]["about"]))
