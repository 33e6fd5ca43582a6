"""A training budget, split by the reader between size and tokens; the laws' curves appear after a guess."""

from __future__ import annotations

import streamlit as st

from core.charts.split import SIZES_B, START_B, split_evidence
from core.content.numbers import number_text
from core.content.words import Words
from core.survey.split import BILLION, LAWS, best_size_b, loss, tokens
from core.ui.address import addressed_choice, addressed_flag, put
from core.ui.buttons import button
from core.ui.topics.evidence import evidence

TRIED, MOST_TRIED = "split_tried", 12


@st.fragment
def split_card(say: Words) -> None:
    """The slider, its meaning, the chart, and the reveal."""
    revealed = addressed_flag("curves")
    at_b = addressed_choice("size_b", SIZES_B, START_B)
    tried_b = _tried_with(at_b)
    st.select_slider(
        say("language.split.slider"), SIZES_B, key="size_b",
        format_func=lambda size: number_text(size * BILLION, "count", say.language),
    )  # fmt: skip
    st.markdown(say("language.split.told", **_facts(say, at_b)))
    evidence(say, "split", split_evidence, tried_b=tried_b, at_b=at_b, revealed=revealed)
    if revealed:
        st.info(say("language.split.verdict", **_verdict(say, at_b)), icon=":material/lightbulb:")
        button(say("language.split.again"), "replay", key="split_again", on_click=_again)
    else:
        button(
            say("language.split.reveal"), "visibility", primary=True, key="split_reveal", on_click=put,
            args=("curves", True), disabled=len(tried_b) < 2,
        )  # fmt: skip
        if len(tried_b) < 2:
            st.caption(say("language.split.move_first"))


def _tried_with(at_b: int) -> tuple[int, ...]:
    """The sizes that the reader has tried on this page; the oldest are dropped first."""
    before: list[int] = st.session_state.get(TRIED, [])
    tried = [*(size for size in before if size != at_b), at_b][-MOST_TRIED:]
    st.session_state[TRIED] = tried
    return tuple(sorted(tried))


def _again() -> None:
    st.session_state[TRIED] = []
    put("curves", False)
    put("size_b", START_B)


def _facts(say: Words, at_b: int) -> dict[str, str]:
    losses = {name: f"{loss(name, at_b):.3f}" for name in LAWS}
    each = number_text(tokens(at_b) / (at_b * BILLION), significant=3)
    return {"tokens": number_text(tokens(at_b), "count", say.language), "each": each} | losses


def _verdict(say: Words, at_b: int) -> dict[str, str]:
    """For each law: the best size and tokens, and how much the reader's split and Gopher's size lose against it."""
    facts: dict[str, str] = {}
    for name in LAWS:
        best_b = best_size_b(name)
        least = loss(name, best_b)
        facts |= {
            f"{name}_size": number_text(best_b * BILLION, "count", say.language, 2),
            f"{name}_tokens": number_text(tokens(best_b), "count", say.language, 2),
            f"{name}_more": f"{loss(name, at_b) - least:.3f}",
            f"{name}_gopher": f"{loss(name, START_B) - least:.3f}",
        }
    return facts
