"""The slider over a run's measured epochs, which moves all that stands below it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from core.content.words import Words
from core.runs.service import RunService
from core.ui.address import put
from core.ui.understand.look import EPOCH, LAST, Look
from core.ui.understand.parcels import SHARED

KEY = "scrubber"
_FOLDER = Path(__file__).with_name("scrubber")

_component = st.components.v2.component(
    "trendlab_scrubber",
    html=(_FOLDER / "frame.html").read_text(encoding="utf-8"),
    css=(_FOLDER / "style.css").read_text(encoding="utf-8"),
    js=SHARED.read_text(encoding="utf-8") + (_FOLDER / "main.js").read_text(encoding="utf-8"),
)


def scrubber(say: Words, runs: RunService, look: Look) -> None:
    """What is drawn in the browser follows at once; the page, with what must ask a network, when the slider rests."""
    epochs = [each.epoch for each in look.saved]
    accuracies = {each.epoch: each.val_accuracy for each in runs.curve(look.view.id).evaluations}
    data = {
        "epochs": epochs,
        "accuracies": [accuracies[each] for each in epochs],
        "at": look.saved.index(look.at),
        "texts": say.under("understand.scrubber"),
        "lang": say.language,
    }
    _component(key=KEY, data=[data], on_rested_change=partial(_rested, epochs))


def _rested(epochs: list[int]) -> None:
    """At the end it goes on to whatever epoch comes last."""
    index = min(int(st.session_state[KEY].rested), len(epochs) - 1)
    put(EPOCH, LAST if index == len(epochs) - 1 else epochs[index])
