"""Exports a network to ONNX by tracing one forward pass.

torch's own exporter loads its compiler, which takes 200 MB and seconds of CPU time, too much for a worker. The lab's
networks use few operations. An unknown one is refused by name and needs a line in `OPERATIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from core.errors import NotInOnnx
from core.models import IMAGE_SHAPE, NUM_CLASSES

OPSET = 20  # from 2023, supported by current ONNX runtimes
IR_VERSION = 9  # the file format of that opset
IMAGES, LOGITS = "images", "logits"

Inputs = Sequence[Tensor | Sequence[int] | None]
Operation = tuple[str, Inputs, Mapping[str, Any]]  # ONNX name, inputs, attributes


@torch.inference_mode()
def onnx_model(network: nn.Module) -> onnx.ModelProto:
    """A model from `images` (N, 3, 24, 24) float32 to `logits` (N, 10), for any N. Weights keep their names. `network`
    must be in evaluation mode. Raises NotInOnnx."""
    images = torch.zeros(1, *IMAGE_SHAPE)
    with _Watched(network, images) as watched:
        logits = network(images)
    graph = helper.make_graph(
        [*watched.nodes, helper.make_node("Identity", [watched.name_of(logits)], [LOGITS])],
        type(network).__name__,
        [helper.make_tensor_value_info(IMAGES, TensorProto.FLOAT, ["N", *IMAGE_SHAPE])],
        [helper.make_tensor_value_info(LOGITS, TensorProto.FLOAT, ["N", NUM_CLASSES])],
        list(watched.constants.values()),
    )
    opset = helper.make_opsetid("", OPSET)
    return helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION, producer_name="TrendLab")


class _Watched(TorchFunctionMode):
    """Writes a node for every operation between the images and the logits; other threads are not traced."""

    def __init__(self, network: nn.Module, images: Tensor) -> None:
        super().__init__()
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}
        self._weights = {id(each): name for name, each in network.state_dict(keep_vars=True).items()}
        self._known = {id(images): IMAGES}
        self._alive: list[Tensor] = []  # so that no id is reused

    def __torch_function__(self, function: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        output = function(*args, **(kwargs or {}))
        if isinstance(output, Tensor):
            self._write(function, args, kwargs or {}, output)
        return output

    def name_of(self, given: Tensor | Sequence[int] | None) -> str:
        """The name of an earlier output, or of a weight or integer tuple, which is then added to the file."""
        if given is None:
            return ""
        if not isinstance(given, Tensor):
            name = f"numbers_{'_'.join(map(str, given))}"
            return self._constant(name, np.array(given, np.int64))
        if id(given) in self._known:
            return self._known[id(given)]
        if id(given) not in self._weights:
            raise NotInOnnx("constant")
        return self._constant(self._weights[id(given)], np.ascontiguousarray(given.detach().numpy()))

    def _constant(self, name: str, values: Any) -> str:
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(values, name)
        return name

    def _write(self, function: Any, args: Any, kwargs: Any, output: Tensor) -> None:
        try:
            operation, inputs, attributes = OPERATIONS[function](*args, **kwargs)
            given = [self.name_of(each) for each in inputs]
        except (KeyError, TypeError) as unknown:  # the operation or one of its options
            raise NotInOnnx(getattr(function, "__name__", str(function))) from unknown
        self._alive.append(output)
        self._known[id(output)] = written = f"{operation.lower()}_{len(self.nodes) + 1}"
        self.nodes.append(helper.make_node(operation, given, [written], written, **attributes))


def _pair(value: Any) -> list[int]:
    return [value, value] if isinstance(value, int) else list(value)


def _conv(
    x: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
    groups: int = 1,
) -> Operation:  # fmt: skip
    how = {"strides": _pair(stride), "pads": _pair(padding) * 2, "dilations": _pair(dilation), "group": groups}
    return "Conv", [x, weight, bias], how


def _pool(operation: str, **more: int) -> Callable[..., Operation]:
    def pool(
        x: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: int = 1, ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> Operation:  # fmt: skip
        if dilation != 1 or ceil_mode or return_indices:
            raise TypeError
        size = _pair(kernel_size)
        how = {"kernel_shape": size, "strides": _pair(stride or size), "pads": _pair(padding) * 2}
        return operation, [x], how | more

    return pool


def _batch_norm(
    x: Tensor, mean: Tensor, variance: Tensor, weight: Tensor, bias: Tensor, training: bool, momentum: float, eps: float
) -> Operation:
    if training:
        raise TypeError
    return "BatchNormalization", [x, weight, bias, mean, variance], {"epsilon": eps, "momentum": 1 - momentum}


def _mean(x: Tensor, dim: Sequence[int], keepdim: bool = False) -> Operation:
    return "ReduceMean", [x, dim], {"keepdims": int(keepdim)}


def _linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Operation:
    return "Gemm", [x, weight, bias], {"transB": 1}


def _flatten(x: Tensor, start_dim: int = 0, end_dim: int = -1) -> Operation:
    if start_dim != 1 or end_dim != -1:
        raise TypeError
    return "Flatten", [x], {}


def _plain(operation: str) -> Callable[..., Operation]:
    """An operation with the same inputs in torch and ONNX, and no options."""
    return lambda *inputs, inplace=False: (operation, inputs, {})  # noqa: ARG005  the file knows no places


OPERATIONS: Mapping[Any, Callable[..., Operation]] = {
    torch.conv2d: _conv,
    F.linear: _linear,
    F.batch_norm: _batch_norm,
    F.relu: _plain("Relu"),
    torch.relu: _plain("Relu"),
    Tensor.relu: _plain("Relu"),
    torch.tanh: _plain("Tanh"),
    F.max_pool2d: _pool("MaxPool"),
    F.avg_pool2d: _pool("AveragePool", count_include_pad=1),
    torch.flatten: _flatten,
    Tensor.flatten: _flatten,
    Tensor.mean: _mean,
    Tensor.add: _plain("Add"),
}
