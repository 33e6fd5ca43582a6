"""Many small maps as one picture: a grid of enlarged tiles, for `st.image`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.charts import house
from core.charts.house import Mode

Picture = NDArray[np.uint8]  # (height, width, 3)
Maps = NDArray[np.floating]
SAME_CONTRAST = 0.179  # the luminance on which black and white text are equally readable
FINE_PX = 2  # gaps up to this are drawn as lines, wider ones in the page's background
POSITIVE, NEGATIVE = "third", "fourth"


def tiles(pictures: Picture, mode: Mode, columns: int, tile_px: int, gap_px: int = 2) -> Picture:
    """(n, height, width, 3) row by row, each enlarged by a whole factor to at most `tile_px`, or left as is."""
    count, height, width, _ = pictures.shape
    times = max(1, tile_px // max(height, width))
    large = pictures.repeat(times, axis=1).repeat(times, axis=2)
    rows = -(-count // columns)
    cells = np.full((rows * columns, large.shape[1] + gap_px, large.shape[2] + gap_px, 3), _rgb("background", mode))
    cells[:count] = _rgb("border" if gap_px <= FINE_PX else "background", mode)
    cells[:count, :-gap_px, :-gap_px] = large
    grid = cells.reshape(rows, columns, *cells.shape[1:]).transpose(0, 2, 1, 3, 4)
    return grid.reshape(rows * cells.shape[1], columns * cells.shape[2], 3).astype(np.uint8)


def signed(maps: Maps, mode: Mode, limit: float | None = None) -> Picture:
    """Numbers of any shape as colours: zero is the page's grey, `limit` (default: the largest magnitude) is full."""
    numbers = np.nan_to_num(maps.astype(np.float32))  # infinities become the type's largest number
    limit = float(np.abs(numbers).max(initial=0.0)) if limit is None else limit
    shares = np.clip(numbers / (limit or 1.0), -1, 1)
    stops = _stops(mode)
    picture = np.stack(
        [np.interp(shares, list(stops), values) for values in zip(*stops.values(), strict=True)], axis=-1
    )
    return picture.round().astype(np.uint8)


def colours(filters: Maps) -> Picture:
    """Weights of the three colours, (n, 3, height, width) in [-1, 1], as colours that they respond to; zero is grey."""
    picture: Picture = ((filters.transpose(0, 2, 3, 1) + 1) * 127.5).round().astype(np.uint8)
    return picture


def luminance(colours: NDArray[np.integer]) -> NDArray[np.floating]:
    """The relative luminance (WCAG 2) of colours (…, 3) from 0 to 255: 0 is black, 1 is white."""
    parts = colours / 255
    linear = np.where(parts > 0.04, ((parts + 0.055) / 1.055) ** 2.4, parts / 12.92)
    shine: NDArray[np.floating] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return shine


def inks(grounds: NDArray[np.integer]) -> list[str]:
    """Black or white text for each background colour, whichever contrasts more; the contrast is at least 4.5 to 1."""
    return ["#FFFFFF" if shine < SAME_CONTRAST else "#000000" for shine in luminance(grounds).tolist()]


def scale(mode: Mode) -> list[list[object]]:
    """The same colours for a figure that runs from -limit to limit."""
    return [[(at + 1) / 2, f"rgb({', '.join(f'{value:.0f}' for value in rgb)})"] for at, rgb in _stops(mode).items()]


def _stops(mode: Mode) -> dict[float, NDArray[np.floating]]:
    """The colours at some shares of the limit; beyond half of it they get darker (lighter in dark mode)."""
    zero, text = _rgb("surface", mode), _rgb("text", mode)
    negative, positive = _rgb(NEGATIVE, mode), _rgb(POSITIVE, mode)
    full = [(side + text) / 2 for side in (negative, positive)]
    return {-1.0: full[0], -0.5: negative, 0.0: zero, 0.5: positive, 1.0: full[1]}


def _rgb(role: str, mode: Mode) -> NDArray[np.float32]:
    value = house.color(role, mode)
    return np.array([int(value[at : at + 2], 16) for at in (1, 3, 5)], np.float32)
