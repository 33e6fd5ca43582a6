"""The slider over a run's measured epochs, which controls everything below it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.content.words import Words
from core.runs.service import RunService
from core.ui.address import put, visit
from core.ui.components import component, component_value
from core.ui.understand.look import EPOCH, LAST, PASSED, Look
from core.ui.understand.parcels import SHARED, send

KEY = "scrubber"

_component = component(
    "trendlab_scrubber",
    "understand/scrubber/frame.html",
    css=["button.css", "understand/scrubber/style.css"],
    js=[SHARED, "understand/scrubber/main.js"],
)


def scrubber(say: Words, runs: RunService, look: Look, *, follows: bool, passes: bool) -> None:
    """Components in the browser follow at once; the page, which must ask a network, when the slider stops. If it
    `follows`, the page also reruns for each epoch of playing, and confirms that by `drawn`; if it `passes`, also while
    the slider is dragged."""
    epochs = [each.epoch for each in look.saved]
    accuracies = {each.epoch: each.val_accuracy for each in runs.curve(look.view).evaluations}
    data = {
        "epochs": epochs,
        "planned": look.view.total_steps // look.view.steps_per_epoch,
        "accuracies": [accuracies[each] for each in epochs],
        "at": look.saved.index(look.at),
        "follows": follows,
        "passes": passes,
        "stops": [at for at, each in enumerate(look.saved) if each.weights_file or not follows],
        "texts": say.by_prefix("understand.scrubber"),
        "lang": say.language,
    }
    _component(key=KEY, data=[data], on_moved_change=partial(_moved, epochs))


def drawn(look: Look) -> None:
    """Call below everything that follows the scrubber."""
    send("drawn", {"id": look.saved.index(look.at)})


def _moved(epochs: list[int]) -> None:
    """At the end of the slider, follow the latest epoch as the run trains."""
    moved = component_value(KEY, "moved")
    if moved is None:
        return
    index = min(int(moved["index"]), len(epochs) - 1)
    if moved["rests"]:
        st.session_state.pop(PASSED, None)
        put(EPOCH, LAST if index == len(epochs) - 1 else epochs[index])
    else:
        st.session_state[PASSED] = visit(), epochs[index]
