"""The settings of a run in the session and the address, whether or not their widgets are drawn."""

from __future__ import annotations

from collections.abc import Container, Sequence
from enum import StrEnum
from typing import Any

import streamlit as st

from core import catalog
from core.config import NEUTRAL, RunConfig, choices, is_choice
from core.datasets.prepared import is_prepared
from core.errors import InvalidConfig
from core.ui.address import address_text, addressed, addressed_choice, put, written_together
from core.ui.lab.fields import DEFAULTS

LINK_VERSION = "1"  # version of the settings' meaning in addresses


class Level(StrEnum):
    """How many settings a learner sees."""

    FIRST = "first"
    MORE = "more"
    EXPERT = "expert"


MAIN_FIELDS = ("epochs", "learning_rate")
MORE_FIELDS = ("dataset", "model", "depth", "batch_size", "optimizer", "momentum", "seed")
EXPERT_FIELDS = (
    "weight_decay", "schedule", "augment_shift", "augment_flip", "augment_crop", "precision",
    "train_share", "same_steps", "label_noise", "val_shift",
)  # fmt: skip
SHOWN_FIELDS = {
    Level.FIRST: MAIN_FIELDS,
    Level.MORE: (*MAIN_FIELDS, *MORE_FIELDS),
    Level.EXPERT: (*MAIN_FIELDS, *MORE_FIELDS, *EXPERT_FIELDS),
}


def chosen_config(precisions: Sequence[str]) -> RunConfig:
    """The settings from the address and the widgets; call before any widget is drawn."""
    values: dict[str, Any] = {}
    with written_together():
        for field, default in DEFAULTS:
            offered = _offered(field, precisions)
            if offered is not None:
                values[field] = addressed_choice(field, offered, default)
            else:
                values[field] = addressed(field, default, lambda text, field=field: _read(field, text))  # type: ignore[misc]
    return RunConfig(**values)


def config_now() -> RunConfig:
    """For a button's callback: the settings, including changes made just before the click and not drawn yet."""
    return RunConfig(**{field: st.session_state.get(field, default) for field, default in DEFAULTS})


def hidden_settings(config: RunConfig, level: Level) -> dict[str, Any]:
    """Settings that differ from the default but have no widget at this level."""
    return {field: value for field, value in differing(config).items() if field not in SHOWN_FIELDS[level]}


def start_over() -> None:
    """Reset every setting to its default; for a button's callback."""
    put_config(DEFAULTS)


def put_config(config: RunConfig) -> None:
    """Set the widgets to the settings of a run; in a callback, or before the widgets are drawn."""
    for field, value in config:
        put(field, value)


def link_values(config: RunConfig) -> dict[str, Any]:
    """What a link to these settings must contain: all fields, except later ones at their neutral value."""
    idle = {f: v for f, v in NEUTRAL.items() if v == getattr(DEFAULTS, f)}
    return {f: v for f, v in config if config.uses(f) and (f not in idle or v != idle[f])}


def differing(config: RunConfig) -> dict[str, Any]:
    """The settings that differ from their default."""
    return {field: value for field, value in config if config.uses(field) and value != getattr(DEFAULTS, field)}


def address_of(config: RunConfig) -> dict[str, str]:
    """These settings as they appear in the address."""
    return {field: address_text(value) for field, value in config if value != getattr(DEFAULTS, field)}


def arrive_with(config: RunConfig) -> None:
    """Set the widgets to the settings that a link leads to, unless the address gives others."""
    given = {field: text for field, text in st.query_params.items() if field in RunConfig.model_fields}
    if given in ({}, address_of(config)):
        put_config(config)


class _KnownDatasets:
    """All data sets that exist here, including any reader's own, as a link may name it."""

    def __contains__(self, name: object) -> bool:
        return name in choices("dataset") or (catalog.is_own(str(name)) and is_prepared(str(name)))


def _offered(field: str, precisions: Sequence[str]) -> Container[str] | None:
    if field == "dataset":
        return _KnownDatasets()
    if field == "precision":
        return precisions
    return choices(field) if is_choice(field) else None


def _read(field: str, text: str) -> Any:
    """A setting from its text in the address. Raises ValueError."""
    try:
        return getattr(RunConfig.from_mapping({field: text}), field)
    except InvalidConfig as problem:
        raise ValueError(problem.message) from None
