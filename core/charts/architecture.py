"""A network as a strip of boxes from the image down to the classes."""

from __future__ import annotations

from collections.abc import Sequence

from core.charts import house
from core.charts.house import Figure, Mode
from core.content.numbers import number_text
from core.content.words import Words
from core.interpret.anatomy import NetworkLayer, Operation

ROW_PX, BOX_PX = 84, 64
LEFT, RIGHT = 0.004, 0.86  # of the figure's width; shortcuts run beside the boxes
LANES = (0.92, 0.98)
LINE_PX = 18  # between lines of text
PAD_PX = 8


def architecture_figure(say: Words, mode: Mode, layers: Sequence[NetworkLayer], image_shape: tuple[int, ...]) -> Figure:
    """One box per layer: its name, its operations, the shape of its output, and its share of the parameters as the
    filled part of the box. Distances are pixels from the top, so that nothing depends on the width."""
    total = sum(layer.parameters for layer in layers)
    boxes = [_box(mode, number, layer, total) for number, layer in enumerate(layers, start=1)]
    image = _frame(mode, 0)
    texts = [
        *_texts(0, say("understand.inside.image"), say("understand.inside.image_shape"), "", image_shape),
        *(text for number, layer in enumerate(layers, start=1) for text in _layer_texts(say, number, layer, total)),
    ]
    height = ROW_PX * len(layers) + BOX_PX + 2
    return house.figure(
        [{"type": "scatter", "x": [None], "y": [None], "hoverinfo": "skip"}],  # everything else is shapes
        mode,
        height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis={"visible": False, "range": [0, 1], "fixedrange": True},
        yaxis={"visible": False, "range": [height, 0], "fixedrange": True},
        shapes=[image, *(shape for box in boxes for shape in box)],
        annotations=[*texts, *_arrows(mode, layers)],
    )


def layer_title(say: Words, layer: NetworkLayer) -> str:
    """The layer's name in the network's source; without weights, that of its first operation."""
    return layer.path or operation_text(say, layer.operations[0])


def operation_text(say: Words, operation: Operation) -> str:
    """For example `3×3 convolution`; an unknown operation keeps torch's name."""
    names = say.by_prefix("understand.inside.operation")
    return names.get(operation.kind, operation.kind).format(size=operation.size)


def shape_text(shape: Sequence[int]) -> str:
    return " × ".join(str(size) for size in shape)


def _frame(mode: Mode, row: int) -> Figure:
    return _rectangle(row, RIGHT) | {"line": {"color": house.color("ghost", mode), "width": 1}}


def _box(mode: Mode, row: int, layer: NetworkLayer, total: int) -> list[Figure]:
    share = layer.parameters / max(total, 1)
    filling = {"fillcolor": house.color("primary", mode, 0.22), "line": {"width": 0}}
    return [_rectangle(row, LEFT + (RIGHT - LEFT) * share) | filling, _frame(mode, row)]


def _rectangle(row: int, right: float) -> Figure:
    top = row * ROW_PX + 1
    return {
        "type": "rect",
        "x0": LEFT,
        "x1": right,
        "y0": top,
        "y1": top + BOX_PX,
        "xref": "x",
        "yref": "y",
        "layer": "below",
    }


def _layer_texts(say: Words, row: int, layer: NetworkLayer, total: int) -> list[Figure]:
    parameters = ""
    if layer.parameters:
        share = layer.parameters / total
        parameters = say("understand.inside.parameters", n=number_text(layer.parameters), share=f"{share:.1%}")
    operations = " → ".join(operation_text(say, each) for each in layer.operations)
    return _texts(row, layer.path, operations, parameters, layer.shape)


def _texts(row: int, title: str, operations: str, parameters: str, shape: Sequence[int]) -> list[Figure]:
    lines = [f"<b>{title}</b>" if title else "", operations, parameters]
    shown = [line for line in lines if line]
    top = row * ROW_PX + 1 + (BOX_PX - LINE_PX * len(shown)) / 2
    left = [_text(line, LEFT, "left", top + LINE_PX * at) for at, line in enumerate(shown)]
    return [*left, _text(shape_text(shape), RIGHT, "right", top)]


def _text(text: str, x: float, side: str, top: float) -> Figure:
    inwards = PAD_PX if side == "left" else -PAD_PX
    return {
        "text": text, "x": x, "xref": "x", "yref": "y", "xanchor": side,
        "xshift": inwards, "y": top, "yanchor": "top", "borderpad": 0,
        "showarrow": False, "font": {"size": house.SMALL_PX + 1}, "align": side,
    }  # fmt: skip


def _arrows(mode: Mode, layers: Sequence[NetworkLayer]) -> list[Figure]:
    """From each layer to those that use its output: down to the next box, or beside the boxes in a free lane."""
    arrows: list[Figure] = []
    free_from = dict.fromkeys(LANES, 0)  # the first row in which each lane is free
    for row, layer in enumerate(layers, start=1):
        if row - 2 in layer.inputs:
            arrows.append(_arrow(mode, RIGHT / 2, row * ROW_PX, RIGHT / 2, row * ROW_PX - (ROW_PX - BOX_PX) + 2))
        for source in [*(each for each in layer.inputs if each != row - 2), *layer.added]:
            lane = next((each for each, free in free_from.items() if free <= source + 1), LANES[0])
            free_from[lane] = row
            arrows += _beside(mode, source + 1, row, lane)
    return arrows


def _beside(mode: Mode, source_row: int, row: int, lane: float) -> list[Figure]:
    """A path out of the source's box, down, and into the target's."""
    start, end = source_row * ROW_PX + BOX_PX - PAD_PX, row * ROW_PX + BOX_PX // 2
    return [
        _arrow(mode, lane, start, RIGHT, start, head=0),
        _arrow(mode, lane, end, lane, start, head=0),
        _arrow(mode, RIGHT, end, lane, end),
    ]


def _arrow(mode: Mode, x: float, y: float, from_x: float, from_y: float, head: int = 2) -> Figure:
    return {
        "x": x, "y": y, "ax": from_x, "ay": from_y, "xref": "x", "yref": "y", "axref": "x", "ayref": "y", "text": "",
        "showarrow": True, "arrowhead": head, "arrowsize": 1, "arrowwidth": 1.5,
        "arrowcolor": house.color("ghost", mode),
    }  # fmt: skip
