"""How weights, gradients and activations of a layer change during training, and which units are dead."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.charts.distributions import dead_figure, ridges_figure
from core.content.words import Words
from core.interpret.anatomy import DEAD_IMAGES, LayerNumbers, NetworkLayer
from core.runs.service import RunService
from core.ui.choices import pick
from core.ui.drawing import draw, page_mode
from core.ui.understand.look import Look, asked_in_parts
from core.ui.understand.pixel import LAYER

KINDS = ("weights", "gradients", "results")
Answers = Sequence[Sequence[LayerNumbers]]  # epochs, layers


def distributions(say: Words, runs: RunService, look: Look, layers: tuple[NetworkLayer, ...]) -> None:
    """One layer's histograms over the epochs with saved weights, then the dead units of all layers."""
    kept = [each for each in look.saved if each.weights_file]
    answers = asked_in_parts(say, runs, look, "distributions", [(network, ()) for network in kept])
    if answers is None:
        return
    epochs = [each.epoch for each in kept]
    st.markdown(say("understand.distributions.about"))
    weighted = [layer.path for layer in layers if layer.path]
    path = pick(LAYER, weighted, say("understand.inside.layer"), width=240)
    _ridges(say, look, epochs, answers, weighted.index(path))
    _dead(say, look, epochs, answers)


def _ridges(say: Words, look: Look, epochs: Sequence[int], answers: Answers, layer: int) -> None:
    for column, kind in zip(st.columns(len(KINDS)), KINDS, strict=True):
        spread = [getattr(answer[layer], kind) for answer in answers]
        title = say(f"understand.distributions.{kind}")
        with column:
            draw(
                say, ridges_figure(say, page_mode(), title, epochs, spread, look.network.epoch), f"spread_{kind}",
                say("understand.distributions.alt", title=title, first=epochs[0], last=epochs[-1]),
            )  # fmt: skip
            shown = spread[epochs.index(look.network.epoch)]
            st.caption(
                say(
                    "understand.distributions.range", epoch=look.network.epoch, low=shown.low, high=shown.high,
                    zeros=shown.zeros,
                )
            )  # fmt: skip


def _dead(say: Words, look: Look, epochs: Sequence[int], answers: Answers) -> None:
    st.header(say("understand.distributions.dead"), anchor=False)
    now = answers[epochs.index(look.network.epoch)]
    counted = [(layer.dead, layer.units) for layer in now if layer.dead is not None]
    if not counted:
        st.markdown(say("understand.distributions.no_relu"))
        return
    dead, units = (sum(numbers) for numbers in zip(*counted, strict=True))
    images = min(DEAD_IMAGES, look.data.num_validation)
    st.markdown(
        say("understand.distributions.dead_about", dead=dead, units=units, images=images, epoch=look.network.epoch)
    )
    with st.container(width=760):
        title = say("understand.distributions.dead_title")
        draw(say, dead_figure(say, page_mode(), epochs, answers), "dead_units", title)
