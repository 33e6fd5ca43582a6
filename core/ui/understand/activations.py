"""The activations of one image in every layer."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts.architecture import layer_title
from core.charts.tiles import signed, tiles
from core.content.words import Words
from core.interpret.anatomy import NetworkLayer
from core.runs.service import RunService
from core.ui.drawing import page_mode
from core.ui.images import picture_url
from core.ui.understand.look import Look, asked
from core.ui.understand.picture import picture_card
from core.ui.understand.pixel import pixel

MAP_TILE_PX, MAP_COLUMNS = 48, 16
UNIT_PX, UNIT_COLUMNS = 16, 42


def activations(say: Words, runs: RunService, look: Look, layers: tuple[NetworkLayer, ...]) -> None:
    """The outputs of all layers, one picture per layer."""
    picture_card(say, runs, look)
    results = asked(say, runs, look, "activations", look.picture)
    if results is None:
        return
    st.markdown(say("understand.inside.activations.about", **colour_words(say)))
    for layer, numbers in zip(layers, results, strict=True):
        _layer(say, layer, numbers)
    pixel(say, runs, look, layers, results)


def colour_words(say: Words) -> dict[str, str]:
    """The names of the colours for signed numbers."""
    return {name: say(f"understand.inside.colours.{name}") for name in ("positive", "negative")}


def _layer(say: Words, layer: NetworkLayer, numbers: NDArray[np.float16]) -> None:
    name = layer_title(say, layer)
    if numbers.ndim == 1:
        head = say("understand.inside.activations.units", name=name, units=len(numbers))
        maps, columns, tile_px = numbers.reshape(-1, 1, 1), UNIT_COLUMNS, UNIT_PX
    else:
        channels, height, width = numbers.shape
        head = say("understand.inside.activations.maps", name=name, channels=channels, height=height, width=width)
        maps, columns, tile_px = numbers, MAP_COLUMNS, MAP_TILE_PX
    zeros = float((numbers == 0).mean())
    largest = say("understand.inside.activations.largest", largest=float(np.abs(numbers).max()), zeros=zeros)
    mode = page_mode()
    grid = tiles(signed(maps, mode), mode, min(columns, len(maps)), tile_px)
    with st.container(gap="xsmall"):
        st.markdown(f"{head} · :small[{largest}]")
        st.image(picture_url(grid), width=grid.shape[1], alt=say("understand.inside.activations.alt", name=name))
