"""Figures in texts: `{{table/key/column}}` or `{{computed/name}}`, each with an optional format `|how`.

As no figure is typed by hand, a text and a chart cannot disagree, and every figure can be traced to its source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.content.numbers import number_text
from core.errors import ContentError
from core.facts.tables import table
from core.survey.computed import COMPUTED

FIGURE = re.compile(r"\{\{([^{}|]+)(?:\|([^{}]*))?\}\}")
LAB = "lab_runs"  # the table of the lab's own measurements


@dataclass(frozen=True)
class Source:
    """Where a figure comes from; `computed` is the text key that explains a computed one."""

    text: str
    url: str
    computed: str = ""


def fill(text: str, language: str, file: str = "", line: int = 1) -> str:
    """The text with its figures filled in. Raises ContentError for a missing one."""

    def figure(found: re.Match[str]) -> str:
        try:
            return _written(_value(found[1]), found[2] or "", language)
        except (KeyError, ValueError) as problem:
            at = line + text.count("\n", 0, found.start())
            raise ContentError(file or "text", at, f"no figure {found[0]} ({problem})") from None

    return FIGURE.sub(figure, text)


def sources(texts: Iterable[str]) -> list[Source]:
    """Each source of the texts' figures once, in the order of their first use."""
    found: dict[Source, None] = {}
    for text in texts:
        for match in FIGURE.finditer(text):
            found.update(dict.fromkeys(_sources(match[1])))
    return list(found)


def _value(where: str) -> Any:
    parts = where.strip().split("/")
    if parts[0] == "computed":
        return COMPUTED[parts[1]].value()
    name, key, column = parts
    value = table(name)[key][column]
    if value is None:
        raise KeyError("the cell is empty")
    return value


def _written(value: Any, how: str, language: str) -> str:
    if how == "year":
        return str(value)[:4]
    return number_text(value, how, language) if isinstance(value, float | int) else str(value)


def _sources(where: str) -> list[Source]:
    parts = where.strip().split("/")
    if parts[0] == "computed":
        computed = COMPUTED[parts[1]]
        return [Source(f"data/facts/{computed.table}.csv", "", computed.about)]
    if parts[0] == LAB:
        return [Source(f"data/facts/{LAB}.csv", "", LAB)]
    row = table(parts[0])[parts[1]]
    return [Source(str(row["source"]), str(row["source_url"] or ""))]
