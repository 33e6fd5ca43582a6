"""Inspects a torchvision classifier on the meta device: shapes and counts without any weights in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.overrides import TorchFunctionMode
from torch.utils.flop_counter import FlopCounterMode

from core.datasets.torchvision_import import torchvision_part
from core.interpret.inspection import CLASSIFIERS, Inspection, Layer

# Both were measured at the size for which their model is built.
FIRST_WEIGHTS = ("IMAGENET1K_V1", "IMAGENET1K_SWAG_LINEAR_V1")
# GoogLeNet's published weights come without the two auxiliary outputs; weight initialisation is not needed.
BUILT_WITH = {"googlenet": {"aux_logits": False, "init_weights": False}, "inception_v3": {"init_weights": False}}
FLOP_PER_MULTIPLY_ADD = 2  # torch counts a multiplication and an addition as two
CHANNELS = 3
NOTHING = torch.empty(0)


def inspect(name: str) -> Inspection:
    """Parameters, multiply-adds, output shapes and activation memory of the model and of each of its parts."""
    if name not in CLASSIFIERS:
        raise KeyError(name)
    weights = first_weights(name)
    image_px = int(weights.transforms.keywords["crop_size"])
    model = build(name)
    images = torch.empty(1, CHANNELS, image_px, image_px, device="meta")
    traced = _Traced(model)
    counter = FlopCounterMode(display=False)
    # The counter's own tracker hooks every module of this process, and a concurrent training would reset it.
    counter.mod_tracker = cast(Any, traced)
    with counter, traced.watching():
        model(images)
    layers = tuple(_layer(path, module, traced, counter) for path, module in model.named_modules())
    top1 = float(weights.meta["_metrics"]["ImageNet-1K"]["acc@1"])
    return Inspection(name, weights.name, image_px, top1, layers)


def first_weights(name: str) -> Any:
    """The first published weights in torchvision's table, with their documented figures."""
    entries = torchvision_part("models").get_model_weights(name).__members__
    return next(entries[each] for each in FIRST_WEIGHTS if each in entries)


def build(name: str) -> nn.Module:
    """The model in evaluation mode, without memory for its weights."""
    with _WeightsOnMeta():
        model: nn.Module = torchvision_part("models").get_model(name, **BUILT_WITH.get(name, {}))
    return model.to("meta").eval()


class _WeightsOnMeta(TorchFunctionMode):
    """Puts only `torch.empty` on the meta device, where weights start: RegNet reads its widths from other tensors."""

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        return function(*args, **(kwargs | {"device": "meta"} if function is torch.empty else kwargs))


class _Traced:
    """Records of one forward pass from hooks: the shape of each module's output, and the bytes kept for the backward
    pass; and, for a FLOP counter, the active modules as `parents`.

    A tensor kept by several operations is counted once, for the first module that keeps it and the modules around it;
    weights are not counted.
    """

    def __init__(self, model: nn.Module) -> None:
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.kept_bytes: Counter[str] = Counter()
        self.parents: list[str] = []  # paths of the active modules, from the whole model inward
        self._kept: list[Any] = [each.untyped_storage() for each in (*model.parameters(), *model.buffers())]
        self._seen = {_identity(storage) for storage in self._kept}
        for path, module in model.named_modules():
            module.register_forward_pre_hook(self._enter(path))
            module.register_forward_hook(self._leave(path))

    def __enter__(self) -> None:
        """Does nothing, as the hooks are already in place."""

    def __exit__(self, *_: object) -> None: ...

    def watching(self) -> saved_tensors_hooks:
        return saved_tensors_hooks(self._keep, lambda nothing: nothing)  # no backward pass follows

    def _enter(self, path: str) -> Callable[..., None]:
        return lambda _module, _inputs: self.parents.append(path)

    def _leave(self, path: str) -> Callable[..., None]:
        def leave(_module: nn.Module, _inputs: Any, output: Any) -> None:
            self.parents.pop()
            first = output[0] if isinstance(output, tuple) else output
            self.shapes[path] = tuple(first.shape)

        return leave

    def _keep(self, tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if _identity(storage) not in self._seen:
            self._kept.append(storage)  # kept alive, so that its id is not reused
            self._seen.add(_identity(storage))
            for path in self.parents:
                self.kept_bytes[path] += storage.nbytes()
        return NOTHING  # returning the tensor would create a reference cycle with the graph


def _identity(storage: torch.UntypedStorage) -> int:
    return int(storage._cdata)


def _layer(path: str, module: nn.Module, traced: _Traced, counter: FlopCounterMode) -> Layer:
    flop = sum(counter.get_flop_counts().get(path, {}).values())
    return Layer(
        path=path,
        kind=type(module).__name__,
        output_shape=traced.shapes.get(path),
        parameters=sum(each.numel() for each in module.parameters()),
        multiply_adds=flop // FLOP_PER_MULTIPLY_ADD,
        kept_bytes=traced.kept_bytes[path],
    )
