"""The survey's texts: `data/content/<language>/<page>.md`, in named sections.

A file begins with its claim (`# One sentence`), then the text next to the chart; `## key` or `## key: Title` begins
each further section. A line `terms: a, b` lists the page's terms by their English names in the glossary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.content import figures
from core.errors import ContentError
from core.settings import PROJECT

FOLDER = PROJECT / "data" / "content"
HEADING = re.compile(r"^## ([a-z0-9_]+)(?:: (.+))?$")
INTRO = "intro"


@dataclass(frozen=True)
class Section:
    """A part of a page: its title (may be empty), and its Markdown before figures are filled in."""

    key: str
    title: str
    text: str
    line: int


@dataclass(frozen=True)
class PageText:
    """One page in one language."""

    name: str
    language: str
    claim: str
    terms: tuple[str, ...]
    sections: Mapping[str, Section]

    @property
    def file(self) -> str:
        return f"content/{self.language}/{self.name}.md"

    def text(self, key: str) -> str:
        """A section's Markdown with its figures. Raises ContentError for an unknown key."""
        section = self.section(key)
        return figures.fill(section.text, self.language, self.file, section.line)

    def section(self, key: str) -> Section:
        if key not in self.sections:
            raise ContentError(self.file, 1, f"no section {key}")
        return self.sections[key]

    @property
    def filled_claim(self) -> str:
        return figures.fill(self.claim, self.language, self.file)

    def sources(self) -> list[figures.Source]:
        return figures.sources([self.claim, *(section.text for section in self.sections.values())])


@cache
def page_text(name: str, language: str, folder: Path = FOLDER) -> PageText:
    """Raises ContentError with the file and the line."""
    path = folder / language / f"{name}.md"
    file = f"content/{language}/{name}.md"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise ContentError(file, 1, str(problem)) from problem
    if not lines or not lines[0].startswith("# "):
        raise ContentError(file, 1, "the first line is not the claim, `# ...`")
    terms, sections = _sections(lines, file)
    return PageText(name, language, lines[0][2:].strip(), terms, sections)


def page_names(folder: Path = FOLDER) -> list[str]:
    """Every page that has a text in any language."""
    return sorted({path.stem for path in folder.glob("*/*.md")})


def _sections(lines: list[str], file: str) -> tuple[tuple[str, ...], dict[str, Section]]:
    terms: tuple[str, ...] = ()
    sections: dict[str, Section] = {}
    key, title, start, body = INTRO, "", 2, list[str]()
    for number, line in enumerate([*lines[1:], "## end"], 2):
        if line.startswith("terms: ") and key == INTRO:
            terms = tuple(term.strip() for term in line.removeprefix("terms: ").split(","))
        elif not line.startswith("## "):
            body.append(line)
        elif not (heading := HEADING.match(line)):
            raise ContentError(file, number, "a heading is `## key` or `## key: Title`")
        else:
            if key in sections:
                raise ContentError(file, start, f"a second section {key}")
            sections[key] = Section(key, title, "\n".join(body).strip(), start)
            key, title, start, body = heading[1], heading[2] or "", number, []
    return terms, sections
