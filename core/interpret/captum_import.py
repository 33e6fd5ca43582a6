"""Captum's methods without what `import captum` loads: matplotlib and all other methods, which cost a worker 30 MB and
a second, and write a font cache to the home folder at the first start."""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGES = ("captum", "captum.attr")  # their __init__ imports everything


def captum_method(module: str, name: str) -> Any:
    """A class of `captum.attr._core`, such as "Saliency" of "saliency"."""
    _stand_in()
    return getattr(import_module(f"captum.attr._core.{module}"), name)


@cache
def _stand_in() -> None:
    """Install empty packages in place of Captum's own, through which its modules are still found."""
    spec = find_spec("captum")
    assert spec is not None
    assert spec.origin is not None
    for package in PACKAGES:
        module = ModuleType(package)
        module.__path__ = [str(Path(spec.origin).parent.joinpath(*package.split(".")[1:]))]
        sys.modules.setdefault(package, module)
