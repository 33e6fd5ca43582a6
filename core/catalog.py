"""What can be chosen: the models, data sets and optimizers, read from their files without importing them.

Each file of `core/models`, `core/datasets` and `core/optimizers` that holds a literal `SPEC = {...}` is one choice,
named like the file. A page can thus list a model without importing torch.
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

KINDS = ("models", "datasets", "optimizers")
Spec = Mapping[str, Any]
_PARSING = threading.Lock()


@cache
def specs(kind: str) -> Mapping[str, Spec]:
    """All choices of a kind by name, in the order of their `order` field."""
    if kind not in KINDS:
        raise KeyError(kind)
    found = {path.stem: spec for path in (Path(__file__).parent / kind).glob("*.py") if (spec := _read_spec(path))}
    ordered = sorted(found.items(), key=lambda item: (item[1].get("order", 100), item[0]))
    return MappingProxyType(dict(ordered))


def parsed(source: str) -> ast.Module:
    """Python's syntax tree of a text. Threads take turns: Python 3.11 fails with a SystemError where two build trees at
    once (https://github.com/python/cpython/issues/106905)."""
    with _PARSING:
        return ast.parse(source)


def _read_spec(path: Path) -> Spec | None:
    for node in parsed(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "SPEC" for t in node.targets):
            return MappingProxyType(ast.literal_eval(node.value))
    return None
