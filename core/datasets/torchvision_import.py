"""torchvision's modules, even if its compiled part cannot be loaded (CPU torch with the default torchvision)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

# `import torchvision` registers shape rules for these two and fails with "operator torchvision::nms does not exist" if
# its own library did not define them. No data set and no classifier calls them.
MISSING_OPERATORS = ("nms", "qnms")
SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
COMPILER = "torch._dynamo"
_kept: list[torch.library.Library] = []  # keeps their operators registered


def dataset_class(name: str) -> Any:
    """torchvision's class of a data set, such as "MNIST", which has the URLs and checksums."""
    return getattr(torchvision_part("datasets"), name)


def torchvision_part(name: str) -> Any:
    """A module of torchvision: "datasets" or "models"."""
    _define_missing_operators()
    with _without_the_compiler():
        return import_module(f"torchvision.{name}")


@contextmanager
def _without_the_compiler() -> Iterator[None]:
    """On import, an operation of torchvision that is not used here asks torch's compiler whether a device can compile.
    Importing the compiler would take longer than reading a data set, so a stand-in answers no."""
    if COMPILER in sys.modules:
        yield
        return
    utils = ModuleType(f"{COMPILER}.utils")
    vars(utils).update(is_compile_supported=lambda _device: False)
    stand_ins = {COMPILER: ModuleType(COMPILER), f"{COMPILER}.utils": utils}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for module in stand_ins:  # later imports get the real compiler
            del sys.modules[module]


@cache
def _define_missing_operators() -> None:
    spec = find_spec("torchvision")
    assert spec is not None
    assert spec.origin is not None
    for library in Path(spec.origin).parent.glob("_C*"):  # _C, or _C_stable from 0.29 on
        with suppress(OSError):  # built for another torch; the operators below replace it
            torch.ops.load_library(library)  # type: ignore[no-untyped-call]
    absent = [name for name in MISSING_OPERATORS if not hasattr(torch.ops.torchvision, name)]
    if absent:
        _kept.append(torch.library.Library("torchvision", "FRAGMENT"))  # type: ignore[no-untyped-call]
        for name in absent:
            _kept[-1].define(name + SIGNATURE)  # type: ignore[no-untyped-call]
