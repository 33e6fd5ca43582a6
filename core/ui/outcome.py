"""What happened: sentences from the run's own numbers, the guess beside the truth, and trouble with a way out."""

from __future__ import annotations

import streamlit as st

from core.config import RunConfig
from core.content.words import Words
from core.datasets.prepared import is_prepared, read_meta
from core.diagnosis.numbers import RunNumbers, numbers_of
from core.diagnosis.shape import GUESSES, guess_told, shape_of
from core.diagnosis.story import TOLD_BY_LOSS, story
from core.diagnosis.trouble import Trouble, find_trouble
from core.runs.service import RunService
from core.runs.views import RunView
from core.ui.chosen import put_config
from core.ui.controls import attempt, start
from core.ui.presets import watch_text
from core.ui.session import REPLAY


def outcome_tab(say: Words, runs: RunService, shown: RunView, config: RunConfig) -> None:
    """For a run that is over, its story; before, only what cannot heal."""
    numbers = run_numbers(runs, shown)
    if numbers is None:
        return
    if st.session_state.get(REPLAY) == shown.id:
        st.caption(say("after.going"))
        return
    trouble = find_trouble(numbers)
    if shown.is_final:
        st.markdown(say("language.gap").join(say(key, **facts) for key, facts in story(numbers)))
        _guess(say, shown, numbers, trouble)
        if shown.config.config_id == config.config_id:
            st.caption(watch_text(say, config))
    elif not trouble:
        st.caption(say("after.going"))
    if trouble:
        _trouble(say, runs, trouble)


def run_numbers(runs: RunService, view: RunView) -> RunNumbers | None:
    """All that was measured of a run; None where its data set is not here any more."""
    if not is_prepared(view.config.dataset):
        return None
    meta = read_meta(view.config.dataset)
    return numbers_of(view, runs.curve(view.id), meta["num_images"] - meta["num_train"])


def _guess(say: Words, shown: RunView, numbers: RunNumbers, trouble: Trouble | None) -> None:
    shape = shape_of(numbers)
    if shape is None or shown.guess not in GUESSES:
        return
    has_collapsed = trouble is not None and trouble.kind == "collapsed"
    key, places = guess_told(shown.guess, shape, has_collapsed)
    icon = ":material/check_circle:" if shown.guess == shape else ":material/lightbulb:"
    st.info(say(key, **{place: say(words) for place, words in places.items()}), icon=icon)


def _trouble(say: Words, runs: RunService, trouble: Trouble) -> None:
    """What the story does not tell already, and one button to try again."""
    told = _evidence(say, trouble) if trouble.kind in TOLD_BY_LOSS else say(trouble.cause_key)
    changes = say("after.and").join(say(key, **facts) for key, facts in trouble.changes_told())
    with st.container(border=True, key="trouble"):
        st.markdown(f":material/troubleshoot: **{say(trouble.key('title'))}**  \n{told}")
        st.button(
            say(trouble.key("retry"), changes=changes), key="retry", icon=":material/restart_alt:",
            on_click=attempt, args=(_retry, runs, trouble.retry),
        )  # fmt: skip


def _evidence(say: Words, trouble: Trouble) -> str:
    places = {place: say(key, **facts) for place, (key, facts) in trouble.places_told().items()}
    return say(trouble.key("text"), **trouble.evidence, **places)


def _retry(runs: RunService, config: RunConfig) -> None:
    put_config(config)
    start(runs, config)
