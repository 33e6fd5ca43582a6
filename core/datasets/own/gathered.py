"""The images found in an upload, and what was left out."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, count

import numpy as np
from numpy.typing import NDArray

from core.datasets.own.limits import (
    MAX_CLASSES,
    MAX_IMAGES,
    MAX_NAME_CHARS,
    MIN_CLASSES,
    MIN_IMAGES_PER_CLASS,
)
from core.errors import OwnSetRefused

NAMES_LISTED = 5  # names listed for each reason
# Besides letters and digits of any script; without meaning in Markdown or HTML.
PLAIN = frozenset(" -.,()+'&%（）【】《》“”‘’、，。！？：；·")


@dataclass
class Gathered:
    """Collects images, without duplicates. `notes` name adjustments to the values as read; `left_out` has names by
    reason."""

    notes: list[str] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _images: list[NDArray[np.uint8]] = field(default_factory=list)
    _classes: list[str] = field(default_factory=list)
    _seen: set[bytes] = field(default_factory=set)

    def add(self, class_name: str, image: NDArray[np.uint8], name: str) -> None:
        """Add an image (24, 24, C). Raises OwnSetRefused if there are too many."""
        content = image.tobytes()
        if content in self._seen:  # in both the training and the validation set it would inflate the accuracy
            self.left_out["duplicate"].append(name)
            return
        if len(self._images) == MAX_IMAGES:
            raise OwnSetRefused("too_many", limit=MAX_IMAGES, got=MAX_IMAGES + 1)
        self._seen.add(content)
        self._images.append(image)
        self._classes.append(class_name)

    def arrays(self) -> tuple[NDArray[np.uint8], NDArray[np.int64], tuple[str, ...]]:
        """Images (N, 24, 24, C), one channel if all are grey, labels (N,), and class names in the order of the labels.
        Raises OwnSetRefused if there are too few or too many classes, or too few images in one."""
        folders = sorted(set(self._classes), key=_reading_order)
        if not MIN_CLASSES <= len(folders) <= MAX_CLASSES:
            raise self._refused("num_classes", low=MIN_CLASSES, high=MAX_CLASSES, got=len(folders))
        labels, names = np.array([folders.index(each) for each in self._classes], np.int64), _unique_names(folders)
        counts = np.bincount(labels)
        if counts.min() < MIN_IMAGES_PER_CLASS:
            few = int(counts.argmin())
            raise self._refused("few_images", limit=MIN_IMAGES_PER_CLASS, name=names[few], got=int(counts[few]))
        order = labels.argsort(kind="stable")
        images = np.stack(self._images)[order]
        is_grey = bool((images == images[..., :1]).all())
        return images[..., :1] if is_grey else images, labels[order], names

    def _refused(self, problem: str, **facts: object) -> OwnSetRefused:
        """With what was left out, which is often the reason."""
        return OwnSetRefused(problem, **facts, left_out=self.left_out_summary())

    def left_out_summary(self) -> list[dict[str, object]]:
        """For JSON: each reason with the count and some names."""
        return [
            {"reason": reason, "n": len(names), "names": [_plain_path(each) for each in names[:NAMES_LISTED]]}
            for reason, names in self.left_out.items()
        ]


def plain_name(text: str) -> str:
    """An untrusted name, reduced to characters that are safe in any text: letters, digits, a few symbols."""
    kept = "".join(
        each if each in PLAIN or unicodedata.category(each)[0] in "LMN" or unicodedata.category(each) == "So" else " "
        for each in text
    )
    return " ".join(kept.replace("www.", "www ").split())[:MAX_NAME_CHARS].strip() or "?"


def _plain_path(path: str) -> str:
    return "/".join(plain_name(part) for part in path.split("/"))


def _unique_names(folders: Sequence[str]) -> tuple[str, ...]:
    """Plain names, with a number appended to duplicates."""
    names: list[str] = []
    for folder in folders:
        plain = plain_name(folder)
        numbered = chain([plain], (f"{plain} {n}" for n in count(2)))
        names.append(next(name for name in numbered if name not in names))
    return tuple(names)


def _reading_order(name: str) -> tuple[list[str | int], str]:
    """Sorts the numbers in names by value, and numbers before letters; the last part tells Cat from cat."""
    pieces = re.split(rf"(\d{{1,{MAX_NAME_CHARS}}})", name.casefold())
    return [int(piece) if at % 2 else piece for at, piece in enumerate(pieces)], name
