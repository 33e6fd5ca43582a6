"""Why the network gives its answer: maps of the pixels that it depends on, two methods side by side."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.charts.explanations import explanation_figure
from core.content.words import Words
from core.interpret.explanations import METHODS, Explanation, Method, rank_correlation
from core.runs.service import RunService
from core.ui.address import addressed_flag
from core.ui.choices import pick
from core.ui.drawing import draw, page_mode
from core.ui.understand.look import Look, asked, class_names
from core.ui.understand.picture import picture_card, picture_pixels

EXPLAINED = "explained"  # in the address: the class; by default the network's answer
SIDES = ("method", "second_method")  # in the address
FIRST: tuple[Method, ...] = ("occlusion", "integrated_gradients")
CHECK = "fresh_weights"  # in the address: whether the maps of an untrained network are shown too
ANSWER, TRUTH = "answer", "true_class"
HARDLY_CHANGED = 0.5  # a rank correlation of at least this


def why(say: Words, runs: RunService, look: Look) -> None:
    """The maps for the chosen picture and class."""
    picture_card(say, runs, look)
    st.markdown(say("understand.why.about"))
    names = class_names(say, look.config.dataset)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        target = _target(say, look, names)
        addressed_flag(CHECK)
        checks = st.toggle(say("understand.why.check.label"), key=CHECK, help=say("understand.why.check.help"))
    for column, key, first in zip(st.columns(2, gap="large"), SIDES, FIRST, strict=True):
        with column:
            _side(say, runs, look, names, key, first, target, checks)


def _target(say: Words, look: Look, names: list[str]) -> int | None:
    """The class whose score is explained; None for the network's answer. Labels are the same for every picture, as
    Streamlit identifies a choice by its label."""
    targets: dict[str, int | None] = {ANSWER: None}
    if isinstance(look.picture, int):
        targets[TRUTH] = int(look.truths[look.picture])
    labels = {each: say(f"understand.why.{each}") for each in targets}
    classes = range(look.config.num_classes)
    targets |= {str(number): number for number in classes}
    labels |= {str(number): names[number] for number in classes}
    return targets[pick(EXPLAINED, targets, say("understand.why.class"), labels.__getitem__, width=240)]


def _side(
    say: Words, runs: RunService, look: Look, names: list[str], key: str, first: Method, target: int | None,
    checks: bool,
) -> None:  # fmt: skip
    method = pick(key, METHODS, say(f"understand.why.{key}"), lambda each: say(f"understand.why.{each}.name"), first)
    st.markdown(say(f"understand.why.{method}.asks"))
    found: Explanation | None = asked(say, runs, look, "explanation", look.picture, method, target, False)
    if found is None:
        st.info(say("understand.why.no_map"), icon=":material/layers_clear:")
        return
    fresh: Explanation | None = None
    with st.container(horizontal=True, gap="small"):
        with st.container(width="content", gap="xsmall"):
            st.caption(say("understand.why.trained", name=names[found.target], logit=found.logits[found.target]))
            draw_map(say, look, found, f"{key}_map")
        if checks:
            fresh = asked(say, runs, look, "explanation", look.picture, method, found.target, True)
            if fresh:
                with st.container(width="content", gap="xsmall"):
                    st.caption(say("understand.why.fresh"))
                    draw_map(say, look, fresh, f"{key}_fresh_map")
    sentences = (_own_numbers(say, found, names), say(f"understand.why.{method}.silent"))
    st.caption(say("language.gap").join(filter(None, sentences)))
    if fresh:
        _verdict(say, found, fresh)


def draw_map(say: Words, look: Look, found: Explanation, key: str) -> None:
    """Draw a map over its picture."""
    row, column = np.unravel_index(int(np.abs(found.strength).argmax()), found.strength.shape)
    alt = say(
        "understand.why.alt", method=say(f"understand.why.{found.method}.name"), row=int(row) + 1,
        column=int(column) + 1,
    )  # fmt: skip
    texts = say.by_prefix("understand.why.map")
    figure = explanation_figure(picture_pixels(look), found.strength, texts, page_mode(), is_signed=found.is_signed)
    draw(say, figure, key, alt, width="content")


def _own_numbers(say: Words, found: Explanation, names: list[str]) -> str:
    """A sentence about a method's own numbers."""
    if not found.strength.any():
        return say("understand.why.empty", name=names[found.target])
    if found.method == "grad_cam":
        rows, columns = found.cells
        key = "told_rectified" if found.is_rectified else "told"
        return say(f"understand.why.grad_cam.{key}", layer=found.layer, rows=rows, columns=columns)
    if found.method == "integrated_gradients":
        return say(
            "understand.why.integrated_gradients.told", sum=float(found.strength.sum()), rise=found.rise,
            missing=f"{found.missing:.1%}", num_steps=found.num_steps,
        )  # fmt: skip
    return ""


def _verdict(say: Words, found: Explanation, fresh: Explanation) -> None:
    """The result of the sanity check: a map that hardly changes says nothing about what was learnt."""
    alike = rank_correlation(found.strength, fresh.strength)
    if alike is None:
        st.info(say("understand.why.check.none"), icon=":material/balance:")
        return
    key = "same" if abs(alike) >= HARDLY_CHANGED else "changed"
    text = say(f"understand.why.check.{key}", alike=alike)
    if found.is_signed:
        size = rank_correlation(np.abs(found.strength), np.abs(fresh.strength))
        if size is not None and key == "changed" and size >= HARDLY_CHANGED:
            text = say("understand.why.check.size", alike=alike, size=size)
    st.info(text, icon=":material/balance:")
