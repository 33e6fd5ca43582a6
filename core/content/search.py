"""Search over all content in both languages: texts, questions, terms, tools and models.

Letters are compared case-folded, full-width ones as normal ones; every word of the query must occur, also inside other
words, as Chinese has no spaces. A file that cannot be read is left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache

from core.content import quiz
from core.content.glossary import glossary
from core.content.pages import INTRO, page_names, page_text
from core.content.plain import plain
from core.content.words import languages, texts
from core.errors import ContentError
from core.facts.tables import Row, table

KINDS = ("page", "question", "term", "tool", "model")
MAX_QUERY_CHARS = 100
MAX_HITS = 30
BEFORE_CHARS, AFTER_CHARS = 50, 110
MODELS_PAGE, TERMS_PAGE = "home", "train"
Text = Mapping[str, str]


@dataclass(frozen=True)
class Entry:
    """Something to find: its page, and its title and text by language; `address` makes the link more specific."""

    kind: str
    page: str
    title: Text
    text: Text
    address: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hit:
    """An entry with an excerpt around the first match, split into before, match and after."""

    entry: Entry
    language: str
    before: str
    found: str
    after: str


def search(query: str, language: str) -> list[Hit]:
    """Entries with every word of the query, title matches first; each once, preferably in the reader's language."""
    words = folded(query[:MAX_QUERY_CHARS]).split()
    if not words:
        return []
    order = sorted(languages(), key=lambda each: each != language)
    hits = [hit for entry in index() if (hit := _hit(entry, words, order))]
    return sorted(hits, key=lambda hit: (not _is_titled(hit, words), KINDS.index(hit.entry.kind)))


def folded(text: str) -> str:
    """The text folded for comparison, with its length unchanged, so that positions correspond."""
    return "".join(_letter(letter) for letter in text)


@cache
def index() -> tuple[Entry, ...]:
    """Everything that can be found."""
    makers: tuple[Callable[[], Iterator[Entry]], ...] = (_pages, _questions, _terms, _tools, _models)
    found: list[Entry] = []
    for make in makers:
        with suppress(ContentError, OSError):
            found += make()
    return tuple(found)


def page_title(page: str, language: str) -> str:
    """A page as the navigation names it."""
    return texts(language).get(f"{page}.nav", page)


def _letter(letter: str) -> str:
    as_plain = unicodedata.normalize("NFKC", letter).casefold()
    return as_plain if len(as_plain) == 1 else letter


def _hit(entry: Entry, words: list[str], order: list[str]) -> Hit | None:
    for language in order:
        title, text = entry.title.get(language, ""), entry.text.get(language, "")
        if all(word in folded(f"{title}\n{text}") for word in words):
            return _cut(entry, language, text, words)
    return None


def _cut(entry: Entry, language: str, text: str, words: list[str]) -> Hit:
    place, word = min(((at, word) for word in words if (at := folded(text).find(word)) >= 0), default=(0, ""))
    start, end = max(0, place - BEFORE_CHARS), place + len(word)
    before = ("…" if start else "") + text[start:place]
    after = text[end : end + AFTER_CHARS] + ("…" if end + AFTER_CHARS < len(text) else "")
    return Hit(entry, language, before, text[place:end], after)


def _is_titled(hit: Hit, words: list[str]) -> bool:
    title = folded(hit.entry.title.get(hit.language, ""))
    return all(word in title for word in words)


def _pages() -> Iterator[Entry]:
    for name in page_names():
        sections: dict[str, dict[str, tuple[str, str]]] = {}
        for language in languages():
            with suppress(ContentError):
                for key, part in _sections(name, language).items():
                    sections.setdefault(key, {})[language] = part
        for parts in sections.values():
            title = {language: title for language, (title, _) in parts.items()}
            yield Entry("page", name, title, {language: text for language, (_, text) in parts.items()})


def _sections(name: str, language: str) -> dict[str, tuple[str, str]]:
    """The title and the plain text of a page's sections, by key."""
    page, found = page_text(name, language), dict[str, tuple[str, str]]()
    for key, section in page.sections.items():
        text = page.filled_claim + " " + page.text(key) if key == INTRO else page.text(key)
        title = page_title(name, language) + (f" · {plain(section.title)}" if section.title else "")
        found[key] = (title, plain(text))
    return found


def _questions() -> Iterator[Entry]:
    for page, items in quiz.readable().items():
        for item in items:
            parts = [item.question, *(choice.text for choice in item.choices), item.explanation]
            with suppress(ContentError):
                said = {each: [plain(quiz.say(part, each, page)) for part in parts] for each in languages()}
                title = {language: page_title(page, language) for language in said}
                yield Entry("question", page, title, {language: " ".join(texts) for language, texts in said.items()})


def _terms() -> Iterator[Entry]:
    homes = _pages_of_terms()
    for name, term in glossary().items():
        both = " · ".join(dict.fromkeys(term.name.values()))
        yield Entry("term", homes.get(name, TERMS_PAGE), dict.fromkeys(languages(), both), term.meaning)


def _pages_of_terms() -> dict[str, str]:
    """The first page that names a term as its own."""
    homes: dict[str, str] = {}
    for page in page_names():
        with suppress(ContentError):
            for name in page_text(page, "en").terms:
                homes.setdefault(name, page)
    return homes


def _tools() -> Iterator[Entry]:
    for row in table("tools").values():
        text = {each: " ".join((row.text("what_for", each), row.text("size", each))) for each in languages()}
        yield Entry("tool", "tools", _named(row), text, {"tool_field": row["category"]})


def _models() -> Iterator[Entry]:
    for row in table("landmark_models").values():
        text = f"{row['organisation']} · {row['published']}"
        yield Entry("model", MODELS_PAGE, _named(row), dict.fromkeys(languages(), text), {"card": row["key"]})


def _named(row: Row) -> Text:
    return dict.fromkeys(languages(), str(row["name"]))
