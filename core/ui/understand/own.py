"""The reader's own picture, drawn or from a file, with the network's answer and a link to why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts.shares import class_shares
from core.content.words import Words
from core.datasets.decoding import MAX_BYTES, decode_picture
from core.errors import TrendLabError
from core.interpret.preprocess import Step, is_drawn, upload_steps
from core.runs.drawings import read_drawing
from core.runs.service import RunService
from core.ui.address import addressed_choice, put
from core.ui.drawing import draw, page_mode
from core.ui.images import enlarged, picture_url
from core.ui.services import has_events
from core.ui.understand.drawing_board import chosen_pixels, drawing_address, drawing_board, drawn_ink
from core.ui.understand.look import IMAGE, OWN, OWN_PICTURE, PART, Look, asked, class_names, classes_together

READING = "board_reading"  # in the session: the answer to the drawing
HOW = "own"  # in the address: drawing or file
DRAWN, FILE = "draw", "file"
STEP_PX = 132


def own_picture(say: Words, runs: RunService, look: Look) -> None:
    """Draw a digit, if the network knows digits, or take a picture from a file."""
    st.header(say("understand.own.title"), anchor=False)
    dataset = look.config.dataset
    offered = [DRAWN, FILE] if is_drawn(dataset) else [FILE]
    how = addressed_choice(HOW, offered, offered[0])
    if len(offered) > 1:
        st.segmented_control(
            say("understand.own.how"), offered, format_func=lambda name: say(f"understand.own.by.{name}"), key=HOW,
            required=True, label_visibility="collapsed",
        )  # fmt: skip
    if how == DRAWN:
        _board(say, runs, look)
    else:
        _upload(say, runs, look)


def choose_own(dataset: str, pixels: bytes) -> None:
    """For a callback: make this the page's picture, and switch to the part Why."""
    st.session_state[OWN_PICTURE] = (dataset, pixels)
    put(IMAGE, OWN)
    put(PART, "why")


def _board(say: Words, runs: RunService, look: Look) -> None:
    dataset, run_id, epoch = look.config.dataset, look.view.id, look.network.epoch
    st.caption(say(f"understand.own.draw_{dataset}"))
    drawing_board(
        say,
        drawing_address(run_id, epoch) if has_events() else "",
        class_names(say, dataset),
        on_chosen=lambda: _choose_drawn(dataset),
        on_ink=lambda: _read(runs, run_id, epoch),
        answer=st.session_state.pop(READING, None),
    )


def _choose_drawn(dataset: str) -> None:
    pixels = chosen_pixels()
    if pixels:
        choose_own(dataset, pixels)


def _read(runs: RunService, run_id: str, epoch: int) -> None:
    """Without the HTTP API, the page answers the board in its next script run."""
    ink = drawn_ink()
    try:
        st.session_state[READING] = read_drawing(runs, run_id, epoch, ink).wire() if ink else {"error": True}
    except TrendLabError:
        st.session_state[READING] = {"error": True}


def _upload(say: Words, runs: RunService, look: Look) -> None:
    dataset = look.config.dataset
    # Streamlit's own text in the uploader is English
    st.caption(say("understand.own.file_about", mb=MAX_BYTES // 2**20))
    file = st.file_uploader(
        say("understand.own.file"), type=["png", "jpg", "jpeg", "webp"], max_upload_size=MAX_BYTES // 2**20,
        key="own_file",
    )  # fmt: skip
    if file is None:
        return
    steps = upload_steps(decode_picture(file.getvalue()), dataset, look.data.images.shape[3])
    _steps(say, steps)
    pixels = steps[-1].picture.tobytes()
    shares = asked(say, runs, look, "class_probabilities", pixels)
    if shares is None:
        return
    names, most = class_names(say, dataset), int(np.argmax(shares))
    st.markdown(say("understand.picture.answer", name=names[most], share=f"{shares[most]:.0%}"))
    bars = class_shares(*classes_together(say, look.config, shares), page_mode())
    draw(say, bars, "own_shares", say("understand.own.shares"))
    st.button(
        say("understand.board.why"), key="own_why", icon=":material/help_center:", on_click=choose_own,
        args=(dataset, pixels),
    )  # fmt: skip


def _steps(say: Words, steps: Sequence[Step]) -> None:
    """The steps, each with its small picture, in one row if there is room."""
    st.markdown(say("understand.own.steps"))
    with st.container(horizontal=True, gap="medium"):
        for number, step in enumerate(steps, start=1):
            with st.container(width=STEP_PX, gap="xsmall"):
                st.image(
                    picture_url(_shown(step.picture)), width=STEP_PX, alt=say("understand.own.step_alt", number=number)
                )
                st.caption(
                    f"{number}. "
                    + say("language.gap").join(
                        say(f"understand.steps.{name}", **facts) for name, facts in step.messages
                    )
                )


def _shown(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Enlarge a small picture without smoothing."""
    return enlarged(picture, max(1, STEP_PX * 2 // max(picture.shape[:2])))
