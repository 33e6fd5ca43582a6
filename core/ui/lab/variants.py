"""Variants of a run: the same seed with one setting changed, or the same settings with other seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.config import RunConfig, is_choice, limits, times
from core.content.words import Words
from core.runs.service import RunService
from core.runs.views import RunView
from core.ui.lab.fields import DEFAULTS
from core.ui.lab.notices import attempt
from core.ui.lab.publicity import is_public
from core.ui.session import owner

RUNS = "runs"  # in the address: ids of the compared runs, joined by dots
MAX_RUNS = 6  # more could not be told apart
NUM_SEEDS = 4


def compared_address(run_ids: Sequence[str]) -> dict[str, str]:
    """The part of the address that names the runs to compare."""
    return {RUNS: ".".join(run_ids)}


def group_of(view: RunView) -> str:
    """A key that is equal for runs on the same images that differ only in their seed, with the same changes on the
    way."""
    return f"{view.config.replaced(seed=0).path_id} {view.data_sha256} {view.changes}"


def one_change(say: Words, runs: RunService, views: Sequence[RunView], room: int) -> None:
    """Buttons for the same seed with one setting changed, and for the same settings with other seeds."""
    st.header(say("compare.change.title"), anchor=False)
    numbers = list(range(1, len(views) + 1))
    base = views[(st.selectbox(say("compare.change.base"), numbers, key="base", width=200) or 1) - 1]
    with st.container(horizontal=True):
        for key, config in variants(base.config).items():
            st.button(
                say(f"compare.change.{key}"), key=f"change_{key}", disabled=room < 1,
                on_click=attempt, args=(_add, runs, [config]),
            )  # fmt: skip
        seeds = [base.config.with_seed_after(n) for n in range(1, NUM_SEEDS)]
        st.button(
            say("compare.change.seeds", n=len(seeds[:room] or seeds)), key="change_seeds", icon=":material/casino:",
            disabled=room < 1, on_click=attempt, args=(_add, runs, seeds[:room]),
        )  # fmt: skip
    if room < 1:
        st.caption(say("compare.full", most=len(views)))


def variants(config: RunConfig) -> dict[str, RunConfig]:
    """Settings that differ from these in a single field, by the text key of the button."""
    changes: dict[str, dict[str, Any]] = {
        "rate_up": {"learning_rate": times(config.learning_rate, 10)},
        "rate_down": {"learning_rate": times(config.learning_rate, 0.1)},
        "no_momentum": {"momentum": 0.0 if config.momentum else DEFAULTS.momentum},
        "other_optimizer": {"optimizer": "adam" if config.optimizer == "sgd" else "sgd"},
        "other_model": {"model": "mlp" if config.model == "seed_cnn" else "seed_cnn"},
        "bigger_batch": {"batch_size": config.batch_size * 4},
    }
    possible: dict[str, RunConfig] = {}
    for key, change in changes.items():
        ((field, value),) = change.items()
        if config.uses(field) and _is_allowed(field, value):
            possible[_renamed(key, config)] = config.replaced(**change)
    return possible


def _is_allowed(field: str, value: Any) -> bool:
    if is_choice(field):
        return True
    low, high = limits(field)
    return bool(low <= value <= high)


def _renamed(key: str, config: RunConfig) -> str:
    """The text key of a variant's button; for a switch it depends on the switch's state."""
    if key == "no_momentum" and not config.momentum:
        return "momentum"
    if key == "other_optimizer" and config.optimizer != "sgd":
        return "sgd"
    if key == "other_model" and config.model != "seed_cnn":
        return "survey_model"
    return key


def _add(runs: RunService, configs: Sequence[RunConfig]) -> None:
    """Train these and add them to the comparison; those started are shown even if a further one is refused."""
    compared = st.query_params.get(RUNS, "").split(".")
    try:
        for config in configs:
            compared.append(runs.start(owner(), config, public=is_public(config)).id)
    finally:
        st.query_params[RUNS] = ".".join(compared)
