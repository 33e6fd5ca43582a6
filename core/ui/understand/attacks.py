"""Attacks on the chosen picture: disturbances by slider, and the smallest one-step change that flips the answer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts.attack import step_figure
from core.charts.shares import class_shares
from core.content.numbers import number_text
from core.content.words import Words
from core.interpret.adversarial import MOST_LEVELS, Adversarial, stepped
from core.interpret.changes import LIMITS, Disturbance, disturbed
from core.runs.service import RunService
from core.ui.address import addressed, addressed_flag
from core.ui.choices import choose
from core.ui.drawing import draw, page_mode
from core.ui.images import enlarged, picture_url
from core.ui.understand.look import Look, asked, class_names, classes_together
from core.ui.understand.picture import picture_pixels

OPENED, ATTACK = "attacks", "attack"  # in the address
DISTURBED, DECEIVED = "disturbed", "deceived"
SHOWN_PX, TIMES = 144, 12
MIDDLE, MOST = 128, 120  # a change is shown around mid-grey, scaled to nearly black and white

Pixels = NDArray[np.uint8]


def attacks(say: Words, runs: RunService, look: Look) -> None:
    """Collapsed at first, as it asks questions to the workers."""
    addressed_flag(OPENED)
    with st.expander(say("understand.attacks.title"), key=OPENED, on_change="rerun") as opened:
        if not opened.open:
            return
        kinds = {DISTURBED: _disturbed, DECEIVED: _deceived}
        chosen = choose(
            say, ATTACK, kinds, "understand.attacks.kind", "understand.attacks.{}.name", label_visibility="collapsed"
        )
        st.markdown(say(f"understand.attacks.{chosen}.about"))
        kinds[chosen](say, runs, look, picture_pixels(look))


def _disturbed(say: Words, runs: RunService, look: Look, pixels: Pixels) -> None:
    sliders, shown = st.columns([2, 3], gap="large")
    with sliders:
        by = Disturbance(**{name: _slider(say, name) for name in LIMITS})
    changed = disturbed(pixels, by)
    before, after = (asked(say, runs, look, "class_probabilities", each.tobytes()) for each in (pixels, changed))
    if before is None or after is None:
        return
    names = class_names(say, look.config.dataset)
    with shown:
        with st.container(horizontal=True, gap="medium"):
            _picture(say("understand.attacks.before"), pixels)
            _picture(say("understand.attacks.after"), changed)
        st.markdown(_change_text(say, names, before, after))
        bars = class_shares(*classes_together(say, look.config, after), page_mode())
        draw(say, bars, "disturbed_shares", say("understand.attacks.shares"))


def _slider(say: Words, name: str) -> float:
    low, high, step = LIMITS[name]
    value = addressed(name, type(step)(0), partial(_within, low, high, type(step)))
    st.slider(say(f"understand.attacks.disturbed.{name}"), low, high, step=step, key=name)
    return value


def _within(low: float, high: float, kind: type[float], text: str) -> float:
    value = kind(text)
    if not low <= value <= high:
        raise ValueError(text)
    return value


def _change_text(say: Words, names: Sequence[str], before: Sequence[float], after: Sequence[float]) -> str:
    first, now = int(np.argmax(before)), int(np.argmax(after))
    key = "same" if first == now else "other"
    return say(
        f"understand.attacks.disturbed.{key}", first=names[first], share=f"{before[first]:.0%}", now=names[now],
        share_now=f"{after[now]:.0%}",
    )  # fmt: skip


def _deceived(say: Words, runs: RunService, look: Look, pixels: Pixels) -> None:
    found: Adversarial | None = asked(say, runs, look, "adversarial", pixels.tobytes(), pixels.shape[2])
    if found is None:
        return
    names = class_names(say, look.config.dataset)
    first = int(found.shares[0].argmax())
    levels = MOST_LEVELS if found.levels is None else found.levels
    changed = stepped(pixels, found.direction, levels)
    after = found.shares[levels]
    now = int(after.argmax())
    facts = {"first": names[first], "share": f"{found.shares[0][first]:.0%}", "now": names[now],
             "share_now": f"{after[now]:.0%}", "levels": levels, "epsilon": levels / 255}  # fmt: skip
    st.markdown(
        say(
            "understand.attacks.deceived.none" if found.levels is None else "understand.attacks.deceived.found", **facts
        )
    )
    with st.container(horizontal=True, gap="medium"):
        _picture(say("understand.attacks.before"), pixels)
        times = number_text(MOST / levels, significant=2)
        _picture(say("understand.attacks.deceived.change", times=times), _magnified(pixels, changed))
        _picture(say("understand.attacks.after"), changed)
    if not found.direction.any():
        st.caption(say("understand.attacks.deceived.flat"))
    texts = say.by_prefix("understand.attacks.chart")
    figure = step_figure(found, names, texts, page_mode())
    draw(say, figure, "step_shares", say("understand.attacks.chart.alt"))


def _magnified(before: Pixels, after: Pixels) -> Pixels:
    """The change, brighter where it brightens; the largest change is nearly white or black."""
    change = after.astype(np.int16) - before.astype(np.int16)
    most = max(1, int(np.abs(change).max()))
    return np.asarray(MIDDLE + change * (MOST / most), np.uint8)


def _picture(caption: str, pixels: Pixels) -> None:
    with st.container(width=SHOWN_PX, gap="xsmall"):
        st.image(picture_url(enlarged(pixels, TIMES)), width=SHOWN_PX, alt=caption)
        st.caption(caption)
