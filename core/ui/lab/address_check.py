"""Invalid values in the address: reported with their limit, and removed from the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from core import catalog
from core.config import RunConfig, choices, is_choice, limits, plain
from core.content.plain import escaped
from core.content.presets import presets
from core.content.words import Words
from core.datasets.prepared import is_gone
from core.errors import InvalidConfig
from core.ui.lab.chosen import Level
from core.ui.lab.tour import STEPS
from core.ui.shell import is_at, page_file

PROBLEMS = "address_problems"
# Names in the address that are not settings of a run, and their allowed values.
NAMES: Mapping[str, Callable[[], tuple[str, ...]]] = {
    "level": lambda: tuple(Level),
    "preset": lambda: tuple(presets()),
    "tour": lambda: tuple(map(str, STEPS)),
    "view": lambda: ("present",),
}


def drop_address_problems(page: str) -> None:
    """Remove invalid values from the address before the widgets read it, and remember them."""
    problems = {name: problem for name in (*RunConfig.model_fields, *NAMES) if (problem := _problem(name))}
    if problems:
        st.session_state[PROBLEMS] = list(problems.values())
        sound = {key: value for key, value in st.query_params.items() if key not in problems}
        st.switch_page(page_file(page), query_params=sound)


def show_address_problems(say: Words) -> None:
    """Show once, in one box, which values of the address were rejected."""
    problems: list[InvalidConfig] = st.session_state.pop(PROBLEMS, [])
    if not problems:
        return
    sentences = [_limit_sentence(say, problem) for problem in problems]
    text = sentences[0] if len(sentences) == 1 else "\n".join(f"- {each}" for each in sentences)
    if is_at("train") and any(problem.field not in NAMES for problem in problems):
        text += say("language.gap") if len(sentences) == 1 else "\n\n"
        text += say("errors.nothing_started")
    st.error(text, icon=":material/link_off:")


def invalid_text(say: Words, problem: InvalidConfig) -> str:
    """A setting's limit and the rejected value, in the reader's language, and that nothing else was lost."""
    return say("language.gap").join([_limit_sentence(say, problem), say("errors.nothing_started")])


def _limit_sentence(say: Words, problem: InvalidConfig) -> str:
    field, got = str(problem.field), escaped(str(problem.got))
    if field in NAMES:
        return _unknown(say, say(f"address.{field}"), NAMES[field](), got)
    label, kind = say(f"fields.{field}.label"), RunConfig.model_fields[field].annotation
    if field == "dataset" and catalog.is_own(str(problem.got)):
        return say("own.gone_link")
    if is_choice(field) or kind is bool:
        return _unknown(say, label, choices(field) if is_choice(field) else ("true", "false"), got)
    low, high = limits(field)
    key = "errors.out_of_range_whole" if kind is int else "errors.out_of_range_number"
    return say(key, field=label, low=plain(low), high=plain(high), got=got)


def _unknown(say: Words, label: str, known: Sequence[str], got: str) -> str:
    codes = say("language.comma").join(f"`{name}`" for name in known)
    return say("errors.unknown_choice", field=label, known=codes, got=got)


def _problem(name: str) -> InvalidConfig | None:
    if name not in st.query_params:
        return None
    text = st.query_params[name]
    if len(every := st.query_params.get_all(name)) > 1:
        text = " & ".join(every)  # given twice: unclear which one is meant
    if name in NAMES:
        known = NAMES[name]()
        return None if text in known else InvalidConfig(name, "one of " + ", ".join(known), text)
    try:
        RunConfig.from_mapping({name: text})
    except InvalidConfig as problem:
        return problem
    if name == "dataset" and is_gone(text):
        return InvalidConfig(name, "a data set that is here", text)
    return None
