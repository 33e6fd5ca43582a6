"""The settings of a run as widgets, every one of them in the address."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import streamlit as st

from core import catalog
from core.config import NAMED_FIELDS, RunConfig, choices, limits
from core.content.words import Words
from core.datasets.prepared import is_prepared, read_meta
from core.errors import InvalidConfig
from core.settings import PROJECT
from core.ui.address import addressed_choice

DEFAULTS = RunConfig()
# A class that moves the same slider meets in the same runs: 1, 2, 3, 5 times a power of ten.
RATES = (*(float(f"{m}e{e}") for e in range(-5, 1) for m in (1, 2, 3, 5)), 10.0)
PROBLEMS = "address_problems"
LINE_BREAK = "  \n"
SLIDER_NUMBER = "rate_slider_number"


def main_settings(say: Words) -> None:
    """Epochs and learning rate, above the charts."""
    epochs, rate = st.columns(2, gap="medium")
    with epochs:
        low, high = limits("epochs")
        st.slider(
            say("fields.epochs.label"), int(low), int(high), DEFAULTS.epochs,
            key="epochs", bind="query-params", help=say("fields.epochs.help"),
        )  # fmt: skip
    with rate, st.container(horizontal=True, vertical_alignment="bottom"):
        stop = nearest_rate(st.session_state.get("learning_rate", _addressed_rate()))
        slider = _slider_at(stop)
        st.select_slider(
            say("fields.learning_rate.label"), RATES, stop, key=slider, format_func=_plain,
            on_change=_take_slider_rate, args=(slider,), help=say("fields.learning_rate.help"), width="stretch",
        )  # fmt: skip
        _number(say, "learning_rate", label="fields.learning_rate.typed", format="%g", step=None, width=120)


def side_settings(say: Words, precisions: tuple[str, ...]) -> None:
    """All other settings, in the sidebar."""
    _choice(say, "dataset")
    st.caption(_about_dataset(say, st.session_state["dataset"]))
    _choice(say, "model")
    st.caption(_about_model(say, st.session_state["model"]))
    with st.expander(say("train.more")):
        _choice(say, "optimizer")
        used = catalog.specs("optimizers")[st.session_state["optimizer"]]["uses"]
        _number(say, "momentum", disabled="momentum" not in used, format="%g", step=0.1)
        _number(say, "batch_size", step=1)
        _number(say, "seed", step=1)
    with st.expander(say("train.expert")):
        _number(say, "weight_decay", disabled="weight_decay" not in used, format="%g", step=None)
        addressed_choice("precision", precisions, DEFAULTS.precision)
        st.selectbox(
            say("fields.precision.label"), precisions, key="precision", help=say("fields.precision.help"),
            disabled=len(precisions) == 1,
        )  # fmt: skip


def chosen_config() -> RunConfig:
    """The settings as the widgets hold them. Raises InvalidConfig."""
    return RunConfig.from_mapping({field: st.session_state[field] for field in RunConfig.model_fields})


def start_over() -> None:
    """Put every setting back to its default; for a button's callback."""
    put_config(DEFAULTS)


def put_config(config: RunConfig) -> None:
    """Put the settings of a run into the widgets; for a callback, or before the widgets are drawn."""
    for field, value in config.model_dump().items():
        st.session_state[field] = value


def any_addressed() -> bool:
    """Whether the address holds any setting."""
    return any(field in st.query_params for field in RunConfig.model_fields)


def drop_address_problems() -> None:
    """Go on to the address without what cannot be, before the widgets make something of it, and remember that."""
    problems = {str(p.field): p for field in RunConfig.model_fields if (p := _address_problem(field))}
    if problems:
        st.session_state[PROBLEMS] = list(problems.values())
        sound = {key: value for key, value in st.query_params.items() if key not in problems}
        st.switch_page(PROJECT / "pages" / "train.py", query_params=sound)


def show_address_problems(say: Words) -> None:
    """Say once what of the address was not taken, and what stands there instead."""
    for problem in st.session_state.pop(PROBLEMS, []):
        st.error(invalid_text(say, problem), icon=":material/link_off:")


def invalid_text(say: Words, problem: InvalidConfig) -> str:
    """A setting's limit and what came, in the reader's language."""
    field, got = str(problem.field), problem.got
    label = say(f"fields.{field}.label") if field in RunConfig.model_fields else field
    if field in NAMED_FIELDS or field == "precision":
        return say("errors.unknown_choice", field=label, known=", ".join(choices(field)), got=got)
    low, high = limits(field)
    kind = "whole" if RunConfig.model_fields[field].annotation is int else "number"
    return say(f"errors.out_of_range_{kind}", field=label, low=f"{low:g}", high=f"{high:g}", got=got)


def nearest_rate(rate: float) -> float:
    """The slider's stop that lies nearest, by ratio."""
    return min(RATES, key=lambda stop: abs(math.log(stop / rate)))


def _about_dataset(say: Words, name: str) -> str:
    spec = catalog.specs("datasets")[name]
    lines = [say.of(spec["about"])]
    whole = spec["num_train"] + spec["num_validation"]
    if is_prepared(name) and (here := read_meta(name)["num_images"]) != whole:
        lines.append(say("train.subset", n=_grouped(here)))
    if spec["source"]:
        lines.append(say("train.source", url=spec["source"], licence=spec["licence"] or say("train.no_licence")))
    return LINE_BREAK.join(lines)


def _about_model(say: Words, name: str) -> str:
    spec = catalog.specs("models")[name]
    return LINE_BREAK.join([say.of(spec["about"]), say("train.parameters", n=_grouped(spec["parameters"]))])


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def _choice(say: Words, field: str) -> None:
    specs = catalog.specs(NAMED_FIELDS[field])
    addressed_choice(field, specs, getattr(DEFAULTS, field))
    st.selectbox(
        say(f"fields.{field}.label"), list(specs), key=field,
        format_func=lambda name: say.of(specs[name]["label"]), help=say(f"fields.{field}.help"),
    )  # fmt: skip


def _number(say: Words, field: str, label: str = "", **how: Any) -> None:
    low, high = limits(field)
    kind: Callable[[float], float] = type(getattr(DEFAULTS, field))
    st.number_input(
        say(label or f"fields.{field}.label"), kind(low), kind(high), getattr(DEFAULTS, field),
        key=field, bind="query-params", help=say(f"fields.{field}.help"), **how,
    )  # fmt: skip


def _slider_at(stop: float) -> str:
    """The key of the rate's slider: a new one when the rate was changed elsewhere.

    Were the old one moved, a browser that does not know of it yet would tell its old place as the learner's wish.
    """
    if st.session_state.get(_slider_key(), stop) != stop:
        st.session_state[SLIDER_NUMBER] += 1
    return _slider_key()


def _slider_key() -> str:
    return f"rate_slider_{st.session_state.setdefault(SLIDER_NUMBER, 0)}"


def _take_slider_rate(slider: str) -> None:
    if slider == _slider_key():
        st.session_state["learning_rate"] = st.session_state[slider]


def _addressed_rate() -> float:
    """The address' learning rate before its widget exists."""
    if "learning_rate" in st.query_params and not _address_problem("learning_rate"):
        return float(st.query_params["learning_rate"])
    return DEFAULTS.learning_rate


def _address_problem(field: str) -> InvalidConfig | None:
    if field not in st.query_params:
        return None
    try:
        RunConfig.from_mapping({field: st.query_params[field]})
    except InvalidConfig as problem:
        return problem
    return None


def _plain(rate: float) -> str:
    return f"{rate:.5f}".rstrip("0").rstrip(".")
