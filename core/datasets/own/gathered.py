"""What was found in an upload, and what of it is used."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

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

NAMES_TOLD = 5  # of what is left out for one reason
PLAIN = frozenset(" -.,()+'&%")  # and letters and digits of any script: nothing that Markdown or HTML would read


@dataclass
class Gathered:
    """Images as they come, without those that the set holds already. `notes` name what was read otherwise than it
    stands there; `left_out` are names by reason."""

    notes: list[str] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _images: list[NDArray[np.uint8]] = field(default_factory=list)
    _classes: list[str] = field(default_factory=list)
    _seen: set[bytes] = field(default_factory=set)

    def add(self, class_name: str, image: NDArray[np.uint8], name: str) -> None:
        """One image (24, 24, C). Raises OwnSetRefused for one too many."""
        content = image.tobytes()
        if content in self._seen:  # in the training and in the validation part it would make the measurement too good
            self.left_out["duplicate"].append(name)
            return
        if len(self._images) == MAX_IMAGES:
            raise OwnSetRefused("too_many", limit=MAX_IMAGES, got=MAX_IMAGES + 1)
        self._seen.add(content)
        self._images.append(image)
        self._classes.append(class_name)

    def arrays(self) -> tuple[NDArray[np.uint8], NDArray[np.int64], tuple[str, ...]]:
        """Images (N, 24, 24, C), one channel if all are grey, labels (N,), and the names of the classes in the order of
        their labels. Raises OwnSetRefused where a class, or one more image, is missing."""
        folders = sorted(set(self._classes), key=_reading_order)
        if not MIN_CLASSES <= len(folders) <= MAX_CLASSES:
            raise OwnSetRefused("num_classes", low=MIN_CLASSES, high=MAX_CLASSES, got=len(folders))
        labels, names = np.array([folders.index(each) for each in self._classes], np.int64), _told_apart(folders)
        counts = np.bincount(labels)
        if counts.min() < MIN_IMAGES_PER_CLASS:
            few = int(counts.argmin())
            raise OwnSetRefused("few_images", limit=MIN_IMAGES_PER_CLASS, name=names[few], got=int(counts[few]))
        order = labels.argsort(kind="stable")
        images = np.stack(self._images)[order]
        is_grey = bool((images == images[..., :1]).all())
        return images[..., :1] if is_grey else images, labels[order], names

    def told_left_out(self) -> list[dict[str, object]]:
        """For JSON: each reason with how many, and some names."""
        return [
            {"reason": reason, "n": len(names), "names": [_plain_path(each) for each in names[:NAMES_TOLD]]}
            for reason, names in self.left_out.items()
        ]


def plain_name(text: str) -> str:
    """A name from outside that may stand in any text: letters, digits, a few signs."""
    kept = "".join(
        each if each in PLAIN or unicodedata.category(each)[0] in "LMN" or unicodedata.category(each) == "So" else " "
        for each in text
    )
    return " ".join(kept.replace("www.", "www ").split())[:MAX_NAME_CHARS].strip() or "?"


def _plain_path(path: str) -> str:
    return "/".join(plain_name(part) for part in path.split("/"))


def _told_apart(folders: Sequence[str]) -> tuple[str, ...]:
    """Plain names, a number behind those that would be like another."""
    names: list[str] = []
    for folder in folders:
        plain = plain_name(folder)
        like = sum(plain_name(other) == plain for other in folders[: len(names)])
        names.append(f"{plain} {like + 1}" if like else plain)
    return tuple(names)


def _reading_order(name: str) -> tuple[bool, int, str]:
    """Numbers as numbers, before all else; what is longer than a name may be is none, and Python would not read it."""
    is_number = name.isdecimal() and len(name) <= MAX_NAME_CHARS
    return not is_number, int(name) if is_number else 0, name.casefold()
