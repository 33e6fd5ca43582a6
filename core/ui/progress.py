"""Which questions this browser's learner has answered, and how: stored like runs, under the anonymous owner."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from core.content.quiz import Item
from core.errors import StoreError
from core.runs.service import RunService
from core.ui.services import services
from core.ui.session import owner

RIGHT, WRONG = "r", "w"


def answers(page: str) -> Mapping[str, str]:
    """The last outcome of each answered question of a page, by its key; empty while there is no store."""
    try:
        return _kept(services().runs, page)
    except StoreError:
        return {}


def keep_answer(item: Item, is_right: bool) -> None:
    """Remember the outcome; a missed question comes back in the review until it is answered correctly."""
    with suppress(StoreError):  # dropped, as in `prefer`
        runs = services().runs
        kept = {**_kept(runs, item.page), item.key: RIGHT if is_right else WRONG}
        runs.prefer(owner(), _name(item.page), ",".join(f"{key}={how}" for key, how in kept.items()))


def _kept(runs: RunService, page: str) -> Mapping[str, str]:
    kept = runs.preference(owner(), _name(page)) or ""
    return dict(pair.split("=", 1) for pair in kept.split(",") if "=" in pair)


def _name(page: str) -> str:
    return f"quiz.{page}"
