"""The picture that the network is asked about, with its class and the answer, and the choice of another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.content.words import Words
from core.interpret.results import Shares, probabilities
from core.runs.service import RunService
from core.training.augment import shifted
from core.ui.address import addressed_flag, put
from core.ui.images import enlarged, picture_url
from core.ui.understand.look import IMAGE, Look, asked, class_names

ONLY_WRONG = "only_wrong"  # in the address
SHOWN_PX, TIMES = 96, 8


def picture_card(say: Words, runs: RunService, look: Look) -> None:
    """The chosen picture with its class and the network's answer at the epoch of `look.network`; buttons choose another
    validation image."""
    names = class_names(say, look.config.dataset)
    truths = look.truths
    answers = probabilities(runs.networks.logits((look.network,))[0])
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        st.image(picture_url(enlarged(picture_pixels(look), TIMES)), width=SHOWN_PX, alt=say("understand.picture.alt"))
        with st.container(width=200, gap="xsmall"):
            _draw_answer(say, runs, look, names, truths, answers)
        with st.container(width="content"):
            _choice(say, look.picture, len(truths), np.flatnonzero(answers.argmax(1) != truths).tolist())


def picture_pixels(look: Look) -> NDArray[np.uint8]:
    """The chosen picture as the network gets it: (24, 24, channels)."""
    data = look.data
    if isinstance(look.picture, bytes):
        return np.frombuffer(look.picture, np.uint8).reshape(data.images.shape[1:])
    at = data.num_train + look.picture
    pixels: NDArray[np.uint8] = shifted(data.images[at : at + 1], look.config.val_shift)[0]
    return pixels


def _draw_answer(
    say: Words, runs: RunService, look: Look, names: Sequence[str], truths: NDArray[np.int64], answers: Shares
) -> None:
    if isinstance(look.picture, bytes):
        shares = asked(say, runs, look, "class_probabilities", look.picture)
        st.markdown(say("understand.picture.own"))
        if shares is None:
            return
        _answer(say, names, np.array(shares))
    else:
        number, truth = look.picture, int(truths[look.picture])
        st.markdown(say("understand.picture.which", number=number + 1, of=len(truths), name=names[truth]))
        _answer(say, names, answers[number], truth)
    if look.network.epoch != look.at.epoch:
        st.caption(say("understand.picture.other_epoch", epoch=look.network.epoch, chosen=look.at.epoch))


def _answer(say: Words, names: Sequence[str], shares: NDArray[np.floating], truth: int | None = None) -> None:
    """A sign and text say whether the answer is right."""
    taken = int(shares.argmax())
    answer = say("understand.picture.answer", name=names[taken], share=f"{shares[taken]:.0%}")
    if truth is None:
        st.markdown(answer)
    elif taken == truth:
        st.markdown(f"✓ {answer}{say('language.gap')}{say('understand.picture.right')}")
    else:
        lost = say("understand.picture.wrong", name=names[truth], share=f"{shares[truth]:.0%}")
        st.markdown(f"✗ {answer}{say('language.gap')}{lost}")


def _choice(say: Words, picture: int | bytes, num_images: int, wrong: list[int]) -> None:
    """The previous or next image, among all or among the misclassified ones."""
    only_wrong = addressed_flag(ONLY_WRONG)
    offered: Sequence[int] = wrong if only_wrong else range(num_images)
    with st.container(horizontal=True, gap="small"):
        for name, icon, forward in (("previous", "chevron_left", False), ("next", "chevron_right", True)):
            st.button(
                say(f"understand.picture.{name}"), icon=f":material/{icon}:", key=f"{name}_picture",
                disabled=not offered, on_click=_step, args=(picture, offered, forward),
            )  # fmt: skip
    st.toggle(say("understand.picture.only_wrong", n=len(wrong)), key=ONLY_WRONG)


def _step(picture: int | bytes, offered: Sequence[int], forward: bool) -> None:
    """Go to the nearest image in that direction, wrapping around; from the reader's own picture to the first."""
    if isinstance(picture, bytes):
        put(IMAGE, offered[0])
        return
    if forward:
        put(IMAGE, next((each for each in offered if each > picture), offered[0]))
    else:
        put(IMAGE, next((each for each in reversed(offered) if each < picture), offered[-1]))
