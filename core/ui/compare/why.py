"""One image and each compared run's answer to it, with a map, on request, of the pixels that the answer depends on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from core.content.plain import escaped
from core.content.words import Words
from core.interpret.explanations import METHODS, Explanation
from core.interpret.results import Shares, probabilities
from core.runs.service import RunService
from core.ui.address import addressed_flag
from core.ui.choices import choose, pick
from core.ui.session import NETWORK
from core.ui.shell import page_link
from core.ui.understand.look import IMAGE, Look, asked
from core.ui.understand.why import draw_map

SHOWN = "maps"  # in the address: whether the maps are shown
METHOD = "map_method"  # in the address
SCORE, SCORES = "map_score", ("said", "true")  # in the address: explain the run's answer, or the true class
COLUMN_PX = 262


def chosen_image(
    say: Words, runs: RunService, compared: Sequence[tuple[str, Look]], names: Sequence[str], image: int, truth: int
) -> None:
    """`compared` are the runs' labels and looks."""
    st.markdown(say("compare.image.title", number=image + 1, name=names[truth]))
    method, score = _choices(say)
    with st.container(horizontal=True, vertical_alignment="bottom" if method else "top", gap="small"):
        for number, (label, look) in enumerate(compared):
            with st.container(width=COLUMN_PX, gap="small"):
                st.markdown(f"**{escaped(label)}**")
                here = replace(look, picture=image)
                taken = _answer(say, names, probabilities(runs.networks.logits((look.at,))[0, image]), truth)
                if method:
                    _map(say, runs, here, method, truth if score == "true" else taken, names, number)
                address = {NETWORK: look.view.id, IMAGE: str(image), "part": "why"}
                page_link("understand", say("understand.open"), address=address)


def _choices(say: Words) -> tuple[str | None, str]:
    """The method of the maps, if they are shown, and whose score they explain."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        addressed_flag(SHOWN)
        is_shown = st.toggle(say("compare.image.maps"), key=SHOWN)
        if not is_shown:
            return None, SCORES[0]
        method = pick(
            METHOD, METHODS, say("compare.image.method"), lambda each: say(f"understand.why.{each}.name"),
            "integrated_gradients", width=240,
        )  # fmt: skip
        score = choose(say, SCORE, SCORES, "compare.image.score", "compare.image.{}")
    st.caption(say("language.gap").join(say(f"understand.why.{method}.{part}") for part in ("asks", "silent")))
    return method, score


def _answer(say: Words, names: Sequence[str], shares: Shares, truth: int) -> int:
    """Returns the class that the run predicts. A sign and text say whether it is right."""
    taken = int(np.argmax(shares))
    sign, key = ("✓", "right") if taken == truth else ("✗", "wrong")
    text = say(
        f"compare.image.{key}", name=names[taken], share=f"{shares[taken]:.0%}", true_share=f"{shares[truth]:.0%}"
    )
    st.markdown(f"{sign} {text}")
    return taken


def _map(say: Words, runs: RunService, look: Look, method: str, target: int, names: Sequence[str], number: int) -> None:
    found: Explanation | None = asked(say, runs, look, "explanation", look.picture, method, target, False)
    if found is None:
        st.caption(say("understand.why.no_map"))
        return
    name, logit = names[found.target], found.logits[found.target]
    st.caption(say("understand.why.trained", name=name, logit=logit))
    draw_map(say, look, found, f"compared_map_{number}")
    if look.network != look.at:
        st.caption(say("understand.picture.other_epoch", epoch=look.network.epoch, chosen=look.at.epoch))
