"""The Runs page: the reader's own runs and everyone's public ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core import catalog
from core.content.numbers import digits
from core.content.plain import escaped
from core.content.words import Words
from core.errors import StoreError
from core.export.table import metrics_csv
from core.runs.build import SHOWCASE_OWNER
from core.runs.records import Run
from core.runs.service import RunService
from core.runs.store import MAX_PUBLIC
from core.runs.views import RunView
from core.ui.address import addressed
from core.ui.choices import choose
from core.ui.lab.fields import NOTICE
from core.ui.lab.notices import attempt, show_notice
from core.ui.lab.run_words import run_link, short_date, short_state_text
from core.ui.lab.variants import MAX_RUNS, compared_address
from core.ui.polling import rerun_when
from core.ui.runs.newcomer import next_learner
from core.ui.runs.teacher import is_teacher, teachers_entry
from core.ui.session import owner, words
from core.ui.shell import open_services, page_head, page_link
from core.ui.tables import draw_table

UNDO = "deleted_run"
RESTORED = "restored_run"  # its id, until its row has been drawn
WHOSE = ("mine", "everyone")


def runs_page() -> None:
    """A table of runs, and the actions for the selected one."""
    say = words()
    runs = open_services().runs
    page_head("runs")
    show_notice(say)
    _offer_undo(say, runs)
    mine, found = _filtered(say, runs)
    if found:
        _choose(say, runs, found, mine)
        _follow(runs, found)
    with st.container(horizontal=True):
        next_learner(say)
        teachers_entry(say)


def _choose(say: Words, runs: RunService, found: Sequence[RunView], mine: bool) -> None:
    chosen = _table(say, runs, found)
    if not chosen:
        st.caption(say("runs.choose"))
    elif len(chosen) == 1:
        _actions(say, runs, chosen[0], mine)
    else:
        _compare(say, chosen)


def _follow(runs: RunService, drawn: Sequence[RunView]) -> None:
    """Rerun the page as soon as one of these runs pauses, resumes or ends."""
    states = {view.id: view.state for view in drawn if not view.is_final}
    if states:
        rerun_when(lambda: {view.id: view.state for view in runs.views(states).values()} != states)


def _filtered(say: Words, runs: RunService) -> tuple[bool, list[RunView]]:
    with st.container(horizontal=True):
        whose = choose(say, "whose", WHOSE, "runs.whose", "runs.{}")
        text = addressed("find", "", str)
        st.text_input(say("runs.search"), key="find", placeholder=say("runs.search_hint"))
    mine = whose == "mine"
    views = runs.runs_of(owner()) if mine else runs.public_runs()
    found = [view for view in views if text.lower() in _searchable(say, view)]
    if not views:
        st.info(say("runs.empty_mine" if mine else "runs.empty_public"))
        page_link("train", say("home.go"))
    elif not found:
        st.info(say("runs.no_match", text=escaped(text)))
    if not mine and len(views) == MAX_PUBLIC:
        st.caption(say("runs.newest", most=MAX_PUBLIC))
    return mine, found


def _compare(say: Words, chosen: Sequence[RunView]) -> None:
    """A link, as `st.switch_page` makes two entries in the browser's history; like the link to a single run."""
    if len(chosen) > MAX_RUNS:
        st.caption(say("runs.too_many", n=len(chosen), most=MAX_RUNS))
    else:
        address = compared_address([view.id for view in chosen])
        page_link("compare", f"**{say('runs.compare', n=len(chosen))}**", address=address)


def _table(say: Words, runs: RunService, views: Sequence[RunView]) -> list[RunView]:
    accuracy = runs.final_accuracies(views)
    column = say.by_prefix("runs.columns")
    rows = [_row(say, column, view, accuracy.get(view.id)) for view in views]
    chosen = draw_table(
        say, rows, "runs_table", say("runs.table"), ids=[view.id for view in views],
        focus=st.session_state.pop(RESTORED, ""), percents=[column["accuracy"]],
    )  # fmt: skip
    return [view for view in views if view.id in chosen]


