"""A table of pixels becomes a data set, or is refused with the number of the faulty line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core import catalog
from core.datasets import open_prepared
from core.datasets.own import limits, table
from tests.datasets.uploads import checked, refused, spec_file, write_csv


def rows(side: int = 8, per_class: int = 6, labels: str = "ab", channels: int = 1, by: str = ",") -> list[str]:
    """Lines of a table: the label first."""
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (len(labels), per_class, side * side * channels))
    return [
        by.join([label, *map(str, pixels)])
        for label, of_class in zip(labels, images, strict=True)
        for pixels in of_class
    ]


HEAD = ",".join(["label", *(f"pixel{n}" for n in range(64))])


@pytest.mark.parametrize(
    ("lines", "classes", "channels"),
    [
        (rows(labels="73"), ["3", "7"], 1),
        ([HEAD, *rows()], ["a", "b"], 1),
        (rows(by=";", labels="猫狗"), ["狗", "猫"], 1),
        (rows(by="\t"), ["a", "b"], 1),
        (rows(channels=3), ["a", "b"], 3),
        ([",".join(["label", *map(str, range(64))]), *rows()], ["a", "b"], 1),
        ([",".join([*map(str, range(1, 65)), "y"]), *(",".join(r.split(",")[::-1]) for r in rows())], ["a", "b"], 1),
        ([",".join(map(str, range(65))), *rows(labels="73")], ["3", "7"], 1),
        (rows(labels="yb"), ["b", "y"], 1),
        ([f"{r[0]}_0{r[1:]}" for r in rows(labels="12")], ["1 0", "2 0"], 1),
        ([f"{r[0]}.0{r[1:]}" for r in rows(labels="73")], ["3", "7"], 1),
        ([" " + rows()[0], "", "," * 64, *rows()[1:]], ["a", "b"], 1),
        ([",".join(HEAD.split(",")[::-1]), *(",".join(r.split(",")[::-1]) for r in rows())], ["a", "b"], 1),
    ],
    ids=[
        "no head", "head", "semicolons", "tabs", "colour", "columns numbered", "columns numbered, label last",
        "columns numbered, label too", "no head, a class called y", "classes like 1_0", "classes like 3.0",
        "empty rows", "label last",
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_tables_become_data_sets(
    empty_home: Path, lines: list[str], classes: list[str], channels: int, encoding: str
) -> None:
    name = checked(write_csv(empty_home / "up", lines, encoding), "my digits.csv")
    assert sorted(catalog.spec_of("datasets", name)["classes"]["en"]) == sorted(classes)
    assert open_prepared(name).images.shape == (12, 24, 24, channels)


def test_names_in_an_old_encoding_of_western_europe_are_read(empty_home: Path) -> None:
    name = checked(write_csv(empty_home / "up", rows(labels="éü"), "latin-1"), "m.csv")
    assert catalog.spec_of("datasets", name)["classes"]["en"] == ["é", "ü"]


def test_pixels_of_the_right_size_stay_as_they_are(empty_home: Path) -> None:
    lines = rows(side=24)
    images = open_prepared(checked(write_csv(empty_home / "up", lines), "m.csv")).images
    told = {bytes(map(int, line.split(",")[1:])) for line in lines}
    assert {image.tobytes() for image in images} == told


def test_values_up_to_one_are_shares_of_white(empty_home: Path) -> None:
    lines = [",".join([line[0], *(f"{int(v) / 255:.4f}" for v in line.split(",")[1:])]) for line in rows(side=24)]
    name = checked(write_csv(empty_home / "up", lines), "m.csv")
    assert spec_file(name)["notes"] == ["scaled"]
    assert open_prepared(name).images.max() > 250


def test_a_table_from_0_to_16_is_as_bright_as_one_from_0_to_255(empty_home: Path) -> None:
    """As scikit-learn writes its digits."""
    sixteenths = np.random.default_rng(0).integers(0, 17, (12, 24 * 24))
    lines = [",".join([str(n % 2), *map(str, values)]) for n, values in enumerate(sixteenths)]
    name = checked(write_csv(empty_home / "up", lines), "digits.csv")
    assert spec_file(name)["notes"] == ["scaled_16"]
    data = open_prepared(name)
    told = {np.rint(values * (255 / 16)).astype(np.uint8).tobytes(): n % 2 for n, values in enumerate(sixteenths)}
    assert dict(zip([image.tobytes() for image in data.images], data.labels.tolist(), strict=True)) == told


@pytest.mark.parametrize(
    ("change", "problem", "facts"),
    [
        (lambda r: [*r[:3], r[3] + ",7", *r[4:]], "row_length", {"line": 4, "got": 66, "expected": 65}),
        (lambda r: [*r[:2], r[2].rsplit(",", 1)[0] + ",many", *r[3:]], "not_a_number", {"line": 3, "got": "many"}),
        (lambda r: [*r[:2], r[2].rsplit(",", 1)[0] + ",", *r[3:]], "not_a_number", {"line": 3, "got": ""}),
        (lambda r: [r[0].rsplit(",", 1)[0] + ",256", *r[1:]], "out_of_range", {"line": 1, "got": 256.0}),
        (lambda r: [r[0].rsplit(",", 1)[0] + ",255.5", *r[1:]], "out_of_range", {"line": 1, "got": 255.5}),
        (lambda r: [*r[:4], r[4].rsplit(",", 1)[0] + ",1e39", *r[5:]], "out_of_range", {"line": 5, "got": 1e39}),
        (lambda r: [*r[:4], r[4].rsplit(",", 1)[0] + ",1e999", *r[5:]], "not_a_number", {"line": 5, "got": "1e999"}),
        (lambda r: [*r[:4], r[4].rsplit(",", 1)[0] + ",1_0", *r[5:]], "not_a_number", {"line": 5, "got": "1 0"}),
        (lambda r: [r[0].rsplit(",", 1)[0] + ",-1", *r[1:]], "out_of_range", {"line": 1, "got": -1.0}),
        (lambda r: [line.rsplit(",", 1)[0] for line in r], "not_square", {"got": 63}),
        (lambda _: rows(side=3), "not_square", {"got": 9}),
        (lambda _: rows(side=257, per_class=1), "not_square", {"got": 257**2}),
        (lambda r: [line for line in r if line[0] == "a"], "num_classes", {"got": 1}),
        (lambda _: [], "not_square", {"got": 0}),
        (lambda r: [r[0] + "\0" * 200_000, *r[1:]], "damaged", {}),
    ],
    ids=[
        "ragged",
        "word",
        "empty cell",
        "256",
        "255.5",
        "1e39",
        "1e999",
        "1_0",
        "-1",
        "no square",
        "too small",
        "too large",
        "one class",
        "empty",
        "huge cell",
    ],
)
def test_tables_with_faults_are_refused(
    empty_home: Path, change: Callable[[list[str]], list[str]], problem: str, facts: dict[str, object]
) -> None:
    error = refused(write_csv(empty_home / "up", change(rows())), "m.csv")
    assert error.problem == problem
    assert error.facts().items() >= facts.items()


def test_a_repeated_image_is_named_by_its_line(empty_home: Path) -> None:
    name = checked(write_csv(empty_home / "up", [HEAD, *rows(), "", rows()[0]]), "m.csv")
    assert spec_file(name)["left_out"] == [{"reason": "duplicate", "n": 1, "names": ["15"]}]


def test_a_header_is_no_image_too_many(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_IMAGES", 12)
    assert checked(write_csv(empty_home / "up", [HEAD, *rows()]), "m.csv")


def test_a_table_of_too_many_rows_is_refused(empty_home: Path) -> None:
    lines = [f"{n % 2}," + ",".join(["1"] * 16) for n in range(limits.MAX_IMAGES + 2)]
    assert refused(write_csv(empty_home / "up", lines), "m.csv").problem == "too_many"
