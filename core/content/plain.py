"""Markdown made plain, and plain text made safe to show as Markdown."""

from __future__ import annotations

import re

IMAGE_OR_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
DIRECTIVE = re.compile(r":[a-z-]+\[([^\]]*)\]")
MARKS = re.compile(
    r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|`|^#{1,6} |^\s*(?:[-*]|\d+\.) |^\s*\|?[\s:|-]+\|\s*$", re.MULTILINE
)
SPACES, DOTS = re.compile(r"\s+"), re.compile(r"…{3,}")
SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&@/])")


def plain(markdown: str) -> str:
    """The words of a text without its marks, on one line."""
    text = DIRECTIVE.sub(r"\1", IMAGE_OR_LINK.sub(r"\1", markdown))
    return " ".join(DOTS.sub("…", MARKS.sub("", text).replace("|", " ")).split())


def escaped(text: str) -> str:
    """Text that Markdown shows as it stands, whatever it holds."""
    return SPECIAL.sub(r"\\\1", SPACES.sub(" ", text))
