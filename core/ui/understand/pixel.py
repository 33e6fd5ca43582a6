"""One output of one layer, calculated from its inputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts.architecture import layer_title, operation_text
from core.charts.pixel import grid_figure, map_figure, products_figure
from core.content.words import Words
from core.interpret.anatomy import Floats, NetworkLayer, PixelStory, Value
from core.runs.service import RunService
from core.ui.address import addressed, put
from core.ui.choices import pick
from core.ui.drawing import draw, page_mode
from core.ui.understand.look import Look, asked

LAYER, CHANNEL, ROW, COLUMN = "layer", "channel", "row", "column"  # in the address, the last three counted from 1
PLACE = (CHANNEL, ROW, COLUMN)
COLOURS = ("red", "green", "blue")


def pixel(
    say: Words, runs: RunService, look: Look, layers: Sequence[NetworkLayer], results: Sequence[NDArray[np.float16]]
) -> None:
    """Choose a layer and one of its outputs, and see how it is calculated."""
    st.header(say("understand.pixel.title"), anchor=False)
    st.markdown(say("understand.pixel.about"))
    weighted = {layer.path: number for number, layer in enumerate(layers) if layer.path}
    with st.container(horizontal=True):
        path = pick(LAYER, weighted, say("understand.inside.layer"), width=200, on_change=_strongest)
        numbers = results[weighted[path]].astype(np.float32)
        maps = numbers.reshape(len(numbers), *(numbers.shape[1:] or (1, 1)))
        place = _place(say, maps)
    story: PixelStory | None = asked(say, runs, look, "pixel", look.picture, weighted[path], *place)
    if story is None:
        return
    name = layer_title(say, layers[weighted[path]])
    if maps[0].size > 1:
        with st.container(horizontal=True, gap="large", vertical_alignment="top"):
            with st.container(width=320):
                _map(say, maps[place[0]], place)
            with st.container(width=560):
                _steps(say, story, name, place, is_map=True)
    else:
        _steps(say, story, name, place, is_map=False)
    _terms(say, story)


def _place(say: Words, maps: Floats) -> tuple[int, int, int]:
    """Channel, row and column, counted from 0; by default those of the layer's largest output."""
    strongest = np.unravel_index(int(maps.argmax()), maps.shape)
    chosen = []
    for key, size, first in zip(PLACE, maps.shape, strongest, strict=True):
        value = addressed(key, int(first) + 1, int)
        if not 1 <= value <= size:
            put(key, value := min(max(value, 1), size))
        if size > 1:
            st.number_input(say(f"understand.pixel.{key}"), 1, size, key=key, width=120)
        chosen.append(value - 1)
    channel, row, column = chosen
    return channel, row, column


def _strongest() -> None:
    """Reset the place, as another layer's largest output is elsewhere."""
    for key in PLACE:
        st.query_params.pop(key, None)


def _map(say: Words, numbers: Floats, place: tuple[int, int, int]) -> None:
    def choose(output: Sequence[int]) -> None:
        for key, at in zip((ROW, COLUMN), output, strict=True):
            put(key, int(at) + 1)

    figure = map_figure(say, page_mode(), numbers, *place[1:])
    draw(say, figure, "pixel_map", say("understand.pixel.map_alt"), on_point=choose)


def _steps(say: Words, story: PixelStory, name: str, place: tuple[int, int, int], *, is_map: bool) -> None:
    """A numbered list: the sum, then each operation with its numbers."""
    lines = [_sum(say, story)]
    before = story.values[0]
    for value in story.values[1:]:
        operation = f"**{operation_text(say, value.operation)}**"
        lines.append(say("fields.told", label=operation, value=_step(say, before, value)))
        before = value
    numbered = "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))
    channel, row, column = (at + 1 for at in place)
    end = say(
        f"understand.pixel.{'is_pixel' if is_map else 'is_unit'}",
        layer=name, number=before.numbers.item(), channel=channel, row=row, column=column,
    )  # fmt: skip
    st.markdown(f"{numbered}\n\n{end}")


def _sum(say: Words, story: PixelStory) -> str:
    if story.patch.ndim == 1:
        total = float(story.products.sum())
        return say("understand.pixel.sum_units", n=story.patch.size, products=total, bias=story.bias, sum=story.sum)
    sums = story.products.sum((1, 2))
    strongest = int(np.abs(sums).argmax())
    return say(
        "understand.pixel.sum",
        n=story.products[0].size, name=_channel(say, story, strongest), products=float(sums[strongest]),
        others=float(sums.sum() - sums[strongest]), num_others=len(sums) - 1, bias=story.bias, sum=story.sum,
    )  # fmt: skip


def _step(say: Words, before: Value, value: Value) -> str:
    numbers, result = _listed(say, before.numbers), _listed(say, value.numbers)
    if value.norm is not None:
        mean, variance, epsilon, weight, shift = value.norm
        spread = float(np.sqrt(variance + epsilon))
        facts = {"mean": mean, "spread": spread, "scale": weight, "shift": shift}
        return say("understand.pixel.step.norm", before=numbers, result=result, **facts)
    added = "" if value.added is None else _listed(say, value.added)
    texts = say.by_prefix("understand.pixel.step")
    text = texts.get(value.operation.kind, texts["other"])
    return text.format(before=numbers, result=result, added=added)


def _listed(say: Words, numbers: Floats) -> str:
    return say("language.comma").join(f"{each:.3f}" for each in numbers.ravel())


def _terms(say: Words, story: PixelStory) -> None:
    """The products themselves: those of the input channel that contributes most, or the largest of a long row."""
    mode = page_mode()
    if story.patch.ndim == 1 or story.patch[0].size == 1:
        with st.container(width=640):
            figure = products_figure(say, mode, story.patch.ravel(), story.kernel.ravel())
            draw(say, figure, "pixel_products", say("understand.pixel.products_title"))
        return
    at = int(np.abs(story.products.sum((1, 2))).argmax())
    st.markdown(say("understand.pixel.shown", name=_channel(say, story, at)))
    grids = {"patch": story.patch[at], "kernel": story.kernel[at], "products": story.products[at]}
    for column, (key, numbers) in zip(st.columns(3, width=760), grids.items(), strict=True):
        with column:
            title = say(f"understand.pixel.{key}")
            alt = f"{title}: {_listed(say, numbers)}"
            draw(say, grid_figure(mode, title, numbers, float(np.abs(numbers).max())), f"pixel_{key}", alt)


def _channel(say: Words, story: PixelStory, at: int) -> str:
    if len(story.patch) == len(COLOURS):
        return say(f"understand.pixel.colour.{COLOURS[at]}")
    return say("understand.pixel.input_channel", number=at + 1)
