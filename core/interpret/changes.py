"""Realistic disturbances of a picture: rotation, shift, blur, noise. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

GRAIN_SEED = 7  # fixed, so that more noise is the same pattern, stronger

Pixels = NDArray[np.uint8]  # (24, 24, channels)


@dataclass(frozen=True)
class Disturbance:
    """`noise` is the standard deviation in grey levels of 255, `blur` that of a Gaussian in pixels, `shift` goes
    to the right in pixels, `turn` anticlockwise in degrees."""

    noise: float = 0
    blur: float = 0
    shift: float = 0
    turn: float = 0


# Minimum, maximum and step of each.
LIMITS = {"noise": (0, 100, 5), "blur": (0.0, 3.0, 0.1), "shift": (-8, 8, 1), "turn": (-90, 90, 5)}


def disturbed(pixels: Pixels, by: Disturbance) -> Pixels:
    """A disturbed copy. New pixels at an edge get the median shade of the edge."""
    channels = [_moved(np.ascontiguousarray(pixels[..., at]), by) for at in range(pixels.shape[2])]
    moved = np.stack(channels, axis=-1)
    if not by.noise:
        return moved
    grain = np.random.default_rng(GRAIN_SEED).normal(size=moved.shape)
    return np.clip(np.rint(moved + by.noise * grain), 0, 255).astype(np.uint8)


def edge_shade(channel: NDArray[np.uint8]) -> float:
    """The median of the pixels along the border of (height, width)."""
    return float(np.median(np.concatenate([channel[0], channel[-1], channel[:, 0], channel[:, -1]])))


def _moved(channel: NDArray[np.uint8], by: Disturbance) -> NDArray[np.uint8]:
    edge = int(edge_shade(channel))
    image = Image.fromarray(channel)
    if by.turn:
        image = image.rotate(by.turn, Image.Resampling.BILINEAR, fillcolor=edge)
    if by.shift:
        beside = Image.new("L", image.size, edge)
        beside.paste(image, (round(by.shift), 0))
        image = beside
    if by.blur:
        image = image.filter(ImageFilter.GaussianBlur(by.blur))
    return np.asarray(image)
