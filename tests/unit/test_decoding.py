"""Untrusted picture files: what is accepted, and what is refused before it takes memory."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from core.datasets.decoding import KEPT_PX, MAX_BYTES, MAX_PIXELS, decode_picture
from core.errors import (
    PictureDamaged,
    PictureError,
    PictureTooLarge,
    PictureTooManyPixels,
    PictureTooSmall,
    PictureUnknown,
)
from core.settings import PROJECT

MAX_EXTRA_MB = 160
LARGEST = {"PNG": (6000, 4000), "JPEG": (6000, 4000), "WebP": (4000, 2000)}


def saved(image: Image.Image, kind: str = "PNG", **how: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def halves(mode: str = "RGB") -> Image.Image:
    """20 wide, 10 high: the left half red, the right half blue."""
    image = Image.new("RGB", (20, 10), "blue")
    image.paste("red", (0, 0, 10, 10))
    return image.convert(mode)


def png_of(width: int, height: int) -> bytes:
    """A white PNG of this size, in very few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packed = zlib.compress(b"\xff" * min(width * height // 8, 2**24), 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def webp_of(side_px: int) -> bytes:
    """A small animated WebP whose header claims this canvas size."""
    content = bytearray(saved(halves(), "WEBP", save_all=True, append_images=[halves("L")], lossless=True))
    assert content[12:16] == b"VP8X"
    content[24:30] = (side_px - 1).to_bytes(3, "little") * 2
    return bytes(content)


@pytest.mark.parametrize(("kind", "name"), [("PNG", "PNG"), ("JPEG", "JPEG"), ("WEBP", "WebP")])
def test_the_three_formats_give_the_same_picture(kind: str, name: str) -> None:
    decoded = decode_picture(saved(halves(), kind, quality=95))
    assert (decoded.format, decoded.width_px, decoded.height_px, decoded.num_frames) == (name, 20, 10, 1)
    assert not decoded.was_turned
    assert not decoded.was_transparent
    pixels = np.asarray(decoded.image, np.int64)
    assert pixels.shape == (10, 20, 3)
    assert np.abs(pixels[:, 2] - (255, 0, 0)).max() < 12
    assert np.abs(pixels[:, 17] - (0, 0, 255)).max() < 12


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK", "YCbCr"])
def test_every_kind_of_colour_becomes_red_green_and_blue(mode: str) -> None:
    kind = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
    if mode == "I;16":
        image = Image.fromarray(np.full((10, 20), 0x80FF, np.uint16))
    else:
        image = Image.new("RGB", (20, 10), (128, 128, 128)).convert(mode)
    decoded = decode_picture(saved(image, kind))
    assert decoded.image.mode == "RGB"
    mean = np.asarray(decoded.image).mean()
    assert mean == pytest.approx(128, abs=2)


def test_what_is_transparent_lies_on_white() -> None:
    image = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 5, 10))
    image.paste((0, 0, 0, 51), (5, 0, 6, 10))
    decoded = decode_picture(saved(image))
    assert decoded.was_transparent
    assert np.asarray(decoded.image)[0, :, 0].tolist() == [0] * 5 + [204] + [255] * 4


def test_a_photo_stands_as_the_camera_was_held() -> None:
    """Each of the eight EXIF orientations, against Pillow's own transposition."""
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        content = saved(halves(), "PNG", exif=exif)
        decoded = decode_picture(content)
        assert decoded.was_turned == (orientation > 1)
        upright = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
        assert np.array_equal(np.asarray(decoded.image), np.asarray(upright))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_a_moving_picture_the_first_frame_counts(kind: str) -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "lime", "blue")]
    decoded = decode_picture(saved(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True))
    assert decoded.num_frames == 3
    assert np.asarray(decoded.image)[8, 8].tolist() == [255, 0, 0]


