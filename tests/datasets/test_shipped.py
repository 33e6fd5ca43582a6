"""The data sets that need no download, and rules for all data sets."""

from __future__ import annotations

import os
from importlib import import_module
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from core import catalog
from core.content.words import languages
from core.datasets import is_prepared, open_prepared
from core.datasets.prepared import prepared_folder
from core.datasets.shapes import SHAPES, draw_shapes
from core.datasets.split import stratified_split
from core.errors import DatasetChanged, DatasetCorrupt
from core.runs.preparation import Preparations
from tests.datasets.files import put_prepared

SHIPPED = ("digits", "shapes")


def nothing(_progress: float) -> None:
    pass


@pytest.mark.parametrize("name", catalog.specs("datasets"))
def test_every_data_set_is_described_in_every_language(name: str) -> None:
    spec = catalog.specs("datasets")[name]
    for language in languages():
        assert spec["label"][language]
        assert spec["about"][language]
        assert len(set(spec["classes"][language])) == 10
    assert spec["num_validation"] == pytest.approx(0.2 * (spec["num_train"] + spec["num_validation"]), abs=1)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_images_are_what_the_network_takes(name: str) -> None:
    images, labels = import_module(f"core.datasets.{name}").load(nothing)
    spec = catalog.specs("datasets")[name]
    assert images.dtype == np.uint8
    assert images.shape[:3] == (spec["num_train"] + spec["num_validation"], 24, 24)
    assert images.shape[3] in (1, 3)
    assert sorted(set(labels.tolist())) == list(range(10))


@pytest.mark.usefixtures("empty_home")
@pytest.mark.parametrize("name", SHIPPED)
def test_the_split_keeps_every_image_and_the_classes_in_proportion(name: str) -> None:
    images, labels = import_module(f"core.datasets.{name}").load(nothing)
    data, spec = open_prepared(name), catalog.specs("datasets")[name]
    assert (data.num_train, data.num_validation) == (spec["num_train"], spec["num_validation"])
    assert not data.images.flags.writeable
    for label in range(10):
        in_validation = int((data.labels[data.num_train :] == label).sum())
        assert in_validation == pytest.approx(0.2 * int((labels == label).sum()), abs=1)

    def in_order(pictures: np.ndarray, classes: np.ndarray) -> list[bytes]:
        return sorted(bytes([label]) + picture.tobytes() for picture, label in zip(pictures, classes, strict=True))

    assert in_order(data.images, data.labels) == in_order(images, labels)


@pytest.mark.parametrize("seed", [0, 42])
@pytest.mark.parametrize(
    "counts", [(5, 6), (40,) * 10, (6, 6, 6), (300, 7, 2, 2, 51), (182, 177, 183, 181, 180), (5,) * 7]
)
def test_the_split_is_scikit_learns(counts: tuple[int, ...], seed: int) -> None:
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)) + 3, counts))
    expected = train_test_split(np.arange(len(labels)), test_size=0.2, stratify=labels, random_state=seed)
    assert all(map(np.array_equal, stratified_split(labels, 0.2, seed), expected))


@pytest.mark.parametrize("counts", [(2, 3), (1, 20)])
def test_too_few_images_are_not_split(counts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="too few images"):
        stratified_split(np.repeat(np.arange(len(counts)), counts), 0.2, 0)


def test_digits_are_scikit_learns_at_three_times_the_size() -> None:
    images, labels = import_module("core.datasets.digits").load(nothing)
    digits = load_digits()
    assert np.array_equal(labels, digits.target)
    assert np.array_equal(images[:, 1::3, 1::3, 0], np.rint(digits.images / 16 * 255))
    assert np.array_equal(images[:, ::3, ::3], images[:, 2::3, 2::3])


def test_shapes_are_the_same_every_time() -> None:
    first, again = draw_shapes(num_images=50), draw_shapes(num_images=50)
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])
    assert not np.array_equal(first[0], draw_shapes(num_images=50, seed=1)[0])


def test_the_knobs_of_shapes_do_what_they_say() -> None:
    clean, labels = draw_shapes(num_images=400, noise=0.0)
    noisy, _ = draw_shapes(num_images=400, noise=20.0)
    inner = (clean > 80) & (clean < 175)  # not affected by clipping
    assert (noisy.astype(float) - clean)[inner].std() == pytest.approx(20.0, rel=0.03)
    assert np.abs(noisy.astype(float) - clean).max() < 128  # what would exceed white stays white
    _, wrong = draw_shapes(num_images=4_000, noise=0.0, label_error_rate=0.3)
    assert (wrong != np.arange(4_000) % 10).mean() == pytest.approx(0.3, abs=0.03)
    assert np.array_equal(labels, np.arange(400) % 10)


