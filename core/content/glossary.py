"""Terms in every language with their meanings, read from the tables of `docs/glossary.md`.

A table's header has one column per language, by its own name, followed by a column of meanings for each, in the same
order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.content.words import languages
from core.errors import ContentError
from core.settings import PROJECT

FILE = PROJECT / "docs" / "glossary.md"


@dataclass(frozen=True)
class Term:
    """One term: its name and its meaning by language."""

    name: Mapping[str, str]
    meaning: Mapping[str, str]


@cache
def glossary(file: Path = FILE) -> Mapping[str, Term]:
    """All terms by their English name. Raises ContentError for an incomplete row."""
    terms: dict[str, Term] = {}
    codes = {name: code for code, name in languages().items()}
    head: list[str] = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("| "):
            continue
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if cells[0] == "English":
            head = cells
            if not codes.keys() >= set(head[: len(head) // 2]):
                raise ContentError(file.name, number, f"the languages are {', '.join(codes)}")
            continue
        names, meanings = cells[: len(cells) // 2], cells[len(cells) // 2 :]
        if len(cells) != len(head) or not all(cells):
            raise ContentError(file.name, number, f"a term is `| {' | '.join(head)} |`")
        present = [codes[each] for each in head[: len(names)]]
        terms[names[0]] = Term(dict(zip(present, names, strict=True)), dict(zip(present, meanings, strict=True)))
    return terms


def term(name: str) -> Term:
    """A term by its English name. Raises ContentError if the glossary does not have it."""
    found = glossary().get(name)
    if found is None:
        raise ContentError(FILE.name, 1, f"no term {name}")
    return found
