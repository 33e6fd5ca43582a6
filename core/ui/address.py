"""Choices in the address by their stable names, whatever language their labels are in and whether they are drawn.

Streamlit's own binding of a widget to the address writes the label that it shows, and forgets what is not drawn.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.ui.following import renew_named

T = TypeVar("T")
Named = TypeVar("Named", str, int, float)

KEPT = "kept_choice_"  # before a key: its _Kept
DRAWN = "drawn_widgets"  # the keys of the widgets that the last script drew; none if a newer script broke it off
KNOWN = "known_widgets"  # those of which the browser holds the value: drawn by the last script, or told by this one
ANSWER = "choice_"  # before the keys of widgets that the address does not tell, and whose labels have a language
VISIT = "visit"  # (address of the page, how many times a reader came to a page)
_TOGETHER = ContextVar[dict[str, str | None] | None]("together", default=None)  # what waits to be written at once
ADDRESS_LAG_S = 10.0  # so long a slow browser may still tell an address from before it was written to


@dataclass(frozen=True)
class _Kept:
    """What a key held in a visit; what the browser may still tell of the time before the address was written to, and
    when that was. That stays for a while: a script may be told what an earlier one wrote, by no browser."""

    value: Any
    visit: int
    overwritten: frozenset[str | None] = frozenset()
    written_at: float = -math.inf

    def is_old(self, told: str | None) -> bool:
        """Whether that is no wish of the reader, but an address that the browser has not changed yet."""
        return told in self.overwritten and time.monotonic() - self.written_at < ADDRESS_LAG_S


@contextmanager
def script() -> Iterator[None]:
    """Around all that a script does. Streamlit tells the browser new values only, and not all of a widget that was
    away for a while, so `addressed` must know which ones the browser holds."""
    st.session_state[KNOWN] = st.session_state.pop(DRAWN, set())
    _trust_after_back()
    yield
    if context := get_script_run_ctx():
        st.session_state[DRAWN] = set(context.shared.widget_user_keys_this_run.snapshot())


def addressed(key: str, default: T, parse: Callable[[str], T]) -> T:
    """The value of the widget `key`, which is drawn after this call and without a default of its own, or not at all.

    It follows the address when that was opened or gone back to, and the address follows it otherwise. On coming to a
    page the value is as it was left. `parse` reads the address' text; where it raises ValueError, the default counts.
    """
    held: _Kept = st.session_state.get(KEPT + key, _Kept(default, 0))
    told, now = st.query_params.get(key), visit()
    asked = default if told is None else _parsed(told, default, parse)
    came, is_unknown = key not in st.session_state or held.visit != now, _is_unknown(key)
    if came:
        value = held.value if told is None else asked
    elif asked == held.value or held.is_old(told):
        value = held.value if st.session_state[key] is None else st.session_state[key]
    else:
        value = asked
    # A browser that comes back must be told, even what is as it was; what a reader has just chosen it tells us.
    if came or st.session_state[key] != value or (is_unknown and value == held.value):
        st.session_state[key] = value
    text, text_before = (None if each == default else address_text(each) for each in (value, held.value))
    if told != text or (value != held.value and held.is_old(told)):  # an address of before may be the same once more
        _write(key, text)
        on_its_way = held.overwritten | {told, text_before}
        st.session_state[KEPT + key] = _Kept(value, now, on_its_way, time.monotonic())
    elif came or value != held.value:
        st.session_state[KEPT + key] = _Kept(value, now)
    return value


def addressed_flag(key: str) -> bool:
    """The same for what is off at first."""
    return addressed(key, False, lambda text: text == "true")


def addressed_choice(key: str, options: Container[Named], default: Named) -> Named:
    """The same for one of a few names or numbers."""

    def parse(text: str) -> Named:
        if (value := type(default)(text)) not in options:
            raise ValueError(text)
        return value

    if key in st.session_state and st.session_state[key] not in options and (held := st.session_state.get(KEPT + key)):
        st.session_state[key] = held.value  # Streamlit knows a choice by its label, and that is another one now
    value = addressed(key, default, parse)
    if value not in options:  # what was left here is not offered any more
        put(key, default)
        return default
    return value


@contextmanager
def written_together() -> Iterator[None]:
    """What `addressed` writes to the address within this is one entry of the browser's history: one Back undoes it."""
    texts: dict[str, str | None] = {}
    before = _TOGETHER.set(texts)
    try:
        yield
    finally:
        _TOGETHER.reset(before)
    if texts:
        told = st.query_params.to_dict() | texts
        st.query_params.from_dict({key: text for key, text in told.items() if text is not None})


def address_text(value: object) -> str:
    """A value as the address tells it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def put(key: str, value: object) -> None:
    """Set what a widget holds, whatever the address says; before it is drawn, or in a callback."""
    st.session_state[key] = value
    st.session_state[KEPT + key] = _Kept(value, visit(), frozenset({st.query_params.get(key)}), time.monotonic())


def keep_choices() -> None:
    """For another language, before the page is drawn in it: Streamlit knows a choice by its label."""
    for name, held in list(st.session_state.items()):
        key = str(name).removeprefix(KEPT)
        if key != name and key != "lang" and key in st.session_state:
            st.session_state[key] = held.value
        elif name == key and key.startswith(ANSWER):
            st.session_state[key] = held
    renew_named()


def _trust_after_back() -> None:
    """Where the reader has just gone back or forth, no address that the browser tells is one from before that."""
    if has_gone_back():
        for name, held in list(st.session_state.items()):
            if isinstance(held, _Kept) and held.overwritten:
                st.session_state[name] = _Kept(held.value, held.visit)


def has_gone_back() -> bool:
    """Whether the reader has just gone back or forth in the browser's history."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _is_unknown(key: str) -> bool:
    """Whether the browser does not hold the value yet; asked once a script, as a drawn widget takes no more values."""
    known: set[str] = st.session_state.setdefault(KNOWN, set())
    is_unknown = key not in known
    known.add(key)
    return is_unknown


def visit() -> int:
    """Which visit to a page this is; going from page to page and back makes a new one."""
    page, count = st.session_state.get(VISIT, (None, 0))
    if page != st.context.url:
        st.session_state[VISIT] = (st.context.url, count := count + 1)
    return int(count)


def _parsed(told: str, default: Any, parse: Callable[[str], Any]) -> Any:
    try:
        return parse(told)
    except ValueError:
        return default


def _write(key: str, text: str | None) -> None:
    if (together := _TOGETHER.get()) is not None:
        together[key] = text
    elif text is None:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = text
