"""Handwritten digits as strokes of points in a unit square, and drawn as pictures."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Points = list[tuple[float, float]]  # from the left, from the top


def arc(x: float, y: float, across: float, down: float, begin: float, end: float, steps: int = 16) -> Points:
    """An arc of an ellipse; angles in degrees clockwise from the right."""
    angles = [math.radians(begin + (end - begin) * step / steps) for step in range(steps + 1)]
    return [(x + across * math.cos(angle), y + down * math.sin(angle)) for angle in angles]


STROKES: dict[int, list[Points]] = {
    0: [arc(0.5, 0.5, 0.3, 0.45, -90, 270)],
    1: [[(0.35, 0.25), (0.55, 0.05), (0.55, 0.95)]],
    2: [[*arc(0.5, 0.3, 0.28, 0.25, -170, 30), (0.2, 0.95), (0.82, 0.95)]],
    3: [arc(0.45, 0.28, 0.28, 0.23, -160, 90) + arc(0.45, 0.73, 0.32, 0.23, -90, 160)],
    4: [[(0.6, 0.05), (0.15, 0.6), (0.85, 0.6)], [(0.62, 0.35), (0.62, 0.97)]],
    5: [[(0.8, 0.05), (0.3, 0.05), (0.25, 0.45), *arc(0.48, 0.67, 0.3, 0.27, -120, 150)]],
    6: [[(0.65, 0.05), (0.35, 0.4), *arc(0.48, 0.7, 0.27, 0.25, -160, 200)]],
    7: [[(0.2, 0.05), (0.8, 0.05), (0.4, 0.95)]],
    8: [arc(0.5, 0.28, 0.23, 0.22, 90, 450) + arc(0.5, 0.73, 0.28, 0.23, -90, 270)],
    9: [[*arc(0.5, 0.3, 0.26, 0.25, 0, -360), (0.74, 0.35), (0.65, 0.95)]],
}


def inked(
    digit: int, side_px: int = 96, thick_px: float = 8.0, box: tuple[float, ...] = (0.2, 0.1, 0.8, 0.9)
) -> NDArray[np.uint8]:
    """(side_px, side_px), bright on black, within a box (left, top, right, bottom) given in shares of the side."""
    times = 4  # drawn larger, then averaged for soft edges
    left, top, right, bottom = (edge * side_px * times for edge in box)
    large = Image.new("L", (side_px * times, side_px * times))
    pen, radius = ImageDraw.Draw(large), thick_px * times / 2
    for stroke in STROKES[digit]:
        points = [(left + x * (right - left), top + y * (bottom - top)) for x, y in stroke]
        pen.line(points, fill=255, width=round(2 * radius), joint="curve")
        for x, y in points:
            pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=255)
    return np.asarray(large.reduce(times))
