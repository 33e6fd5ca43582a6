"""Decodes untrusted picture files within limits of memory and time: PNG, JPEG and WebP."""

from __future__ import annotations

import io
import re
import threading
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from core.errors import (
    PictureDamaged,
    PictureError,
    PictureTooLarge,
    PictureTooManyPixels,
    PictureTooSmall,
    PictureUnknown,
)

MAX_BYTES = 10 * 2**20
MIN_SIDE_PX = 8
# Limits by the bytes per pixel that the decoders need at most: 4, 6 (progressive) and 16.
MAX_PIXELS = {"PNG": 24_000_000, "JPEG": 24_000_000, "WebP": 8_000_000}
KEPT_PX = 512  # a longer side is averaged down to less than twice this
BAND_PIXELS = 2**20  # converted at a time
MAX_SCANS = 100  # of a progressive JPEG, each over the whole picture; cameras and programs write about ten
START_OF_SCAN = b"\xff\xda"
ORIENTATION = 0x0112  # the EXIF tag
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_one_at_a_time = threading.Lock()  # a whole class uploading at once needs the memory of only one decoder


@dataclass(frozen=True)
class DecodedPicture:
    """`image` is RGB, upright, on white where it was transparent, its longer side below 2 * KEPT_PX. `width_px` and
    `height_px` are the file's own; `image` is the first of `num_frames`."""

    image: Image.Image
    format: str
    width_px: int
    height_px: int
    was_turned: bool
    was_transparent: bool
    num_frames: int


def decode_picture(content: bytes) -> DecodedPicture:
    """Raises a PictureError: PictureTooLarge, PictureUnknown, PictureTooManyPixels, PictureTooSmall, PictureDamaged."""
    if len(content) > MAX_BYTES:
        raise PictureTooLarge(MAX_BYTES / 2**20, len(content) / 2**20)
    name = _format(content)
    if name == "JPEG" and content.count(START_OF_SCAN) > MAX_SCANS:  # these two bytes occur nowhere else in the data
        raise PictureDamaged(f"more than {MAX_SCANS} scans")
    with _one_at_a_time:
        try:
            return _decoded(content, name)
        except PictureError:
            raise
        except Image.DecompressionBombError as problem:  # "Image size (1000 pixels) exceeds ..."
            pixels = int(re.findall(r"\d+", str(problem))[0])
            raise PictureTooManyPixels(MAX_PIXELS[name] / 1e6, pixels / 1e6) from problem
        except Exception as problem:  # Pillow raises many kinds of errors for damaged files
            raise PictureDamaged(str(problem)) from problem


def _format(content: bytes) -> str:
    """The format by the first bytes, as a file name may be wrong."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "WebP"
    raise PictureUnknown


def _decoded(content: bytes, name: str) -> DecodedPicture:
    with _open(content, name) as file:
        width, height = file.size
        if width * height > MAX_PIXELS[name]:  # before anything is decoded
            raise PictureTooManyPixels(MAX_PIXELS[name] / 1e6, width * height / 1e6)
        if min(width, height) < MIN_SIDE_PX:
            raise PictureTooSmall(MIN_SIDE_PX, width, height)
        num_frames = getattr(file, "n_frames", 1)
        file.draft("RGB", (KEPT_PX, KEPT_PX))  # decodes a large JPEG at a half, a quarter or an eighth
        file.load()
        turn = UPRIGHT.get(file.getexif().get(ORIENTATION, 1))
        image = _reduced(file)
        upright = image if turn is None else image.transpose(turn)
        is_clear = file.has_transparency_data
        return DecodedPicture(upright, name, width, height, turn is not None, is_clear, num_frames)


def _open(content: bytes, name: str) -> ImageFile.ImageFile:
    """Read only the header. For a JPEG with several pictures this is the first."""
    kinds: dict[str, type[ImageFile.ImageFile]] = {"PNG": PngImageFile, "JPEG": JpegImageFile, "WebP": WebPImageFile}
    return kinds[name](io.BytesIO(content))


def _reduced(image: Image.Image) -> Image.Image:
    """Downscaled RGB by averaging squares; band by band, as a converted copy of the whole would be large."""
    width, height = image.size
    by = max(1, max(width, height) // KEPT_PX)
    reduced = Image.new("RGB", (-(-width // by), -(-height // by)))
    rows = by * max(1, BAND_PIXELS // (width * by))
    for top in range(0, height, rows):
        band = image.crop((0, top, width, min(height, top + rows)))
        reduced.paste(_on_white(band).reduce(by), (0, top // by))
    return reduced


def _on_white(band: Image.Image) -> Image.Image:
    if band.mode.startswith("I;16"):  # Pillow would clip everything brighter than 255 of 65535
        return Image.fromarray((np.asarray(band) >> 8).astype(np.uint8)).convert("RGB")
    if not band.has_transparency_data:
        return band.convert("RGB")
    white = Image.new("RGBA", band.size, "white")
    return Image.alpha_composite(white, band.convert("RGBA")).convert("RGB")