@pytest.mark.parametrize("size", [(3000, 2000), (511, 40), (5000, 9), (1024, 1024), (2049, 1537)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_large_picture_is_averaged_down(size: tuple[int, int], kind: str) -> None:
    gradient = Image.linear_gradient("L").resize(size).convert("RGB")
    decoded = decode_picture(saved(gradient, kind))
    assert (decoded.width_px, decoded.height_px) == size
    assert max(decoded.image.size) < 2 * KEPT_PX
    assert np.asarray(decoded.image).mean() == pytest.approx(np.asarray(gradient).mean(), abs=1)
    if kind == "PNG":
        by = max(1, max(size) // KEPT_PX)
        assert np.abs(np.asarray(decoded.image, int) - np.asarray(gradient.reduce(by), int)).max() <= 1


BAD = {
    "no picture": (b"MZ this is a program" * 10, PictureUnknown),
    "an animated GIF named .png": (saved(halves("P"), "GIF"), PictureUnknown),
    "nothing": (b"", PictureUnknown),
    "only a signature": (b"\x89PNG\r\n\x1a\n", PictureDamaged),
    "a cut PNG": (saved(Image.effect_noise((64, 64), 90))[:-1500], PictureDamaged),
    "a cut JPEG": (saved(Image.effect_noise((64, 64), 90), "JPEG")[:-800], PictureDamaged),
    "a cut WebP": (saved(Image.effect_noise((64, 64), 90).convert("RGB"), "WEBP")[:-800], PictureDamaged),
    "a JPEG of a thousand scans": (saved(halves(), "JPEG") + b"\xff\xda" * 1000, PictureDamaged),
    "one pixel": (saved(Image.new("L", (1, 1))), PictureTooSmall),
    "a line": (saved(Image.new("L", (300, 2))), PictureTooSmall),
    "too many bytes": (saved(halves()) + bytes(MAX_BYTES), PictureTooLarge),
    "100 megapixels": (png_of(10_000, 10_000), PictureTooManyPixels),
    "a bomb": (png_of(100_000, 100_000), PictureTooManyPixels),
    "100 megapixels of WebP": (webp_of(10_000), PictureTooManyPixels),
    "a bomb of WebP": (webp_of(16_383), PictureTooManyPixels),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_its_reason(name: str) -> None:
    content, problem = BAD[name]
    with pytest.raises(PictureError) as told:
        decode_picture(content)
    assert type(told.value) is problem


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("100 megapixels", {"limit_mp": 24, "got_mp": 100}),
        ("a bomb", {"limit_mp": 24, "got_mp": 10_000}),
        ("one pixel", {"limit_px": 8, "width_px": 1, "height_px": 1}),
    ],
)
def test_a_refused_file_is_told_its_size_and_the_limit(name: str, facts: dict[str, float]) -> None:
    with pytest.raises(PictureError) as told:
        decode_picture(BAD[name][0])
    assert told.value.facts() == facts


def test_a_progressive_photo_is_accepted() -> None:
    content = saved(Image.effect_noise((64, 64), 90).convert("RGB"), "JPEG", progressive=True)
    assert content.count(b"\xff\xda") > 5
    assert decode_picture(content).image.size == (64, 64)


# Prints for each file by how many MB the memory of a separate process rises while it is read.
PEAKS = """
import os, sys
from core.datasets.decoding import decode_picture
from core.errors import PictureError

def highest_kb():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))

for path in sys.argv[1:]:
    if os.fork() == 0:
        before = highest_kb()
        try:
            decode_picture(open(path, "rb").read())
        except PictureError:
            pass
        print((highest_kb() - before) // 1024, flush=True)
        os._exit(0)
    os.wait()
"""


def largest(kind: str, size: tuple[int, int]) -> bytes:
    assert size[0] * size[1] == MAX_PIXELS[kind]
    if kind == "JPEG":
        return saved(Image.new("RGB", size, "teal"), kind, progressive=True, subsampling=0)
    return saved(Image.new("RGBA", size, (10, 200, 30, 128)), kind, compress_level=1, method=0)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell a process' peak")
def test_memory_is_bounded(tmp_path: Path) -> None:
    """For the largest accepted files, and for decompression bombs."""
    files = {kind: largest(kind, size) for kind, size in LARGEST.items()}
    files |= {name: content for name, (content, _) in BAD.items() if "bomb" in name or "100" in name}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, "-c", PEAKS, *(str(tmp_path / name) for name in files)]
    told = subprocess.check_output(command, cwd=PROJECT, text=True)
    peaks_mb = dict(zip(files, map(int, told.split()), strict=True))
    assert {name: peak for name, peak in peaks_mb.items() if peak >= MAX_EXTRA_MB} == {}
    assert max(peaks_mb.values()) > 0
