"""Files as readers upload them for a data set, and the result of the check."""

from __future__ import annotations

import io
import json
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import numpy as np
import pytest
from PIL import Image

from core import catalog, errors
from core.content.words import Words, languages
from core.datasets.own.check import check
from core.errors import OwnSetRefused

OWNER = "someone"


def picture(seed: int, size: tuple[int, int] = (30, 20), kind: str = "PNG") -> bytes:
    """A picture file of noise."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


def folders(*classes: str, each: int = 6, first: int = 0) -> dict[str, bytes]:
    """Entries of an archive: `each` different pictures per class."""
    numbers = iter(range(first, first + each * len(classes)))
    return {f"{name}/{n}.png": picture(next(numbers)) for name in classes for n in range(each)}


def write_zip(path: Path, entries: dict[str, bytes], packing: int = ZIP_STORED) -> Path:
    with ZipFile(path, "w", packing) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return path


def write_csv(path: Path, lines: list[str], encoding: str = "utf-8") -> Path:
    path.write_text("\n".join(lines) + "\n", encoding)
    return path


def checked(path: Path, name: str = "pets.zip", owner: str = OWNER) -> str:
    return check(path, name, owner)


def refused(path: Path, name: str = "pets.zip") -> OwnSetRefused:
    """The error of a refused upload, which has a text in every language and leaves nothing behind."""
    with pytest.raises(OwnSetRefused) as caught:
        checked(path, name)
    home = catalog.own_folder("any").parent
    assert not home.exists() or not list(home.iterdir())
    for language in languages():
        assert "{" not in Words(language).error(caught.value)
    assert errors.from_wire(errors.to_wire(caught.value)).key == caught.value.key
    return caught.value


def spec_file(name: str) -> dict[str, object]:
    told: dict[str, object] = json.loads((catalog.own_folder(name) / "spec.json").read_text("utf-8"))
    return told
