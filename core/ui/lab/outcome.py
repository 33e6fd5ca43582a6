"""The What happened tab: sentences from the run's numbers, the guess against the result, and trouble with a retry."""

from __future__ import annotations

import streamlit as st

from core.config import RunConfig
from core.content.words import Words
from core.datasets.prepared import images_problem, is_prepared, read_meta
from core.diagnosis.numbers import RunNumbers, numbers_of
from core.diagnosis.trouble import Trouble, find_trouble
from core.report.findings import guess_text, story_sentences, trouble_text
from core.runs.service import RunService
from core.runs.views import RunView
from core.ui.lab.chosen import put_config
from core.ui.lab.controls import once, start
from core.ui.lab.notices import attempt
from core.ui.lab.presets import watch_text
from core.ui.session import REPLAY
from core.ui.shell import TEXT_PX


def outcome_tab(say: Words, runs: RunService, shown: RunView, config: RunConfig) -> None:
    """The story of a run that is over; before that, only trouble from which it cannot recover."""
    numbers = run_numbers(runs, shown)
    if numbers is None:
        return
    if st.session_state.get(REPLAY) == shown.id:
        st.caption(say("after.going"))
        return
    trouble = find_trouble(numbers)
    if shown.is_final:
        if compared := guess_text(say, shown.guess, numbers, trouble):  # first, as a learner who guessed looks for it
            text, is_right = compared
            st.info(text, icon=":material/check_circle:" if is_right else ":material/lightbulb:")
        st.markdown("\n".join(f"- {sentence}" for sentence in story_sentences(say, numbers)), width=TEXT_PX)
        if shown.config.config_id == config.config_id:
            st.caption(watch_text(say, config))
    elif not trouble:
        st.caption(say("after.going"))
    if trouble:
        _trouble(say, runs, trouble)


def run_numbers(runs: RunService, view: RunView) -> RunNumbers | None:
    """All measurements of a run; None if its images no longer exist here."""
    if not is_prepared(view.config.dataset) or images_problem(view.config.dataset, view.data_sha256):
        return None
    meta = read_meta(view.config.dataset)
    return numbers_of(view, runs.curve(view), meta["num_images"] - meta["num_train"])


def _trouble(say: Words, runs: RunService, trouble: Trouble) -> None:
    """What the story does not already say, and a button to retry."""
    *others, last = (say(key, **facts) for key, facts in trouble.change_texts())
    changes = say("after.and").join([say("language.comma").join(others), last] if others else [last])
    with st.container(border=True, key="trouble"):
        st.markdown(f"**{say(trouble.key('title'))}**  \n{trouble_text(say, trouble)}")
        st.button(
            say(trouble.key("retry"), changes=changes), key="retry", icon=":material/restart_alt:",
            on_click=attempt, args=(once(lambda: _retry(runs, trouble.retry)),),
        )  # fmt: skip


def _retry(runs: RunService, config: RunConfig) -> None:
    put_config(config)
    start(runs, config)
