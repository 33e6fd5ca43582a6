"""Ten coloured shapes, drawn at 24x24, with varying position, size, tilt and colours, and added noise."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.datasets.prepared import Progress

SPEC = {
    "order": 2,
    "label": {"en": "Drawn shapes (2\u202f000)", "zh": "彩色图形（2000张）"},
    "about": {
        "en": "Circles, stars, hearts … drawn by the program in many colours and sizes; no download.",
        "zh": "程序画出的圆、五角星、心形等图形，颜色和大小各不相同，不用下载。",
    },
    "source": "",
    "licence": "",
    "num_train": 1_600,
    "num_validation": 400,
    "classes": {
        "en": ["circle", "ring", "square", "triangle", "diamond", "plus", "cross", "star", "crescent", "heart"],
        "zh": ["圆", "圆环", "正方形", "三角形", "菱形", "加号", "叉号", "五角星", "月牙", "心形"],
    },
}

SIDE = 24
OVERSAMPLING = 8  # drawn at this scale, then averaged for soft edges
RADIUS = (0.22, 0.42)  # of the side
MAX_TILT_RAD = math.radians(12)  # more could turn a square into a diamond
MIN_CONTRAST = 120  # sum of the differences of the three colours, each 0 to 255

Points = NDArray[np.float64]  # (n, 2): corners of a polygon within the unit circle, y pointing down


def load(_report: Progress) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    return draw_shapes()


def draw_shapes(
    num_images: int = 2_000, noise: float = 12.0, label_error_rate: float = 0.0, seed: int = 0
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images (N, 24, 24, 3) uint8 and labels (N,) int64, cycling through the classes.

    `noise` is the standard deviation of the noise added to each value from 0 to 255; `label_error_rate` is the share
    of images with the label of another class.
    """
    rng = np.random.default_rng(seed)
    classes = np.arange(num_images) % len(SHAPES)
    clean = np.stack([_picture(SHAPES[index], rng) for index in classes])
    images = np.clip(np.rint(clean + rng.normal(0.0, noise, clean.shape)), 0, 255).astype(np.uint8)
    wrong = rng.random(num_images) < label_error_rate
    other = (classes + rng.integers(1, len(SHAPES), num_images)) % len(SHAPES)
    return images, np.where(wrong, other, classes)


def _picture(shape: list[tuple[Points, bool]], rng: np.random.Generator) -> NDArray[np.float64]:
    """One image (24, 24, 3) of values 0 to 255."""
    radius = rng.uniform(*RADIUS)
    centre = rng.uniform(radius, 1 - radius, 2)
    tilt = rng.uniform(-MAX_TILT_RAD, MAX_TILT_RAD)
    turn = np.array([[math.cos(tilt), math.sin(tilt)], [-math.sin(tilt), math.cos(tilt)]])
    large = SIDE * OVERSAMPLING
    mask = Image.new("L", (large, large))
    for corners, filled in shape:
        placed = (corners @ turn * radius + centre) * large
        ImageDraw.Draw(mask).polygon([(x, y) for x, y in placed], fill=255 * filled)
    share = np.asarray(mask.reduce(OVERSAMPLING), np.float64)[..., None] / 255
    colour, background = _two_colours(rng)
    picture: NDArray[np.float64] = share * colour + (1 - share) * background
    return picture


def _two_colours(rng: np.random.Generator) -> NDArray[np.float64]:
    while True:
        colours = rng.uniform(0, 255, (2, 3))
        if np.abs(colours[0] - colours[1]).sum() >= MIN_CONTRAST:
            return colours


def _regular(corners: int, radii: Iterable[float] = (1.0,), first_rad: float = -math.pi / 2) -> Points:
    """Corners at equal angles; their distances from the centre cycle through `radii`."""
    angles = first_rad + 2 * math.pi * np.arange(corners) / corners
    distances = np.resize(np.array(list(radii)), corners)
    return np.stack([distances * np.cos(angles), distances * np.sin(angles)], axis=1)


def _plus(arm: float = 0.3) -> Points:
    quarter = np.array([[-arm, -1.0], [arm, -1.0], [arm, -arm]])
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    return np.concatenate([quarter @ np.linalg.matrix_power(turn, times) for times in range(4)])


def _heart() -> Points:
    t = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return np.stack([16 * np.sin(t) ** 3, -y - 2], axis=1) / 17


_CIRCLE = _regular(48)
_DIAGONAL = np.array([[1.0, 1.0], [-1.0, 1.0]]) / math.sqrt(2)
# In the order of the classes: polygons drawn on top of each other, filled or cut out.
SHAPES: list[list[tuple[Points, bool]]] = [
    [(_CIRCLE, True)],
    [(_CIRCLE, True), (_CIRCLE * 0.55, False)],
    [(_regular(4, first_rad=math.pi / 4), True)],
    [(_regular(3), True)],
    [(_regular(4) * (0.75, 1.0), True)],
    [(_plus(), True)],
    [(_plus() @ _DIAGONAL, True)],
    [(_regular(10, (1.0, 0.4)), True)],
    [(_CIRCLE, True), (_CIRCLE * 0.85 + (0.45, 0.0), False)],
    [(_heart(), True)],
]
