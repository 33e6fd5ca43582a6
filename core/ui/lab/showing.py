"""Which run is on the charts, and how it is described."""

from __future__ import annotations

from core.config import RunConfig
from core.content.numbers import digits
from core.content.words import Words
from core.runs.build import SHOWCASE_OWNER, showcase
from core.runs.service import RunService
from core.runs.views import RunView
from core.ui.lab.run_words import short_date, trained_date
from core.ui.session import shown_run


def shown_view(runs: RunService, config: RunConfig) -> RunView | None:
    """The run in the address; if there is none, the recorded one, unless it would give away these settings' result."""
    if run_id := shown_run():
        return runs.views([run_id]).get(run_id)
    recorded = showcase(runs)
    return None if recorded and recorded.config.path_id == config.path_id else recorded


def shown_text(say: Words, shown: RunView | None, is_mine: bool) -> str:
    """What the charts show, and whether it is training now."""
    if shown is None:
        return say("train.gone" if shown_run() else "train.empty")
    if shown.owner == SHOWCASE_OWNER:
        key = "train.showcase" if shown.is_final else "train.showcase_going"
        return say(key, date=short_date(shown), rate=digits(shown.config.learning_rate))
    if is_mine and shown.recorded:
        return say("train.recorded", date=trained_date(shown))
    if not is_mine:
        return say("train.foreign")
    if shown.shared > 1:
        return say("train.shared", n=shown.shared)
    return say("train.own")
