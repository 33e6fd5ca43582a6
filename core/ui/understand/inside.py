"""Inside: the network's layers, its first filters, and the activations of an image."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from core.charts.architecture import architecture_figure, layer_title, shape_text
from core.charts.tiles import colours, signed, tiles
from core.content.numbers import number_text
from core.content.words import Words
from core.interpret.anatomy import WEIGHT_LEVELS, NetworkLayer
from core.models import IMAGE_SHAPE
from core.runs.service import RunService
from core.ui.choices import choose
from core.ui.drawing import draw, page_mode
from core.ui.images import picture_url
from core.ui.understand.activations import activations, colour_words
from core.ui.understand.distributions import distributions
from core.ui.understand.look import Look, asked

IDEA = "inside"  # in the address
Layers = tuple[NetworkLayer, ...]
STRIP_PX = 640
CONV_TILE_PX, IMAGE_TILE_PX, FILTER_GAP_PX = 48, 72, 8
CONV_COLUMNS, IMAGE_COLUMNS = 8, 10


def inside(say: Words, runs: RunService, look: Look) -> None:
    """One idea at a time."""
    ideas: Mapping[str, Callable[[Words, RunService, Look, Layers], None]] = {
        "architecture": _architecture, "filters": _filters, "activations": activations,
        "distributions": distributions,
    }  # fmt: skip
    chosen = choose(
        say, IDEA, ideas, "understand.inside.idea", "understand.inside.ideas.{}", pills=True,
        label_visibility="collapsed",
    )  # fmt: skip
    layers = asked(say, runs, look, "architecture")
    if layers is not None:
        ideas[chosen](say, runs, look, layers)


def _architecture(say: Words, _runs: RunService, _look: Look, layers: Layers) -> None:
    total = sum(layer.parameters for layer in layers)
    heaviest = max(layers, key=lambda layer: layer.parameters)
    about = say("understand.inside.architecture.about", n=number_text(total))
    share = f"{heaviest.parameters / total:.0%}"
    heaviest_text = say("understand.inside.architecture.heaviest", layer=heaviest.path, share=share)
    st.markdown(about + say("language.gap") + heaviest_text)
    names = say("live.separator").join(
        say(
            "understand.inside.architecture.one",
            name=layer_title(say, layer),
            shape=shape_text(layer.shape),
            n=layer.parameters,
        )
        for layer in layers
    )
    with st.container(width=STRIP_PX):
        draw(
            say,
            architecture_figure(say, page_mode(), layers, IMAGE_SHAPE),
            "architecture",
            say("understand.inside.architecture.alt", layers=names),
        )


def _filters(say: Words, runs: RunService, look: Look, layers: Layers) -> None:
    answer = asked(say, runs, look, "first_filters")
    if answer is None:
        return
    weights, largest = answer
    is_full = len(layers[0].shape) == 1
    mode, is_grey = page_mode(), weights.shape[1] == 1
    about = "full" if is_full else "conv"
    st.markdown(say(f"understand.inside.filters.{about}", n=len(weights), epoch=look.network.epoch))
    shares = weights.astype(np.float32) / WEIGHT_LEVELS
    pictures = signed(shares[:, 0], mode, 1.0) if is_grey else colours(shares)
    columns, tile_px = (IMAGE_COLUMNS, IMAGE_TILE_PX) if is_full else (CONV_COLUMNS, CONV_TILE_PX)
    grid = tiles(pictures, mode, columns, tile_px, FILTER_GAP_PX)
    st.image(picture_url(grid), width=grid.shape[1], alt=say("understand.inside.filters.alt", n=len(weights)))
    legend = "grey" if is_grey else "colour"
    st.caption(say(f"understand.inside.filters.{legend}", largest=largest, **colour_words(say)))
