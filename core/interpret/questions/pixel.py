"""How one output of a layer is calculated, number by number."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.config import RunConfig
from core.interpret.anatomy import Floats, PixelStory, Value
from core.interpret.pictures import Picture, picture_tensor
from core.interpret.trace import Step, by_layer, side, traced, weighted_step

Window = tuple[slice, slice]  # rows and columns of a result


@torch.inference_mode()
def answer(
    network: nn.Module, config: RunConfig, picture: Picture, layer: int, channel: int, row: int, column: int
) -> PixelStory:
    """The output of a layer with weights at that place; a linear layer has only row and column 0. Raises IndexError for
    a place outside it."""
    images, _ = picture_tensor(config, picture)
    steps = traced(network, images)
    group = by_layer(steps)[layer]
    weighted = weighted_step(steps, group)
    if weighted is None:
        raise IndexError(layer)
    chain = [steps[each] for each in group if each >= weighted]
    height, width = _as_maps(chain[-1].output).shape[1:]
    if not (0 <= row < height and 0 <= column < width):
        raise IndexError(row, column)
    windows = _windows(chain, row, column)
    values = tuple(
        _value(step, _inside(step.output, channel, window), channel, window, steps, group)
        for step, window in zip(chain, windows, strict=True)
    )
    own_row, own_column = _decisive(chain, values)
    at = windows[0][0].start + own_row, windows[0][1].start + own_column
    patch, kernel, bias = _terms(chain[0].arguments, channel, *at)
    return PixelStory(patch.numpy().copy(), kernel.numpy().copy(), bias, own_row, own_column, values)


def _windows(chain: list[Step], row: int, column: int) -> list[Window]:
    """The window of each step's output that contributes, traced back from the last step."""
    windows: list[Window] = [(slice(row, row + 1), slice(column, column + 1))]
    for step in reversed(chain[1:]):
        windows.append(_before(step, windows[-1]) if step.operation.kind.endswith("_pool") else windows[-1])
    return windows[::-1]


def _before(pool: Step, window: Window) -> Window:
    size = pool.operation.size
    stride = side(pool.arguments.get("stride") or size)
    padding = side(pool.arguments.get("padding") or 0)
    rows, columns = (
        slice(max(each.start * stride - padding, 0), each.start * stride - padding + size) for each in window
    )
    return rows, columns


def _as_maps(output: Tensor) -> Tensor:
    """(channels, height, width) of the single image; a unit is a map of one pixel."""
    return output[0].reshape(output.shape[1], *(output.shape[2:] or (1, 1)))


def _inside(output: Tensor, channel: int, window: Window) -> Floats:
    numbers: Floats = _as_maps(output)[channel][window].float().numpy().copy()
    return numbers


def _value(step: Step, numbers: Floats, channel: int, window: Window, steps: list[Step], group: list[int]) -> Value:
    if step.operation.kind == "add":
        other = next((each for each in step.inputs if each not in group), step.inputs[-1])
        return Value(step.operation, numbers, added=_inside(steps[other].output, channel, window))
    if step.operation.kind == "norm":
        named = step.arguments
        mean, variance, scale, shift = (
            float(named[name][channel]) for name in ("running_mean", "running_var", "weight", "bias")
        )
        return Value(step.operation, numbers, norm=(mean, variance, float(named["eps"]), scale, shift))
    return Value(step.operation, numbers)


def _decisive(chain: list[Step], values: tuple[Value, ...]) -> tuple[int, int]:
    """The place in the first window of the number that the maximum takes; the first place if all contribute."""
    for before, step in zip(values, chain[1:], strict=False):
        if step.operation.kind == "max_pool":
            row, column = np.unravel_index(int(before.numbers.argmax()), before.numbers.shape)
            return int(row), int(column)
    return 0, 0


def _terms(called: dict[str | int, Any], channel: int, row: int, column: int) -> tuple[Tensor, Tensor, float]:
    """The inputs at that place, the weights they are multiplied by, and the bias."""
    weight, bias = called["weight"], called.get("bias")
    kernel = weight[channel]
    offset = 0.0 if bias is None else float(bias[channel])
    if weight.dim() == 2:
        return called["input"][0], kernel, offset
    size = weight.shape[-2:]
    columns = F.unfold(called["input"], size, called["dilation"], called["padding"], called["stride"])
    across = (called["input"].shape[-1] + 2 * called["padding"][1] - called["dilation"][1] * (size[1] - 1) - 1) // (
        called["stride"][1]
    ) + 1
    patch = columns[0, :, row * across + column].reshape(-1, *size)
    group = channel // (len(weight) // called["groups"])
    return patch[group * len(kernel) : (group + 1) * len(kernel)], kernel, offset
