"""Makes a handwritten digit look like those of a data set: bright on black, with the same size, stroke and position."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from core.errors import PictureEmpty

SIDE = 24  # of a network's input
FINE = 3  # working pixels per data set pixel, so that strokes are thickened by thirds
MIN_CONTRAST = 24  # grey levels between ink and paper
FAINTEST = 0.35  # of the brightest ink; anything fainter is paper
PAPER_FIELDS = 8  # per side; the paper's brightness is measured in each, as lighting is uneven
MAX_STRETCH = 2.0  # keeps a flat stroke from becoming a block
MAX_THICKENINGS = 12

Grey = NDArray[np.uint8]  # (height, width)


@dataclass(frozen=True)
class Manner:
    """How the digits of a data set are placed in squares of `side_px`: within a box (width, height), with the mean
    brightness of the square, as a share of white, between two bounds."""

    side_px: int
    box_px: tuple[int, int]
    brightness: tuple[float, float]
    fills_height: bool


# Measured on the data. Optical digits fill the height of 32 pixels, and blocks of 4x4 are summed into one (Alpaydin and
# Kaynak 1998); those of MNIST fit into 20x20, centred by mass within 28x28 (LeCun et al. 1998).
MANNERS = {
    "digits": Manner(32, (28, 32), (0.26, 0.36), fills_height=True),
    "mnist": Manner(28, (20, 20), (0.09, 0.19), fills_height=False),
}


def bright_on_black(grey: Grey) -> tuple[Grey, bool]:
    """Ink up to 255 on paper of 0, and whether the picture was inverted for it. Raises PictureEmpty."""
    bright = grey.astype(np.float64)
    is_paper_bright = _is_ink_dark(bright)
    if is_paper_bright:
        bright = 255 - bright
    ink = np.clip(bright - _paper(bright), 0, None)
    most = float(ink.max())
    if most < MIN_CONTRAST:
        raise PictureEmpty
    share = np.minimum(ink / most, 1)
    return np.rint(np.where(share < FAINTEST, 0, share) * 255).astype(np.uint8), is_paper_bright


def sized_and_centred(ink: Grey, manner: Manner) -> Grey:
    """(side_px, side_px): the ink with the size, stroke and position of the data set. Raises PictureEmpty."""
    lowest, highest = (255 * each for each in manner.brightness)
    square = _placed(ink, manner)
    for _ in range(MAX_THICKENINGS):
        if lowest <= np.mean(square) <= highest:
            break
        change = ImageFilter.MaxFilter(3) if np.mean(square) < lowest else ImageFilter.MinFilter(3)
        changed = np.asarray(Image.fromarray(square).filter(change))
        if not changed.any():
            break
        square = _placed(changed, manner)
    small = np.asarray(Image.fromarray(square).reduce(FINE))
    return small if manner.fills_height else _about_its_mass(small)


def like_the_data(square: Grey, dataset: str) -> Grey:
    """(24, 24): the last step, the same as for the data set's own digits."""
    if dataset == "digits":
        counts = np.rint(square.reshape(8, 4, 8, 4).mean(axis=(1, 3)) * (16 / 255))
        levels: Grey = np.rint(counts * (255 / 16)).astype(np.uint8)
        return levels.repeat(3, axis=0).repeat(3, axis=1)
    return np.asarray(Image.fromarray(square).resize((SIDE, SIDE), Image.Resampling.BILINEAR))


def _is_ink_dark(grey: NDArray[np.float64]) -> bool:
    """Whether the ink is darker than the paper, taken as a plane fitted to the border to allow for uneven light."""
    height, width = grey.shape
    y, x = np.mgrid[:height, :width]
    plane = np.stack([np.ones_like(grey), x, y], axis=-1)
    is_border = (x == 0) | (y == 0) | (x == width - 1) | (y == height - 1)
    fitted, *_ = np.linalg.lstsq(plane[is_border], grey[is_border])
    beyond = grey - plane @ fitted
    return bool(beyond[np.abs(beyond) >= np.abs(beyond).max() / 2].sum() < 0)


def _paper(bright: NDArray[np.float64]) -> NDArray[np.float64]:
    """The paper's brightness at each pixel: the minimum of the neighbouring fields, interpolated smoothly."""
    height, width = bright.shape
    rows = np.array_split(bright, PAPER_FIELDS)
    fields = [[np.quantile(field, 0.2) for field in np.array_split(row, PAPER_FIELDS, axis=1)] for row in rows]
    around = np.pad(np.array(fields, np.float32), 1, mode="edge")
    least = np.lib.stride_tricks.sliding_window_view(around, (3, 3)).min(axis=(2, 3))
    return np.asarray(Image.fromarray(least).resize((width, height), Image.Resampling.BILINEAR), np.float64)


def _placed(ink: Grey, manner: Manner) -> Grey:
    """The ink, cropped and scaled to its box, in the middle of a square of side_px * FINE."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        raise PictureEmpty
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = cut.shape
    across, down = (FINE * most / side for most, side in zip(manner.box_px, (width, height), strict=True))
    across = min(across, down)
    down = min(down, across * MAX_STRETCH) if manner.fills_height else across
    size = max(1, round(width * across)), max(1, round(height * down))
    large = Image.fromarray(np.ascontiguousarray(cut)).resize(size, Image.Resampling.BILINEAR)
    side = manner.side_px * FINE
    square = Image.new("L", (side, side))
    square.paste(large, ((side - size[0]) // 2, (side - size[1]) // 2))
    return np.asarray(square)


def _about_its_mass(square: Grey) -> Grey:
    """Shifted by whole pixels until its centre of mass is the square's centre."""
    mass, side = square.sum(dtype=np.float64), len(square)
    at = np.arange(side)
    right, down = (round((side - 1) / 2 - float((square.sum(axis=axis) * at).sum() / mass)) for axis in (0, 1))
    moved = Image.new("L", (side, side))
    moved.paste(Image.fromarray(square), (right, down))
    return np.asarray(moved)
