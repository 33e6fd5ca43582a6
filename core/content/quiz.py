"""Questions with feedback, in the order of `data/quiz/<page>.toml`.

Kinds: `choose` one, `unsupported` (which claim does the chart not support?), `several` right ones, put in `order` (the
file has the right one), and `estimate` a number, right within its tolerance and close within three times that.
"""

from __future__ import annotations

import math
import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.content import figures
from core.content.numbers import number_text
from core.content.words import DEFAULT_LANGUAGE
from core.errors import ContentError
from core.settings import PROJECT

FOLDER = PROJECT / "data" / "quiz"
KINDS = ("choose", "unsupported", "several", "order", "estimate")
CLOSE = 3  # times the tolerance
Text = Mapping[str, str]


@dataclass(frozen=True)
class Choice:
    """One answer to choose or to put in order; `feedback` is shown to those who choose it."""

    text: Text
    right: bool
    feedback: Text


@dataclass(frozen=True)
class Item:
    """A question. An estimate has `answer`, `low` and `high` (what counts as right) and a unit instead of choices."""

    key: str
    page: str
    kind: str
    question: Text
    choices: tuple[Choice, ...]
    explanation: Text
    answer: float = math.nan
    low: float = math.nan
    high: float = math.nan
    unit: Text | None = None

    def shuffled(self) -> list[int]:
        """The indices of the choices as shown: the same for everybody, and never already in order."""
        places = list(range(len(self.choices)))
        random.Random(self.key).shuffle(places)
        return places[::-1] if self.kind == "order" and places == sorted(places) else places

    def is_right(self, chosen: Sequence[int]) -> bool:
        """Whether these indices, in this order, answer a question with choices."""
        if self.kind == "order":
            return list(chosen) == list(range(len(self.choices)))
        return set(chosen) == {place for place, choice in enumerate(self.choices) if choice.right}

    def closeness(self, guess: float) -> str:
        """`right`, `close` or `far`; by ratio, so that half is as far as double."""
        if self.low <= guess <= self.high:
            return "right"
        low, high = (self.answer * (end / self.answer) ** CLOSE for end in (self.low, self.high))
        return "close" if low <= guess <= high else "far"


def say(text: Text, language: str, page: str) -> str:
    """A question's text in a language, with its figures."""
    return figures.fill(text.get(language, text[DEFAULT_LANGUAGE]), language, f"quiz/{page}.toml")


def with_unit(item: Item, value: float, language: str) -> str:
    """A number with the unit of an estimate, separated by a space only before Latin letters."""
    unit = say(item.unit, language, item.page) if item.unit else ""
    gap = " " if unit.isascii() and unit != "%" else ""
    return f"{number_text(value, language=language)}{gap}{unit}".strip()


@cache
def quiz(page: str, folder: Path = FOLDER) -> tuple[Item, ...]:
    """The questions of a page. Raises ContentError with the file and, if known, the line."""
    path = folder / f"{page}.toml"
    file = f"quiz/{page}.toml"
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as problem:
        raise ContentError(file, 1, str(problem)) from problem
    except tomllib.TOMLDecodeError as problem:
        line = re.search(r"line (\d+)", str(problem))
        raise ContentError(file, int(line[1]) if line else 1, str(problem)) from problem
    return tuple(_item(page, key, entry, file, _line_of(text, key)) for key, entry in tables.items())


def readable(folder: Path = FOLDER) -> Mapping[str, tuple[Item, ...]]:
    """The questions of each page whose file can be read, by page."""
    found: dict[str, tuple[Item, ...]] = {}
    for path in sorted(folder.glob("*.toml")):
        with suppress(ContentError):
            found[path.stem] = quiz(path.stem, folder)
    return found


def _line_of(text: str, key: str) -> int:
    return text[: max(0, text.find(f"[{key}]"))].count("\n") + 1


def _item(page: str, key: str, entry: Any, file: str, line: int) -> Item:
    try:
        kind = entry["kind"]
        if kind not in KINDS:
            raise ValueError(f"kind is none of {', '.join(KINDS)}")
        choices = tuple(
            Choice(each["text"], bool(each.get("right", False)), each.get("feedback", {}))
            for each in entry.get("choice", ())
        )
        item = Item(key, page, kind, entry["question"], choices, entry["explanation"], **_estimate(kind, entry))
        _check(item)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise ContentError(file, line, f"{key}: {problem}") from problem
    return item


def _estimate(kind: str, entry: Any) -> dict[str, Any]:
    if kind != "estimate":
        return {}
    return {name: float(entry[name]) for name in ("answer", "low", "high")} | {"unit": entry.get("unit")}


def _check(item: Item) -> None:
    num_right = sum(choice.right for choice in item.choices)
    if item.kind == "estimate":
        if item.low <= 0:
            raise ValueError("low is not above zero")
        if not item.low <= item.answer <= item.high:
            raise ValueError("the answer lies outside of low to high")
    elif item.kind == "order":
        if len(item.choices) < 3:
            raise ValueError("fewer than three things to put in order")
    elif item.kind == "several":
        if not 1 < num_right < len(item.choices):
            raise ValueError("several means two right ones or more, and a wrong one")
    elif num_right != 1:
        raise ValueError(f"{num_right} right answers")
    if item.kind != "order" and not all(choice.feedback for choice in item.choices if not choice.right):
        raise ValueError("a wrong choice has no feedback")
