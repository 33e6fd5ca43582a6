"""Terms in both languages with their meaning: the tables of `docs/glossary.md`, read as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.errors import ContentError
from core.settings import PROJECT

FILE = PROJECT / "docs" / "glossary.md"
COLUMNS = 4


@dataclass(frozen=True)
class Term:
    """One term: its name and its meaning by language."""

    name: Mapping[str, str]
    meaning: Mapping[str, str]


@cache
def glossary(file: Path = FILE) -> Mapping[str, Term]:
    """All terms by their English name. Raises ContentError for a row that is not whole."""
    terms: dict[str, Term] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("| ") or line.startswith("| English"):
            continue
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if len(cells) != COLUMNS or not all(cells):
            raise ContentError(file.name, number, "a term is `| English | 中文 | meaning | 含义 |`")
        english, chinese, meaning, chinese_meaning = cells
        terms[english] = Term({"en": english, "zh": chinese}, {"en": meaning, "zh": chinese_meaning})
    return terms


def term(name: str) -> Term:
    """Raises ContentError for a term that the glossary does not have."""
    found = glossary().get(name)
    if found is None:
        raise ContentError(FILE.name, 1, f"no term {name}")
    return found