def _row(say: Words, column: Mapping[str, str], view: RunView, accuracy: float | None) -> dict[str, str | float | None]:
    config = view.config
    return {  # columns that distinguish runs come first, as a phone shows only those
        column["name"]: view.name or say("runs.unnamed"),
        column["learning_rate"]: config.learning_rate,
        column["accuracy"]: None if accuracy is None else 100 * accuracy,
        column["state"]: _state(say, view),
        column["model"]: _label(say, "models", config.model),
        column["dataset"]: _label(say, "datasets", config.dataset),
        column["optimizer"]: _label(say, "optimizers", config.optimizer),
        column["epochs"]: config.epochs,
        column["seed"]: config.seed,
        column["created"]: short_date(view, "%Y-%m-%d %H:%M"),
    }


def _state(say: Words, view: RunView) -> str:
    """The state, with changes of the rate, as the accuracy is then not that of the rate in the row."""
    changes = [say("runs.rate_changed", step=step, rate=digits(rate)) for step, rate in view.changes]
    return say("live.separator").join([short_state_text(say, view), *changes])


def _actions(say: Words, runs: RunService, view: RunView, mine: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        run_link(say, view)
        st.download_button(
            say("runs.csv"), lambda: present_csv(runs, view), f"trendlab-{view.id[:8]}.csv", "text/csv",
            icon=":material/download:", on_click="ignore", key="csv",
        )  # fmt: skip
        if mine:
            _own_actions(say, runs, view)
        elif is_teacher() and view.owner != SHOWCASE_OWNER:
            st.button(say("runs.make_private"), key="hide_run", on_click=attempt, args=(runs.hide, view.id))


def present_csv(runs: RunService, drawn: RunView) -> str:
    """The current table of a run, which may have advanced since its page was drawn."""
    view = runs.views([drawn.id]).get(drawn.id, drawn)
    return metrics_csv(runs.curve(view), view)


def _own_actions(say: Words, runs: RunService, view: RunView) -> None:
    me = owner()
    label = say("runs.make_private" if view.public else "runs.make_public")
    st.button(
        label, key="visibility", help=say("runs.visibility_help"),
        on_click=attempt, args=(runs.set_public, me, view.id, not view.public),
    )  # fmt: skip
    st.button(
        say("runs.delete"), icon=":material/delete:", key="delete", on_click=attempt, args=(_delete, runs, view.id)
    )
    key = f"name_{view.id}"
    st.text_input(
        say("runs.name"), view.name, key=key, max_chars=80, help=say("runs.name_help"),
        on_change=attempt, args=(lambda: runs.rename(me, view.id, st.session_state[key]),),
    )  # fmt: skip


def _delete(runs: RunService, run_id: str) -> None:
    deleted = st.session_state.get(UNDO)
    if deleted is None or deleted.id != run_id:  # a second click, before the page has rerun
        run = runs.run(run_id)
        runs.delete(owner(), run_id)
        st.session_state[UNDO] = run


def _offer_undo(say: Words, runs: RunService) -> None:
    if run := st.session_state.get(UNDO):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(say("runs.deleted"))  # unlike plain text, it is announced by screen readers
            st.button(say("runs.undo"), icon=":material/undo:", key="undo", on_click=_restore, args=(runs, run))


def _restore(runs: RunService, run: Run) -> None:
    attempt(runs.restore, owner(), run)
    if not isinstance(st.session_state.get(NOTICE), StoreError):  # after a StoreError it can be retried
        st.session_state.pop(UNDO, None)
        st.session_state[RESTORED] = run.id


def _searchable(say: Words, view: RunView) -> str:
    config = view.config
    parts = [view.name, config.dataset, config.model, config.optimizer, short_state_text(say, view)]
    return " ".join([*parts, _label(say, "models", config.model), digits(config.learning_rate)]).lower()


def _label(say: Words, kind: str, name: str) -> str:
    return str(say.of(catalog.spec_of(kind, name)["label"]))
