"""Pictures embedded in the page: a separate file may be gone before a slow browser requests it."""

from __future__ import annotations

import io
from base64 import b64encode

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def enlarged(pixels: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """Each pixel becomes a square of `times` x `times`, so that its edges stay sharp on a high-resolution screen."""
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def picture_url(pixels: NDArray[np.uint8]) -> str:
    """A picture (height, width, channels) or (height, width) as a data URL."""
    content = io.BytesIO()
    is_grey = pixels.ndim == 3 and pixels.shape[-1] == 1
    Image.fromarray(pixels[..., 0] if is_grey else pixels).save(content, "PNG")
    return "data:image/png;base64," + b64encode(content.getvalue()).decode()