def test_shapes_differ_and_lie_within_the_unit_circle() -> None:
    assert len(SHAPES) == 10
    for polygons in SHAPES:
        outline, filled = polygons[0]
        assert filled
        assert np.linalg.norm(outline, axis=1).max() <= 1.06


def covered(picture: np.ndarray) -> np.ndarray:
    """How much of each pixel a shape covers, 0 to 1, from its first to its last row and column."""
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    away = picture.astype(float) - np.median(border, axis=0)
    colour = away.reshape(-1, 3)[np.abs(away).sum(axis=2).argmax()]
    assert np.abs(colour).sum() >= 119  # it stands out
    share: np.ndarray = away @ colour / (colour @ colour)
    rows, columns = np.nonzero(share > 0.5)
    return share[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def test_drawn_shapes_are_whole_and_look_as_they_are_called() -> None:
    images, labels = draw_shapes(num_images=1_000, noise=0.0)
    names = catalog.specs("datasets")["shapes"]["classes"]["en"]
    shapes = {name: [covered(picture) for picture in images[labels == label]] for label, name in enumerate(names)}
    assert all(abs(each.shape[0] - each.shape[1]) <= 1 and each.shape[0] >= 10 for each in shapes["circle"])
    assert min((each > 0.5).mean() for each in shapes["square"]) > 0.7  # a diamond fills half of its rectangle
    typical = [np.mean([as_square(each) for each in drawn], axis=0) for drawn in shapes.values()]
    assert min(np.abs(one - other).mean() for one, other in combinations(typical, 2)) > 0.1
    upper, lower = np.split(typical[names.index("heart")], 2)
    assert upper.sum() > 1.5 * lower.sum()


def as_square(share: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(share.astype(np.float32)).resize((24, 24)))


@pytest.mark.usefixtures("home_with_digits")
def test_what_a_power_cut_left_or_somebody_deleted_is_prepared_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # an app may be started anywhere
    preparations = Preparations()
    assert preparations.status("digits").state == "ready"
    meta = prepared_folder("digits") / "meta.json"
    whole = meta.read_text(encoding="utf-8")
    for left in ("", whole[:20], None):
        meta.unlink() if left is None else meta.write_text(left, encoding="utf-8")
        assert not is_prepared("digits")
        assert preparations.status("digits").state == "absent"
        preparations.prepare_now("digits")
        assert meta.read_text(encoding="utf-8") == whole


@pytest.mark.usefixtures("empty_home")
def test_prepared_files_survive_a_power_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    durable: set[int] = set()
    monkeypatch.setattr(os, "fsync", lambda file: durable.add(os.fstat(file).st_ino))
    put_prepared("digits", 100)
    assert durable == {path.stat().st_ino for path in prepared_folder("digits").iterdir()}


@pytest.mark.usefixtures("empty_home")
def test_images_that_take_the_place_of_others_are_seen_by_a_running_process() -> None:
    put_prepared("digits", 100)
    before = open_prepared("digits")
    put_prepared("digits", 200)
    now = open_prepared("digits")
    assert [len(before.images), len(now.images)] == [100, 200]
    assert open_prepared("digits", now.sha256) is now
    with pytest.raises(DatasetChanged):
        open_prepared("digits", before.sha256)


@pytest.mark.usefixtures("home_with_digits")
@pytest.mark.parametrize("kept_bytes", [0, 5, 200])
def test_images_that_a_power_cut_shortened_are_named(kept_bytes: int) -> None:
    images = prepared_folder("digits") / "images.npy"
    images.write_bytes(images.read_bytes()[:kept_bytes])
    with pytest.raises(DatasetCorrupt):
        open_prepared("digits")


@pytest.mark.usefixtures("empty_home")
@pytest.mark.parametrize("replaced", [["labels.npy"], ["images.npy"], ["images.npy", "labels.npy"]])
def test_files_that_do_not_belong_together_are_named(replaced: list[str]) -> None:
    put_prepared("digits", 100)
    other = {name: (prepared_folder("digits") / name).read_bytes() for name in replaced}
    put_prepared("digits", 200)
    for name, content in other.items():
        (prepared_folder("digits") / name).write_bytes(content)
    with pytest.raises(DatasetCorrupt):
        open_prepared("digits")
