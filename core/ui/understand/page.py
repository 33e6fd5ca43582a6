"""The Understand page: what the network gets right and wrong, what is inside, why, and downloads."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.content.words import Words
from core.datasets.prepared import images_problem
from core.errors import RunNotFound
from core.runs.build import SHOWCASE_OWNER, showcase
from core.runs.records import SavedNetwork, State
from core.runs.service import RunService
from core.runs.views import RunView
from core.ui.address import addressed, addressed_choice, put
from core.ui.lab.fields import unique_labels
from core.ui.lab.run_words import full_run_name, short_date, short_state_text
from core.ui.outage import problem_told
from core.ui.polling import rerun_when
from core.ui.session import NETWORK, owner, shown_run, words
from core.ui.shell import open_services, page_head, page_link
from core.ui.understand.attacks import attacks
from core.ui.understand.further import further
from core.ui.understand.home import network_home, run_home
from core.ui.understand.inside import inside
from core.ui.understand.look import PART, Look, look_at
from core.ui.understand.own import own_picture
from core.ui.understand.report import report_home
from core.ui.understand.results import results
from core.ui.understand.scrubber import drawn, scrubber
from core.ui.understand.why import why

MAX_LISTED = 30
LABEL_FIELDS = ("learning_rate", "epochs", "model", "seed")  # shown for each run in the list
NONE_YET = {  # why there is no network yet; for other states, the run ended too early
    State.QUEUED: "training",
    State.TRAINING: "training",
    State.PAUSED: "paused",
    State.DIVERGED: "diverged",
}
Part = Callable[[Words, RunService, Look], None]
RESULTS = "results"
QUICK = ("inside",)  # fast enough to follow a drag of the slider
# The parts of the page, shown one at a time.
PARTS: dict[str, tuple[Part, ...]] = {
    RESULTS: (results, own_picture),
    "inside": (inside,),
    "why": (why, attacks),
    "further": (further,),
    "home": (network_home, report_home, run_home),
}


def understand_page() -> None:
    """Choose a run, then one of its epochs."""
    say = words()
    runs = open_services().runs
    page_head("understand")
    view = _chosen(say, runs)
    if view is None:
        st.info(say("understand.empty"), icon=":material/model_training:")
        page_link("train", say("home.go"))
        return
    if problem := images_problem(view.config.dataset, view.data_sha256):
        st.info(say.error(problem), icon=":material/hide_image:")
        return
    now = runs.networks.for_run(runs.run(view.id))
    saved = tuple(each for each in now if each.step <= view.step)  # the run may have advanced since it was viewed
    if not view.is_final:
        _follow(runs, view.id, len(saved))
    if not saved:
        st.info(say(f"understand.none.{NONE_YET.get(view.state, 'ended')}"), icon=":material/hourglass_top:")
        return
    with problem_told(say):  # a file or a data set is gone
        _parts(say, runs, view, saved)


def _parts(say: Words, runs: RunService, view: RunView, saved: tuple[SavedNetwork, ...]) -> None:
    look = look_at(view, saved)
    chosen = addressed_choice(PART, PARTS, RESULTS)
    scrubber(say, runs, look, follows=chosen != RESULTS, passes=chosen in QUICK)
    st.segmented_control(
        say("understand.part"), list(PARTS), format_func=lambda name: say(f"understand.parts.{name}"), key=PART,
        required=True, label_visibility="collapsed",
    )  # fmt: skip
    with problem_told(say):  # a file is gone; playing goes on to the next epoch
        for part in PARTS[chosen]:
            part(say, runs, look)
    if chosen != RESULTS:
        drawn(look)


def _chosen(say: Words, runs: RunService) -> RunView | None:
    """The run in the address if it may be viewed, else the learner's last one, else the recorded example."""
    offered = {view.id: view for view in runs.runs_of(owner())[:MAX_LISTED]}
    for example in filter(None, [showcase(runs)]):
        offered.setdefault(example.id, example)
    asked = st.query_params.get(NETWORK) or str(st.session_state.get(NETWORK) or shown_run() or "")
    for other in runs.views([asked]).values():
        if other.public or other.owner == owner():
            offered.setdefault(other.id, other)
    if not offered:
        return None
    first = asked if asked in offered else next(iter(offered))
    if asked and asked not in offered:
        st.warning(say("understand.missing"), icon=":material/visibility_off:")
    held = st.session_state.get(NETWORK, first)  # a label, if the run's label has changed
    if held not in offered or addressed(NETWORK, "", str) not in offered:
        put(NETWORK, first)
    chosen = addressed(NETWORK, "", str)  # always in the address, as readers have different first runs
    labels = unique_labels(say, {run_id: _label(say, view) for run_id, view in offered.items()})
    st.selectbox(say("understand.run"), list(offered), format_func=labels.__getitem__, key=NETWORK, width=720)
    st.caption(short_state_text(say, offered[chosen]))
    return offered[chosen]


def _label(say: Words, view: RunView) -> str:
    """Without the run's state: Streamlit identifies a choice by its label, and would lose it when the training ends."""
    is_example = view.owner == SHOWCASE_OWNER
    name = say("understand.example", date=short_date(view)) if is_example else view.name
    settings = full_run_name(say, view.config, LABEL_FIELDS)
    return say("understand.label", name=name, settings=settings) if name else settings


def _follow(runs: RunService, run_id: str, known: int) -> None:
    """While the run trains, rerun the page at each new epoch."""

    def has_changed() -> bool:
        try:
            return len(runs.networks.for_run(runs.run(run_id))) != known or runs.view(run_id).is_final
        except RunNotFound:  # deleted meanwhile; the page says so
            return True

    rerun_when(has_changed)
