"""Preprocessing of a reader's own picture, step by step. Free of torch, for the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from core.datasets.decoding import DecodedPicture
from core.interpret.changes import edge_shade
from core.interpret.handwriting import MANNERS, SIDE, Grey, bright_on_black, like_the_data, sized_and_centred

WORK_PX = 160  # longer side of the picture in which ink is searched
INK_SIDE = 96  # of the drawing board's square
BRIGHT_ON_BLACK = ("fashion_mnist",)  # bright on black too, but its objects fill the square


@dataclass(frozen=True)
class Step:
    """`picture` is the result of the step, uint8 (H, W, 1 or 3); `messages` are text keys of what was done,
    with facts."""

    picture: NDArray[np.uint8]
    messages: tuple[tuple[str, Mapping[str, object]], ...]


def is_drawn(dataset: str) -> bool:
    """Whether the images of this data set can be drawn by hand."""
    return dataset in MANNERS


def drawing_pixels(ink: Grey, dataset: str) -> NDArray[np.uint8]:
    """(24, 24, 1) from a drawing, whose ink is bright on black. Raises PictureEmpty if there is none."""
    return like_the_data(sized_and_centred(ink, MANNERS[dataset]), dataset)[..., None]


def upload_steps(read: DecodedPicture, dataset: str, channels: int) -> tuple[Step, ...]:
    """The steps from the file to the network's input, which is the last step's picture: (24, 24, channels). Raises
    PictureEmpty if a digit is expected and no ink is found."""
    return _read(read), *(_digit(read.image, dataset) if is_drawn(dataset) else _thing(read.image, dataset, channels))


def _step(picture: NDArray[np.uint8], name: str) -> Step:
    return Step(picture if picture.ndim == 3 else picture[..., None], ((name, {}),))


def _read(read: DecodedPicture) -> Step:
    messages: list[tuple[str, Mapping[str, object]]] = [
        ("read", {"format": read.format, "width": read.width_px, "height": read.height_px})
    ]
    if read.num_frames > 1:
        messages.append(("first_frame", {"frames": read.num_frames}))
    if read.was_turned:
        messages.append(("turned", {}))
    if read.was_transparent:
        messages.append(("on_white", {}))
    return Step(np.asarray(read.image), tuple(messages))


def _digit(image: Image.Image, dataset: str) -> list[Step]:
    small = image.copy()
    small.thumbnail((WORK_PX, WORK_PX), Image.Resampling.BOX)
    grey = np.asarray(small.convert("L").filter(ImageFilter.GaussianBlur(1)))  # so that grain is not taken for ink
    ink, is_turned = bright_on_black(grey)
    square = sized_and_centred(ink, MANNERS[dataset])
    return [
        _step(grey, "grey"),
        _step(ink, "swapped" if is_turned else "kept"),
        _step(square, "centred"),
        _step(like_the_data(square, dataset), f"like_{dataset}"),
    ]


def _thing(image: Image.Image, dataset: str, channels: int) -> list[Step]:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = image.crop((left, top, left + side, top + side))
    steps = [_step(np.asarray(square), "square")]
    if channels == 1:
        square = square.convert("L")
        steps.append(_step(np.asarray(square), "grey"))
    if dataset in BRIGHT_ON_BLACK:
        grey = np.asarray(square)
        is_bright = edge_shade(grey) > 127
        square = Image.fromarray(255 - grey) if is_bright else square
        steps.append(_step(np.asarray(square), "swapped" if is_bright else "kept"))
    pixels = np.asarray(square.resize((SIDE, SIDE), Image.Resampling.BILINEAR))
    steps.append(_step(pixels.reshape(SIDE, SIDE, channels), "resized"))
    return steps
