"""Widget values in the address, by stable names, whatever the language and whether or not the widget is drawn.

Streamlit's own binding of widgets to query parameters writes the displayed label, and drops what is not drawn.
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
DRAWN = "drawn_widgets"  # keys of the widgets that the last script run drew; none if a newer one interrupted it
KNOWN = "known_widgets"  # those whose value the browser has: drawn by the last script run, or set in this one
ANSWER = "choice_"  # key prefix of widgets that are not in the address but whose labels are translated
VISIT = "visit"  # (address of the page, how many times a reader came to a page)
_TOGETHER = ContextVar[dict[str, str | None] | None]("together", default=None)  # waits to be written in one go
ADDRESS_LAG_S = 10.0  # how long a slow browser may still report the address from before a write


@dataclass(frozen=True)
class _Kept:
    """The value of a key in a visit, with the texts that the browser may still report from before the address was last
    written, and the time of that write. They are kept for a while, as a script run may get an outdated address."""

    value: Any
    visit: int
    overwritten: frozenset[str | None] = frozenset()
    written_at: float = -math.inf

    def is_old(self, text: str | None) -> bool:
        """Whether the text is not the reader's choice but an address that the browser has not updated yet."""
        return text in self.overwritten and time.monotonic() - self.written_at < ADDRESS_LAG_S


@contextmanager
def script() -> Iterator[None]:
    """Wraps a whole script run. Streamlit sends the browser only changed values, which is not enough for a widget that
    was not drawn for a while, so `addressed` must know which values the browser has."""
    st.session_state[KNOWN] = st.session_state.pop(DRAWN, set())
    _trust_after_back()
    yield
    if context := get_script_run_ctx():
        st.session_state[DRAWN] = set(context.shared.widget_user_keys_this_run.snapshot())


def addressed(key: str, default: T, parse: Callable[[str], T]) -> T:
    """The value of the widget `key`, which must be drawn after this call and without its own default, or not at all.

    It follows the address when that is opened or returned to; otherwise the address follows it. On a return to a page
    the value is as it was left. `parse` reads the text in the address; if it raises ValueError, the default is used.
    """
    held: _Kept = st.session_state.get(KEPT + key, _Kept(default, 0))
    given, now = st.query_params.get(key), visit()
    asked = default if given is None else _parsed(given, default, parse)
    came, is_unknown = key not in st.session_state or held.visit != now, _is_unknown(key)
    if came:
        value = held.value if given is None else asked
    elif asked == held.value or held.is_old(given):
        value = held.value if st.session_state[key] is None else st.session_state[key]
    else:
        value = asked
    # A browser that returns must be sent even an unchanged value; but a value just chosen came from the browser.
    if came or st.session_state[key] != value or (is_unknown and value == held.value):
        st.session_state[key] = value
    text, text_before = (None if each == default else address_text(each) for each in (value, held.value))
    if given != text or (value != held.value and held.is_old(given)):  # an old address may happen to be right again
        _write(key, text)
        on_its_way = held.overwritten | {given, text_before}
        st.session_state[KEPT + key] = _Kept(value, now, on_its_way, time.monotonic())
    elif came or value != held.value:
        st.session_state[KEPT + key] = _Kept(value, now)
    return value


def addressed_flag(key: str) -> bool:
    """The same for a switch that is off by default."""
    return addressed(key, False, lambda text: text == "true")


def addressed_choice(key: str, options: Container[Named], default: Named) -> Named:
    """The same for one of a few names or numbers."""

    def parse(text: str) -> Named:
        if (value := type(default)(text)) not in options:
            raise ValueError(text)
        return value

    if key in st.session_state and st.session_state[key] not in options and (held := st.session_state.get(KEPT + key)):
        st.session_state[key] = held.value  # Streamlit identifies a choice by its label, which has changed
    value = addressed(key, default, parse)
    if value not in options:  # the earlier choice is no longer offered
        put(key, default)
        return default
    return value


@contextmanager
def written_together() -> Iterator[None]:
    """Make the address changes of `addressed` one entry of the browser's history, so that one Back undoes them. Within
    another such block they are part of its entry."""
    if _TOGETHER.get() is not None:
        yield
        return
    texts: dict[str, str | None] = {}
    before = _TOGETHER.set(texts)
    try:
        yield
    finally:
        _TOGETHER.reset(before)
    if texts:
        merged = st.query_params.to_dict() | texts
        st.query_params.from_dict({key: text for key, text in merged.items() if text is not None})


def address_text(value: object) -> str:
    """A value as text in the address."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def put(key: str, value: object) -> None:
    """Set the value of a widget, whatever the address says; call it before the widget is drawn, or in a callback."""
    st.session_state[key] = value
    st.session_state[KEPT + key] = _Kept(value, visit(), frozenset({st.query_params.get(key)}), time.monotonic())


def keep_choices() -> None:
    """Call before drawing the page in another language, as Streamlit identifies a choice by its label."""
    for name, held in list(st.session_state.items()):
        key = str(name).removeprefix(KEPT)
        if key != name and key != "lang" and key in st.session_state:
            st.session_state[key] = held.value
        elif name == key and key.startswith(ANSWER):
            st.session_state[key] = held
    renew_named()


def _trust_after_back() -> None:
    """After the reader has gone back or forward, the address that the browser reports is current."""
    if has_gone_back():
        for name, held in list(st.session_state.items()):
            if isinstance(held, _Kept) and held.overwritten:
                st.session_state[name] = _Kept(held.value, held.visit)


def has_gone_back() -> bool:
    """Whether the reader has just gone back or forward in the browser's history."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _is_unknown(key: str) -> bool:
    """Whether the browser does not have the value yet; True at most once per script run and key."""
    known: set[str] = st.session_state.setdefault(KNOWN, set())
    is_unknown = key not in known
    known.add(key)
    return is_unknown


def visit() -> int:
    """A counter of page visits; leaving a page and returning makes a new one."""
    page, count = st.session_state.get(VISIT, (None, 0))
    if page != st.context.url:
        st.session_state[VISIT] = (st.context.url, count := count + 1)
    return int(count)


def _parsed(text: str, default: Any, parse: Callable[[str], Any]) -> Any:
    try:
        return parse(text)
    except ValueError:
        return default


def _write(key: str, text: str | None) -> None:
    if (together := _TOGETHER.get()) is not None:
        together[key] = text
    elif text is None:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = text
