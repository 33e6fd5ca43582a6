"""Which names a learner may give to a run."""

from __future__ import annotations

import re

MAX_NAME_CHARS = 80
MARKS = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
# Control characters, direction overrides, and a third accent on a letter: they garble other rows of a list.
UNFIT = re.compile(
    rf"[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|(?<={MARKS}{{2}}){MARKS}"
)


def fitting_name(text: str) -> str:
    """The name without characters that would garble a list, at most `MAX_NAME_CHARS` long."""
    return " ".join(UNFIT.sub("", text).split())[:MAX_NAME_CHARS]
