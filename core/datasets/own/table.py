"""Reads a CSV of pixels: one square image per row, a label and grey values or interleaved red, green and blue."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.datasets.own.gathered import Gathered, plain_name
from core.datasets.own.limits import MAX_IMAGES, SIDE
from core.datasets.prepared import Progress
from core.errors import OwnSetRefused

ENCODINGS = ("utf-8-sig", "gb18030", "latin-1")  # the last decodes anything
DELIMITERS = ",;\t"
LABELS = frozenset({"label", "labels", "class", "target", "y", "标签", "类别"})  # headings of the class column
HIGHEST = 255
SCALED = {1: "scaled", 16: "scaled_16"}  # notes by the value of white: for network inputs, and scikit-learn's digits
WHITES = (*SCALED, HIGHEST)
MIN_SIDE, MAX_SIDE = 4, 256
MAX_HEAD_CHARS = 2**16

Row = tuple[int, list[str]]  # line number, counted from 1, and cells


@dataclass(frozen=True)
class _Layout:
    """The position of the label, and the meaning of the other values in a row."""

    label_at: int
    num_values: int
    side: int
    channels: int


def read_table(path: Path, report: Progress) -> Gathered:
    """Raises OwnSetRefused, which names the line."""
    encoding, total_bytes = _encoding(path), path.stat().st_size
    with path.open(encoding=encoding, newline="") as file:
        rows = _rows(file)
        at, first = next(rows, (1, []))
        layout, has_head = _layout(first)
        lines, labels, values, done_bytes = list[int](), list[str](), list[NDArray[np.float32]](), 0
        for line, cells in rows if has_head else chain([(at, first)], rows):
            lines.append(line)
            values.append(_numbers(line, cells, layout))
            labels.append(cells[layout.label_at])
            done_bytes += sum(map(len, cells)) + len(cells)
            report(done_bytes / total_bytes / 2)
    return _gathered(lines, labels, values, layout, report)


def _gathered(
    lines: list[int], labels: list[str], values: list[NDArray[np.float32]], layout: _Layout, report: Progress
) -> Gathered:
    found = Gathered()
    brightest = max((each.max() for each in values), default=0)
    white = next(each for each in WHITES if brightest <= each)
    if white in SCALED:
        found.notes.append(SCALED[white])
    for number, (line, label, pixels) in enumerate(zip(lines, labels, values, strict=True)):
        report(0.5 + number / len(labels) / 2)
        found.add(_class_name(label), _image(pixels * (HIGHEST / white), layout), str(line))
    return found


def _encoding(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            content.decode(encoding)
        except UnicodeError:
            continue
        return encoding
    raise AssertionError("latin-1 reads anything")


def _rows(file: TextIO) -> Iterator[Row]:
    """Non-empty rows, one at a time, as all of them as text would take much memory."""
    head = file.readline(MAX_HEAD_CHARS)
    file.seek(0)
    reader = csv.reader(file, delimiter=max(DELIMITERS, key=head.count))
    num_rows = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                num_rows += 1
                yield reader.line_num, cells
            if num_rows > MAX_IMAGES + 1:  # including a header
                raise OwnSetRefused("too_many", limit=MAX_IMAGES, got=num_rows)
    except csv.Error as problem:
        raise OwnSetRefused("damaged", reason=f"{reader.line_num}: {problem}") from problem


def _layout(cells: list[str]) -> tuple[_Layout, bool]:
    """The layout according to the first row, and whether that is a header."""
    first = [cell.strip().lower() for cell in cells]
    has_head = _is_head(first)
    label_at = next((at for at, cell in enumerate(first) if has_head and cell in LABELS), 0)
    num_values = len(first) - 1
    for channels in (1, 3):
        side = math.isqrt(max(0, num_values) // channels)
        if side * side * channels == num_values and MIN_SIDE <= side <= MAX_SIDE:
            return _Layout(label_at, num_values, side, channels), has_head
    raise OwnSetRefused("not_square", got=max(0, num_values))


def _is_head(cells: list[str]) -> bool:
    """Whether a row has only names, or column numbers with or without a label heading, as pandas writes them."""
    numbers = [cell for cell in cells if cell not in LABELS]
    counted = [[str(n) for n in range(first, first + len(numbers))] for first in (0, 1)]
    return len(cells) > 1 and (numbers in counted or not any(_is_number(cell) for cell in cells[1:]))


def _numbers(line: int, cells: list[str], layout: _Layout) -> NDArray[np.float32]:
    if len(cells) != layout.num_values + 1:
        raise OwnSetRefused("row_length", line=line, got=len(cells), expected=layout.num_values + 1)
    number_cells = cells[: layout.label_at] + cells[layout.label_at + 1 :]
    try:
        values = np.array(number_cells, np.float64)  # float64, as float32 would overflow for large values
    except ValueError:
        values = np.full(1, np.nan)
    if not np.isfinite(values).all() or any("_" in cell for cell in number_cells):
        wrong = next(cell for cell in number_cells if not _is_number(cell))
        raise OwnSetRefused("not_a_number", line=line, got=plain_name(wrong) if wrong.strip() else "")
    if values.min() < 0 or values.max() > HIGHEST:
        wrong_value = float(values.min() if values.min() < 0 else values.max())
        raise OwnSetRefused("out_of_range", line=line, got=wrong_value, high=HIGHEST)
    return values.astype(np.float32)


def _is_number(cell: str) -> bool:
    """Whether a cell is a number; Python would read 1_0 as 10, which is hardly what was meant."""
    try:
        return "_" not in cell and math.isfinite(float(cell))
    except ValueError:
        return False


def _class_name(cell: str) -> str:
    """The class of a label; 3.0 becomes 3."""
    whole = _is_number(cell) and float(cell).is_integer()
    return f"{float(cell):.0f}" if whole else cell.strip()


def _image(values: NDArray[np.float32], layout: _Layout) -> NDArray[np.uint8]:
    """(24, 24, C)."""
    pixels = np.rint(values).astype(np.uint8).reshape(layout.side, layout.side, layout.channels)
    picture = Image.fromarray(pixels[..., 0] if layout.channels == 1 else pixels)
    resized = picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.asarray(resized, np.uint8).reshape(SIDE, SIDE, layout.channels)
