"""Traces one forward pass: every operation that a network calls, however it calls it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from core.interpret.anatomy import IMAGE, NetworkLayer, Operation

KINDS = {
    "conv2d": "conv", "linear": "linear", "batch_norm": "norm", "relu": "relu", "tanh": "tanh",
    "max_pool2d": "max_pool", "avg_pool2d": "avg_pool", "mean": "mean",
    "flatten": "flatten", "view": "flatten", "reshape": "flatten",
}  # fmt: skip
POOLS = ("max_pool2d", "avg_pool2d")
ADDS = ("add", "add_", "__add__", "__radd__", "__iadd__")
WEIGHTED = ("conv", "linear")
PARAMETERS = {
    "conv2d": ("input", "weight", "bias", "stride", "padding", "dilation", "groups"),
    "batch_norm": ("input", "running_mean", "running_var", "weight", "bias", "training", "momentum", "eps"),
    "max_pool2d": ("input", "kernel_size", "stride", "padding"),
    "avg_pool2d": ("input", "kernel_size", "stride", "padding"),
    "linear": ("input", "weight", "bias"),
}


@dataclass(frozen=True)
class Step:
    """A call of `operation`: its arguments by name (those of `PARAMETERS`, else by number), the numbers of the steps
    that it takes as input (IMAGE for the images), and its output, (N, ...)."""

    operation: Operation
    arguments: dict[str | int, Any]
    inputs: tuple[int, ...]
    output: Tensor


class Trace(TorchFunctionMode):
    """`with trace: network(images)` fills `trace.steps`. The trace keeps all tensors alive."""

    def __init__(self, images: Tensor) -> None:
        super().__init__()
        self.steps: list[Step] = []
        self._made = {id(images): IMAGE}
        self._images = images

    def __torch_function__(self, function: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        output = function(*args, **(kwargs or {}))
        arguments = _named(_name(function), args, kwargs or {})
        inputs = tuple(self._made[id(each)] for each in arguments.values() if id(each) in self._made)
        if isinstance(output, Tensor) and inputs and id(output) not in self._made:
            self._made[id(output)] = len(self.steps)
            self.steps.append(Step(_operation(_name(function), arguments), arguments, inputs, output))
        return output


def traced(network: nn.Module, images: Tensor) -> list[Step]:
    """The operations of a forward pass in order, with gradients if the network has them enabled."""
    trace = Trace(images)
    with trace:
        network(images)
    return trace.steps


def by_layer(steps: list[Step]) -> list[list[int]]:
    """The numbers of the steps of each layer. A layer begins with its weights and any reshaping before them."""
    layers: list[list[int]] = []
    waiting: list[int] = []
    for number, step in enumerate(steps):
        if step.operation.kind == "flatten":
            waiting.append(number)
        elif not layers or _begins(step, layers, steps):
            layers.append([*waiting, number])
            waiting = []
        else:
            layers[-1].append(number)
    return layers


def network_layers(network: nn.Module, steps: list[Step]) -> tuple[NetworkLayer, ...]:
    """The layers, with everything that a drawing needs."""
    groups = by_layer(steps)
    layer_of = {IMAGE: IMAGE} | {step: layer for layer, group in enumerate(groups) for step in group}
    weights = {id(each): (path.rpartition(".")[0], each.numel()) for path, each in network.named_parameters()}
    return tuple(
        _layer(number, [steps[each] for each in group], layer_of, weights) for number, group in enumerate(groups)
    )


def _layer(number: int, own: list[Step], layer_of: dict[int, int], weights: dict[int, tuple[str, int]]) -> NetworkLayer:
    used = {id(value): weights[id(value)] for step in own for value in step.arguments.values() if id(value) in weights}
    is_joint = own[0].operation.kind == "add"
    return NetworkLayer(
        path=next((path for path, _ in used.values()), ""),
        operations=tuple(step.operation for step in own),
        inputs=tuple(dict.fromkeys(layer_of[each] for each in own[0].inputs)),
        added=() if is_joint else _added(number, own, layer_of),
        shape=tuple(own[-1].output.shape[1:]),
        parameters=sum(size for _, size in used.values()),
    )


def _added(number: int, own: list[Step], layer_of: dict[int, int]) -> tuple[int, ...]:
    return tuple(layer_of[each] for step in own[1:] for each in step.inputs if layer_of[each] != number)


def layer_outputs(steps: list[Step]) -> list[Tensor]:
    """The output of each layer, (N, ...)."""
    return [steps[group[-1]].output for group in by_layer(steps)]


def weighted_step(steps: list[Step], group: list[int]) -> int | None:
    """The number of the layer's convolution or linear operation."""
    return next((each for each in group if steps[each].operation.kind in WEIGHTED), None)


def _begins(step: Step, layers: list[list[int]], steps: list[Step]) -> bool:
    if step.operation.kind in WEIGHTED or _gathers(step, steps):
        return True
    if step.operation.kind != "add":
        return False
    # An addition belongs to the layer whose output it adds to, unless that layer is on the shortcut itself.
    own = layers[-1]
    before = layers[-2][-1] if len(layers) > 1 else IMAGE
    return own[-1] not in step.inputs or before not in steps[own[0]].inputs


def _gathers(step: Step, steps: list[Step]) -> bool:
    """Whether it changes the size of its input: a mean of each map, or an unknown operation."""
    return not step.operation.kind.endswith("_pool") and step.output.shape != steps[step.inputs[0]].output.shape


def _name(function: Any) -> str:
    if function in _DISPATCHED:
        return _DISPATCHED[function]
    return str(getattr(function, "__name__", function))


def _operation(name: str, arguments: dict[str | int, Any]) -> Operation:
    if name in ADDS:
        return Operation("add")
    if name == "conv2d":
        return Operation("conv", int(arguments["weight"].shape[-1]))
    if name in POOLS:
        return Operation(KINDS[name], side(arguments["kernel_size"]))
    return Operation(KINDS.get(name, name))


def side(size: int | tuple[int, ...]) -> int:
    """A window's side in pixels; windows are square here."""
    return size if isinstance(size, int) else size[0]


def _named(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str | int, Any]:
    names = PARAMETERS.get(name, ())
    return {names[at] if at < len(names) else at: value for at, value in enumerate(args)} | kwargs


# The public names of some torch functions are only found where they are defined.
_DISPATCHED: dict[Callable[..., Any], str] = {torch.nn.functional.max_pool2d: "max_pool2d"}
