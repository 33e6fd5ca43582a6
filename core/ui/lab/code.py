"""The Code tab: the program for the current settings, to read and download, and the survey's original listing."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from core import catalog
from core.config import RunConfig
from core.content.words import Words
from core.datasets.prepared import is_prepared
from core.export.listing import FAULTS, HABITS, LISTING, Remark
from core.export.own_file import own_file
from core.export.program import notebook, script
from core.runs.views import RunView
from core.training.schedule import Change

CODE_HEIGHT_PX = 560


def code_tab(say: Words, shown: RunView, config: RunConfig) -> None:
    """Includes rate changes on the way if the settings are those of the run on the charts."""
    same = shown.config.config_id == config.config_id
    changes = rate_changes(shown) if same else ()
    st.markdown(say("code.about"))
    if same and not shown.can_continue:
        st.caption(say("code.older_run"))
    with st.container(horizontal=True):
        program_downloads(say, config, changes)
    st.code(_script(config, changes, say.language), language="python", height=CODE_HEIGHT_PX)
    with st.expander(say("code.listing"), icon=":material/history_edu:"):
        _listing(say)


def program_downloads(say: Words, config: RunConfig, changes: tuple[Change, ...]) -> None:
    """The program as a script and as a notebook, generated on request, and the reader's own images if it needs them."""
    arguments = config, changes, say.language
    name = f"trendlab_{config.model}_{config.dataset}"
    st.download_button(
        say("code.script"), lambda: _script(*arguments), f"{name}.py", "text/x-python", key="script",
        icon=":material/code:", on_click="ignore",
    )  # fmt: skip
    st.download_button(
        say("code.notebook"), lambda: notebook(*arguments), f"{name}.ipynb", "application/x-ipynb+json", key="notebook",
        icon=":material/book_2:", on_click="ignore",
    )  # fmt: skip
    if catalog.is_own(config.dataset) and is_prepared(config.dataset):
        st.download_button(
            say("own.download"), lambda: own_file(config.dataset), f"{config.dataset}.npz",
            "application/octet-stream", key="own_file", icon=":material/photo_library:", on_click="ignore",
        )  # fmt: skip


def rate_changes(view: RunView) -> tuple[Change, ...]:
    """The learning rate changes during a run, as its program needs them."""
    return tuple((at, "learning_rate", rate) for at, rate in view.changes)


@lru_cache(maxsize=64)
def _script(config: RunConfig, changes: tuple[Change, ...], lang: str) -> str:
    return script(config, changes, lang)


def _listing(say: Words) -> None:
    code, remarks = st.columns([3, 2], gap="medium")
    with code:
        st.code(LISTING, language="python", line_numbers=True)
    with remarks:
        for title, group in (("code.faults", FAULTS), ("code.habits", HABITS)):
            st.markdown(f"## {say(title)}", anchors=False)
            st.markdown("\n".join(f"1. {_remark(say, remark)}" for remark in group))


def _remark(say: Words, remark: Remark) -> str:
    lines = say("language.comma").join(map(str, remark.lines))
    return say("language.gap").join([say(f"export.listing.{remark.key}"), say("code.lines", lines=lines)])
