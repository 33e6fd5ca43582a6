"""Labels of earlier runs on the charts: what sets them apart, short enough for the legend."""

from __future__ import annotations

from collections.abc import Sequence

from core.config import RunConfig, is_choice
from core.content.plain import columns
from core.content.words import Words
from core.runs.views import RunView
from core.ui.lab.fields import named, used_value, value_text

MAX_COLUMNS = 20  # characters; a line of the legend on a phone


def ghost_labels(say: Words, main: RunView, ghosts: Sequence[RunView]) -> list[str]:
    """One for each earlier run, different from the main run's and, if possible, from the others'."""
    drawn = [main, *ghosts]
    return [_cut(ghost.name or _apart(say, ghost, [each for each in drawn if each is not ghost])) for ghost in ghosts]


def _apart(say: Words, ghost: RunView, others: Sequence[RunView]) -> str:
    """A setting that no other run shares, or at least not the main one, which comes first."""
    for least in (len(others), 1):
        for field in sorted(RunConfig.model_fields, key=_order):
            value = used_value(ghost.config, field)
            if value is not None and all(used_value(each.config, field) != value for each in others[:least]):
                return _label(say, field, value_text(say, field, value))
    return say("live.trace.ghost")


def _label(say: Words, field: str, value: str) -> str:
    """A setting and its value. The rate, which a class changes most, is short: two labels share a phone's line."""
    return say("live.rate_mark", rate=value) if field == "learning_rate" else named(say, field, value)


def _order(field: str) -> tuple[bool, bool, bool]:
    """Sort order: settings that a class changes first, then numeric ones."""
    return field != "learning_rate", field in ("epochs", "seed"), is_choice(field)


def _cut(label: str) -> str:
    width = 0
    for at, letter in enumerate(label):
        width += columns(letter)
        if width > MAX_COLUMNS:
            return f"{label[: at - 1]}…"
    return label
