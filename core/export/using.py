"""Programs that use a downloaded network: they need its file and a picture, but not TrendLab."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.config import RunConfig
from core.content.words import Words
from core.export.comments import comment, worded
from core.export.pieces import import_lines, laid_out, pieces_of
from core.export.quotes import Quotes
from core.export.sections import constants, network_pieces
from core.settings import PROJECT

Format = Literal["safetensors", "onnx"]
FORMATS: tuple[Format, ...] = ("safetensors", "onnx")
INSTALL = {
    "safetensors": "torch safetensors numpy pillow",
    "onnx": "onnxruntime numpy pillow",
}
INPUT = "images: float32 (N, 3, 24, 24), red, green, blue, from -1 to 1 (a byte / 127.5 - 1)"
OUTPUT = "logits: float32 (N, 10), one a class; their softmax are the probabilities"


@dataclass(frozen=True)
class Taken:
    """A downloaded network: the settings and the id of its run, the epoch of its weights, and the class names in the
    reader's language."""

    config: RunConfig
    run_id: str
    epoch: int
    classes: tuple[str, ...]

    def file(self, ending: str) -> str:
        """A descriptive file name, which no other run's has, as a program reads the file by its name."""
        what = f"{self.config.dataset}_{self.config.model}_{self.run_id[:8]}"
        return f"trendlab_{what}_epoch{self.epoch}.{ending}"

    def notes(self) -> tuple[tuple[str, str], ...]:
        """The metadata of the weights file."""
        metadata = {
            "about": f"{self.config.model} after epoch {self.epoch} on {self.config.dataset}, trained by TrendLab",
            "input": INPUT,
            "output": OUTPUT,
            "classes": json.dumps(self.classes, ensure_ascii=False),
            "epoch": str(self.epoch),
            "settings": self.config.model_dump_json(),
        }
        return tuple(metadata.items())


def using_program(taken: Taken, form: Format, picture_file: str, language: str) -> str:
    """Python source that prints the network's answer to that picture."""
    say, settings = Words(language), SimpleNamespace(**taken.config.model_dump())
    quote = Quotes(language, settings, ())
    network = laid_out(network_pieces(taken.config, quote)) if form == "safetensors" else ""
    pieces = pieces_of((PROJECT / "data" / "export" / f"use_{form}.py").read_text(encoding="utf-8"))
    quote.needs(pieces, pieces)
    code = worded(laid_out(each for each in pieces if not each.imports), say)
    names = {"WEIGHTS": taken.file(form), "PICTURE": picture_file, "CLASSES": list(taken.classes)}
    given = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in names.items()]
    if shaping := constants(settings, network, say):
        given.append(shaping)
    head = [say("export.use.title", file=taken.file(form)), say("export.use.install", packages=INSTALL[form])]
    parts = ["\n".join(map(comment, head)), import_lines(quote.imports), "\n".join(given)]
    return "\n\n".join(parts) + (f"\n\n\n{network}\n\n\n" if network else "\n\n") + code + "\n"


def picture_png(pixels: NDArray[np.uint8]) -> bytes:
    """A lossless PNG of a picture (24, 24, channels)."""
    from PIL import Image

    picture, file = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels), io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
