"""A widget for each setting of a run, chosen by its allowed values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

import streamlit as st

from core import catalog
from core.config import NAMED_FIELDS, RunConfig, choices, is_choice, limits
from core.content.numbers import digits, half_up
from core.content.words import Words
from core.datasets.own.owners import sets_of
from core.errors import InvalidConfig
from core.ui.following import is_present, widget_key
from core.ui.session import owner

DEFAULTS = RunConfig()
NUMBERED = "own.numbered"  # only readers' own data sets can have equal labels
NOTICE = "notice"  # an error to show in the next script run
AS_PERCENT = {"train_share": 0.01, "label_noise": 0.05}  # sliders, with their step
# Options of number inputs; integers have a step of one.
TYPED: dict[str, dict[str, Any]] = {
    "learning_rate": {"format": "%g", "step": None},
    "momentum": {"format": "%g", "step": 0.1},
    "weight_decay": {"format": "%g", "step": None},
}


def field_widget(say: Words, field: str, config: RunConfig, options: Collection[str] = ()) -> None:
    """Draw the setting's widget, disabled if another setting makes it irrelevant. Its value is in the session."""
    label, value, how = say(f"fields.{field}.label"), st.session_state[field], _how(say, field)
    idle = not config.uses(field)
    if is_choice(field):
        offered = list(options or choices(field))
        labels = unique_labels(say, {name: bare_label(say, field, name) for name in offered}, NUMBERED)
        st.selectbox(
            label, offered, offered.index(value), format_func=labels.__getitem__,
            disabled=idle or len(offered) == 1, **how,
        )  # fmt: skip
    elif isinstance(value, bool):
        st.toggle(label, value, disabled=idle, **how)
    elif field == "epochs":
        low, high = limits(field)
        st.slider(label, int(low), int(high), value, **how)
    elif field in AS_PERCENT:
        low, high = limits(field)
        st.slider(label, low, high, value, AS_PERCENT[field], format="percent", disabled=idle, **how)
    else:
        number_widget(say, field, disabled=idle)


def number_widget(say: Words, field: str, label: str = "", **how: Any) -> None:
    """A number input. A value beyond its limits is reverted, and the page says why."""
    st.number_input(
        say(label or f"fields.{field}.label"), value=st.session_state[field],
        **_how(say, field) | {"step": 1} | TYPED.get(field, {}) | how,
    )  # fmt: skip


def _how(say: Words, field: str) -> dict[str, Any]:
    key = widget_key(field, st.session_state[field])
    return {"key": key, "help": say(f"fields.{field}.help"), "on_change": _take, "args": (field, key)}


def _take(field: str, key: str) -> None:
    if not is_present(field, key):
        return
    try:
        RunConfig.from_mapping({field: st.session_state[key]})
        st.session_state[field] = st.session_state[key]
    except InvalidConfig as problem:
        st.session_state[NOTICE] = problem


def choice_label(say: Words, field: str, name: str) -> str:
    """The label of one of the names that a setting may take; no two of the reader's own data sets have the same."""
    together = sets_of(owner()) if catalog.is_own(name) else ()
    return unique_labels(say, {each: bare_label(say, field, each) for each in (*together, name)}, NUMBERED)[name]


def bare_label(say: Words, field: str, name: str) -> str:
    """The same without the numbers of a reader's data sets, which need the reader's session."""
    if field in NAMED_FIELDS:
        return str(say.of(catalog.spec_of(NAMED_FIELDS[field], name)["label"]))
    return say(f"fields.{field}.choices.{name}")


def unique_labels(say: Words, labels: dict[str, str], numbered: str = "runs.again") -> dict[str, str]:
    """Labels, newest first, with numbers after equal ones, as Streamlit identifies a choice by its label. `numbered` is
    the key of a label with a number."""
    seen: Counter[str] = Counter()
    apart = {}
    for name, label in reversed(labels.items()):
        seen[label] += 1
        apart[name] = label if seen[label] == 1 else say(numbered, label=label, n=seen[label])
    return apart


def named(say: Words, field: str, value: str) -> str:
    """A setting's name and value, in words."""
    return say("fields.told", label=say(f"fields.{field}.label"), value=value)


def used_value(config: RunConfig, field: str) -> Any:
    """A setting's value; None if the other settings make it irrelevant."""
    return getattr(config, field) if config.uses(field) else None


def value_text(say: Words, field: str, value: Any) -> str:
    """A setting's value as a reader sees it."""
    if isinstance(value, bool):
        return say("fields.on" if value else "fields.off")
    if field in AS_PERCENT:
        return half_up(value, ".0%")
    if is_choice(field):
        return choice_label(say, field, value)
    return digits(value) if isinstance(value, float) else str(value)
