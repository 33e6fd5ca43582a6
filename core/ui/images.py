"""Pictures inside the page itself: a file beside it can be gone before a slow browser asks for it."""

from __future__ import annotations

import io
from base64 import b64encode

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def enlarged(pixels: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """Each pixel becomes a square: more than is shown, so that a sharp screen keeps hard edges."""
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def picture_url(pixels: NDArray[np.uint8]) -> str:
    """A picture (height, width, channels) or (height, width) as an address that holds it."""
    content = io.BytesIO()
    is_grey = pixels.ndim == 3 and pixels.shape[-1] == 1
    Image.fromarray(pixels[..., 0] if is_grey else pixels).save(content, "PNG")
    return "data:image/png;base64," + b64encode(content.getvalue()).decode()
