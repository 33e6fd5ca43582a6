"""Comments of an exported program, translated and wrapped."""

from __future__ import annotations

import re

from core.content.plain import columns
from core.content.words import Words

WIDTH = 88  # columns; a Chinese character takes two
COMMENT_PLACE = re.compile(r"^( *)# @(\w+)$", re.MULTILINE)
OUTPUT_PLACE = re.compile(r"@(\w+)\[(.+?)\]")
# Unbreakable units: a run of Latin letters or one Chinese character, with adjacent punctuation.
UNBREAKABLE = re.compile(r"\s+|[“（《]*(?:[^\s\u2e80-\uffef“”…]+|[\u2e80-\uffef])[，。、；：？！）”》…]*|.")


def worded(code: str, say: Words) -> str:
    """Replace a line `# @key` with a comment, and `@key[value]` in a string with the text of an output."""
    code = COMMENT_PLACE.sub(lambda place: comment(say(f"export.comments.{place[2]}"), place[1]), code)
    return OUTPUT_PLACE.sub(lambda place: say(f"export.output.{place[1]}", n=place[2]), code)


def comment(text: str, indent: str = "") -> str:
    """A text as comment lines."""
    return "\n".join(f"{indent}# {line}" for line in wrapped(text, WIDTH - len(indent) - 2))


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns, broken where the language allows it."""
    lines = [""]
    for part in UNBREAKABLE.findall(text.strip()):
        if columns(lines[-1] + part.rstrip()) > width and lines[-1].strip():
            lines.append("")
        lines[-1] += part if lines[-1] else part.lstrip()
    return [line.rstrip() for line in lines]
