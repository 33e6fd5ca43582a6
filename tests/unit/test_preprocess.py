"""The reader's own picture becomes one like those of the data set, step by step."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_digits

from core.datasets.decoding import DecodedPicture, decode_picture
from core.errors import PictureEmpty
from core.interpret.handwriting import MANNERS
from core.interpret.preprocess import Step, drawing_pixels, upload_steps
from tests.handwritten import inked


def uploaded(pixels: NDArray[np.uint8], dataset: str = "digits", channels: int = 1) -> tuple[Step, ...]:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return upload_steps(decode_picture(file.getvalue()), dataset, channels)


def messages_of(steps: tuple[Step, ...]) -> list[str]:
    return [name for step in steps for name, _ in step.messages]


def photo(digit: int, thick_px: float) -> NDArray[np.uint8]:
    """A dark pen on grainy paper in slanting light."""
    y, x = np.mgrid[:300, :300] / 300
    ink = inked(digit, 300, thick_px, (0.3, 0.2, 0.7, 0.8)) / 255
    grain = np.random.default_rng(digit).normal(0, 4, ink.shape)
    return np.clip((220 - 90 * x - 40 * y) * (1 - 0.75 * ink) + grain, 0, 255).astype(np.uint8)


def nearest_digit(pixels: NDArray[np.uint8]) -> int:
    """By the mean of the ten most alike of scikit-learn's digits: a judge that is no network of ours."""
    data = load_digits()
    small = pixels[::3, ::3, 0].astype(np.float64) * (16 / 255)
    nearest = np.argsort(((data.images - small) ** 2).sum(axis=(1, 2)))[:10]
    return int(np.bincount(data.target[nearest]).argmax())


@pytest.mark.parametrize("digit", range(10))
def test_a_drawn_digit_looks_like_the_optical_digits(digit: int) -> None:
    data = load_digits().images / 16
    for thick_px in (4, 8, 12):
        pixels = drawing_pixels(inked(digit, thick_px=thick_px), "digits")
        assert pixels.shape == (24, 24, 1)
        fields = pixels[..., 0].reshape(8, 3, 8, 3)
        assert (fields == fields[:, :1, :, :1]).all()
        assert set(np.unique(fields)) <= {round(level * 255 / 16) for level in range(17)}
        assert fields[0].any()  # it fills the height
        assert fields[-1].any()
        assert np.quantile(data.mean(axis=(1, 2)), 0.001) < pixels.mean() / 255 < data.mean(axis=(1, 2)).max()


def test_most_drawn_digits_are_nearest_to_their_own_kind() -> None:
    drawn = [nearest_digit(drawing_pixels(inked(digit), "digits")) == digit for digit in range(10)]
    photos = [nearest_digit(uploaded(photo(digit, 6))[-1].picture) == digit for digit in range(10)]
    assert sum(drawn) >= 9
    assert sum(photos) >= 8


def test_where_it_was_written_is_no_matter() -> None:
    here = inked(5, box=(0.1, 0.1, 0.5, 0.6))
    there = np.roll(here, (30, 35), axis=(0, 1))
    for dataset in MANNERS:
        assert np.array_equal(drawing_pixels(here, dataset), drawing_pixels(there, dataset))


def test_like_mnist_the_centre_of_mass_is_in_the_middle() -> None:
    for digit in range(10):
        pixels = drawing_pixels(inked(digit), "mnist")[..., 0].astype(float)
        middle = [(pixels.sum(axis=axis) * np.arange(24)).sum() / pixels.sum() for axis in (0, 1)]
        assert middle == pytest.approx([11.5, 11.5], abs=0.6)
        assert not pixels[0].any()  # the margin around the 20x20
        assert 0.08 < pixels.mean() / 255 < 0.2


def test_dark_ink_on_paper_and_bright_ink_on_black_become_the_same() -> None:
    ink = inked(3, 300, 24)
    bright, dark = uploaded(ink), uploaded(255 - ink)
    assert messages_of(bright) == ["read", "grey", "kept", "centred", "like_digits"]
    assert messages_of(dark) == ["read", "grey", "swapped", "centred", "like_digits"]
    assert np.array_equal(bright[-1].picture, dark[-1].picture)
    assert bright[-1].picture.shape == (24, 24, 1)


def test_what_was_done_to_read_a_file_is_told() -> None:
    image = Image.fromarray(inked(3, 300, 24)).convert("RGB")
    for read, told in (
        (DecodedPicture(image, "PNG", 300, 300, False, False, 1), ["read"]),
        (DecodedPicture(image, "PNG", 300, 300, True, True, 2), ["read", "first_frame", "turned", "on_white"]),
    ):
        step, *_ = upload_steps(read, "digits", 1)
        assert messages_of((step,)) == told


def test_without_ink_there_is_no_digit() -> None:
    grain = np.random.default_rng(0).normal(200, 4, (200, 200)).clip(0, 255).astype(np.uint8)
    for blank in (np.full((50, 50), 255, np.uint8), np.zeros((50, 80), np.uint8), grain):
        with pytest.raises(PictureEmpty):
            uploaded(blank)
    with pytest.raises(PictureEmpty):
        drawing_pixels(np.zeros((96, 96), np.uint8), "mnist")


def test_a_photo_keeps_its_colours_and_its_middle() -> None:
    wide = np.zeros((60, 100, 3), np.uint8)
    wide[:, 20:80] = (200, 100, 50)
    steps = uploaded(wide, "cifar10", 3)
    assert messages_of(steps) == ["read", "square", "resized"]
    assert (steps[-1].picture == (200, 100, 50)).all()
    assert steps[-1].picture.shape == (24, 24, 3)


def test_clothes_lie_on_black() -> None:
    shirt = np.full((90, 90), 250, np.uint8)
    shirt[30:60, 30:60] = 20
    steps = uploaded(shirt, "fashion_mnist", 1)
    assert messages_of(steps) == ["read", "square", "grey", "swapped", "resized"]
    assert steps[-1].picture[12, 12, 0] == 235
    assert steps[-1].picture[0, 0, 0] == 5
