"""The names of a reader's classes, as other systems pack and people write them."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from zipfile import ZipFile

import pytest

from core import catalog
from tests.datasets.uploads import checked, folders, spec_file, write_zip

FROM_WINDOWS, FROM_UNIX = 0, 3


def classes_of(path: Path) -> list[str]:
    return list(catalog.spec_of("datasets", checked(path))["classes"]["en"])


def write_unmarked(path: Path, names: list[str], encoding: str, system: int) -> Path:
    """A ZIP of these folders whose names are in an encoding that it does not tell."""
    raw = [name.encode(encoding) for name in names]
    marks = [chr(ord("A") + n) * len(each) for n, each in enumerate(raw)]
    with ZipFile(path, "w") as file:
        for name, content in folders(*marks).items():
            file.writestr(name, content)
        for info in file.infolist():
            info.create_system = system
    packed = path.read_bytes()
    for mark, each in zip(marks, raw, strict=True):
        packed = packed.replace(mark.encode() + b"/", each + b"/")
    path.write_bytes(packed)
    return path


@pytest.mark.parametrize(
    ("names", "encoding", "system"),
    [
        (["牛", "猫"], "gbk", FROM_WINDOWS),  # each looks like UTF-8
        (["狗", "猫"], "gbk", FROM_WINDOWS),
        (["狗", "猫"], "gbk", FROM_UNIX),
        (["李喆", "猫"], "gbk", FROM_WINDOWS),  # a character that GB 2312 lacks
        (["小狗", "猫1"], "utf-8", FROM_WINDOWS),
        (["café", "猫"], "utf-8", FROM_UNIX),
    ],
)
def test_names_whose_encoding_is_not_told_are_read(
    empty_home: Path, names: list[str], encoding: str, system: int
) -> None:
    assert classes_of(write_unmarked(empty_home / "up", names, encoding, system)) == names


def test_a_name_whose_encoding_is_told_is_not_guessed(empty_home: Path) -> None:
    assert classes_of(write_zip(empty_home / "up", folders("Brötchen", "Käse"))) == ["Brötchen", "Käse"]


def test_a_name_is_the_same_class_with_its_accent_apart(empty_home: Path) -> None:
    entries = folders("café", "chat") | folders(unicodedata.normalize("NFD", "café"), first=50)
    assert classes_of(write_zip(empty_home / "up", entries)) == ["café", "chat"]


@pytest.mark.parametrize("name", ["class {}", "第{}类", "{}"])
def test_numbers_in_names_are_in_the_order_of_their_values(empty_home: Path, name: str) -> None:
    names = [name.format(n) for n in range(1, 11)]
    assert classes_of(write_zip(empty_home / "up", folders(*names, each=5))) == names


def test_names_that_differ_only_in_case_have_one_order(empty_home: Path) -> None:
    names = ["1", "CAT", "CAt", "CaT", "Cat", "cat"]
    assert classes_of(write_zip(empty_home / "up", folders(*reversed(names)))) == names


def test_a_number_that_tells_two_names_apart_is_not_taken(empty_home: Path) -> None:
    classes = classes_of(write_zip(empty_home / "up", folders("a b 2", "a:b", "a_b")))
    assert sorted(classes) == ["a b", "a b 2", "a b 3"]


def test_a_file_beside_the_top_folder_makes_it_no_class(empty_home: Path) -> None:
    entries = {f"pets/{name}": content for name, content in folders("cat", "dog").items()} | {"说明.txt": b"x"}
    name = checked(write_zip(empty_home / "up", entries))
    assert catalog.spec_of("datasets", name)["classes"]["en"] == ["cat", "dog"]
    assert spec_file(name)["left_out"] == [{"reason": "outside", "n": 1, "names": ["说明.txt"]}]


@pytest.mark.parametrize(
    "parts", [("训练集", "测试集"), ("Train", "Test"), ("training_set/training_set", "test_set/test_set")]
)
def test_parts_of_other_names_are_put_together(empty_home: Path, parts: tuple[str, str]) -> None:
    entries = {
        f"{part}/{name}": content
        for at, part in enumerate(parts)
        for name, content in folders("cat", "dog", first=50 * at).items()
    }
    name = checked(write_zip(empty_home / "up", entries))
    assert catalog.spec_of("datasets", name)["classes"]["en"] == ["cat", "dog"]
    assert spec_file(name)["notes"] == ["splits_joined"]


def test_a_class_called_like_a_part_beside_one_that_is_not_is_a_class(empty_home: Path) -> None:
    entries = folders("invalid/2024", "valid/2024")
    assert classes_of(write_zip(empty_home / "up", entries)) == ["invalid", "valid"]


def test_chinese_punctuation_is_kept(empty_home: Path) -> None:
    name = checked(write_zip(empty_home / "up", folders("猫（橘色）", "狗、狼")), "动物（2班）.zip")
    spec = catalog.spec_of("datasets", name)
    assert spec["label"]["zh"] == "动物（2班）（12张）"
    assert set(spec["classes"]["en"]) == {"猫（橘色）", "狗、狼"}
