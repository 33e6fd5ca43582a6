"""Markdown to plain text, plain text escaped for Markdown, and the width of a text."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

IMAGE_OR_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
DIRECTIVE = re.compile(r":[a-z-]+\[([^\]]*)\]")
MARKS = re.compile(
    r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|`|^#{1,6} |^\s*(?:[-*]|\d+\.) |^\s*\|?[\s:|-]+\|\s*$", re.MULTILINE
)
FORMULA = re.compile(r"\${1,2}(?=\S)([^$]+)(?<=\S)\${1,2}")
FRACTION = re.compile(r"\\frac\{([^{}]*)\}\{([^{}]*)\}")
SIGNS = {r"\times": "×", r"\approx": "≈", r"\text": "", r"\qquad": " "}
COMMAND, BRACES = re.compile(r"\\[a-z]+"), re.compile(r"[{}\\]")
SPACES, DOTS = re.compile(r"\s+"), re.compile(r"…{3,}")
LINK = re.compile(r"(?<=://)|(?<=www)(?=\.)|(?<=@)", re.IGNORECASE)  # what Markdown turns into links, even if escaped
JOINER = "\u2060"  # invisible, and not allowed in a URL
SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&@/])")


def plain(markdown: str) -> str:
    """The text without its markup, on one line."""
    text = FORMULA.sub(_spoken, DIRECTIVE.sub(r"\1", IMAGE_OR_LINK.sub(r"\1", markdown)))
    return " ".join(DOTS.sub("…", MARKS.sub("", text).replace("|", " ")).split())


def _spoken(formula: re.Match[str]) -> str:
    """The words and symbols of a formula, without its typesetting commands."""
    text = FRACTION.sub(r"\1 / \2", formula[1])
    return BRACES.sub("", COMMAND.sub(lambda command: SIGNS.get(command[0], command[0][1:]), text))


def escaped(text: str) -> str:
    """Any text, escaped so that Markdown shows it literally."""
    return SPECIAL.sub(r"\\\1", LINK.sub(JOINER, SPACES.sub(" ", text)))


def columns(text: str) -> int:
    """The width of a text in monospaced columns, two for each Chinese character."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
