"""The available models, data sets and optimizers, read from their files without importing them.

Each file of `core/models`, `core/datasets` and `core/optimizers` with a literal `SPEC = {...}` is one choice, named
after the file. A page can thus list a model without importing torch. A reader's own data set is a folder in the
installation's home, and its SPEC is read from its `spec.json`.
"""

from __future__ import annotations

import ast
import json
import math
import re
import threading
from collections.abc import Mapping
from functools import cache
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any

from core.settings import get_settings

KINDS = ("models", "datasets", "optimizers")
Spec = Mapping[str, Any]
UNEVEN = 1.5  # the largest class is mentioned from this multiple of an even share
_PARSING = threading.Lock()
OWN_NAME = re.compile(r"own_(?P<num_classes>[2-9]|10)_[0-9a-f]{12}")  # a hash of its content
GONE: Spec = MappingProxyType(
    {
        "label": {"en": "Deleted data set", "zh": "已删除的数据集"},
        "about": {"en": "The images of this data set were deleted.", "zh": "这个数据集的图像已被删除。"},
        "source": "",
        "licence": "",
        "num_train": 1,
        "num_validation": 1,
        "classes": {"en": []},
    }
)


@cache
def specs(kind: str) -> Mapping[str, Spec]:
    """All choices of a kind by name, in the order of their `order` field."""
    if kind not in KINDS:
        raise KeyError(kind)
    found = {path.stem: spec for path in (Path(__file__).parent / kind).glob("*.py") if (spec := _read_spec(path))}
    ordered = sorted(found.items(), key=lambda item: (item[1].get("order", 100), item[0]))
    return MappingProxyType(dict(ordered))


def spec_of(kind: str, name: str) -> Spec:
    """One choice by name. A reader's own data set that no longer exists is GONE."""
    return _own_spec(name) if kind == "datasets" and is_own(name) else specs(kind)[name]


def num_classes(dataset: str) -> int:
    """Number of classes of a data set, whether it exists here or not."""
    own = OWN_NAME.fullmatch(dataset)
    return int(own["num_classes"]) if own else len(specs("datasets")[dataset]["classes"]["en"])


def largest_share(dataset: str) -> float | None:
    """The share of the largest training class among the validation images, which is the accuracy of always answering
    that class; None if it is not much more than an even share."""
    share: float = spec_of("datasets", dataset).get("largest_share", 0.0)
    return share if share > UNEVEN / num_classes(dataset) else None


def guess_loss(dataset: str) -> float:
    """The cross-entropy of guessing each class as often as it occurs among the training images."""
    loss: float = spec_of("datasets", dataset).get("guess_loss", math.log(num_classes(dataset)))
    return loss


def is_own(dataset: str) -> bool:
    """Whether this is the name of a reader's own data set."""
    return OWN_NAME.fullmatch(dataset) is not None


def own_folder(dataset: str) -> Path:
    """The folder of a reader's own data set, whether it exists or not."""
    return get_settings().home / "own" / dataset


def parsed(source: str) -> ast.Module:
    """The syntax tree of a source text. Takes a lock, as Python 3.11 raises SystemError if two threads build trees at
    once (https://github.com/python/cpython/issues/106905)."""
    with _PARSING:
        return ast.parse(source)


def _read_spec(path: Path) -> Spec | None:
    try:
        for node in parsed(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "SPEC" for t in node.targets):
                return MappingProxyType(ast.literal_eval(node.value))
    except (SyntaxError, ValueError) as problem:
        problem.add_note(f"In {path}, whose SPEC is read without running the file: it must be a literal.")
        raise
    return None


def _own_spec(name: str) -> Spec:
    try:
        spec = json.loads((own_folder(name) / "spec.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # a power cut may leave it empty
        return GONE
    title, classes = spec["title"], [each["name"] for each in spec["classes"]]
    num_train, num_validation = (sum(each[part] for each in spec["classes"]) for part in ("train", "validation"))
    n = num_train + num_validation
    grouped = f"{n:,}".replace(",", "\u202f")
    return {
        **GONE,
        "label": {"en": f"{title} ({grouped})", "zh": f"{title}（{n}张）"},
        "about": {
            "en": f"A reader's own images, in {len(classes)} classes.",
            "zh": f"自己上传的图像，共{len(classes)}类。",
        },
        "num_train": num_train,
        "num_validation": num_validation,
        "guess_loss": sum(each["train"] / num_train * math.log(num_train / each["train"]) for each in spec["classes"]),
        "largest_share": max(spec["classes"], key=itemgetter("train"))["validation"] / num_validation,
        "classes": {"en": classes},
    }
