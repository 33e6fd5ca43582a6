"""Which questions this browser's learner has answered, and how: kept like the runs, under the anonymous key."""

from __future__ import annotations

from collections.abc import Mapping

from core.content.quiz import Item
from core.runs.service import RunService
from core.ui.session import owner

RIGHT, WRONG = "r", "w"


def answers(runs: RunService, page: str) -> Mapping[str, str]:
    """How each answered question of a page went the last time, by its key."""
    kept = runs.preference(owner(), _name(page)) or ""
    return dict(pair.split("=", 1) for pair in kept.split(",") if "=" in pair)


def keep_answer(runs: RunService, item: Item, is_right: bool) -> None:
    """Remember how it went; a question missed once comes back in the review until it is answered right."""
    kept = {**answers(runs, item.page), item.key: RIGHT if is_right else WRONG}
    runs.prefer(owner(), _name(item.page), ",".join(f"{key}={how}" for key, how in kept.items()))


def _name(page: str) -> str:
    return f"quiz.{page}"
