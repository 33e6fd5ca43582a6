"""A ZIP that is unsafe, too large or too small is refused and leaves nothing behind."""

from __future__ import annotations

import stat
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from core.datasets.decoding import MAX_BYTES
from core.datasets.own import archive, gathered, limits
from tests.datasets.uploads import checked, folders, picture, refused, spec_file, write_zip


@pytest.mark.parametrize("entry", ["../evil/1.png", "/etc/1.png", "a/../../1.png", "C:/x/1.png", "a\\..\\..\\1.png"])
def test_names_that_lead_out_are_refused(empty_home: Path, entry: str) -> None:
    path = write_zip(empty_home / "up", folders("cat", "dog") | {entry: picture(99)})
    assert refused(path).problem == "unsafe"


def test_a_link_is_refused(empty_home: Path) -> None:
    path = write_zip(empty_home / "up", folders("cat", "dog"))
    link = ZipInfo("cat/link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with ZipFile(path, "a") as file:
        file.writestr(link, "/etc/passwd")
    assert refused(path).problem == "unsafe"


@pytest.mark.parametrize("name", ["more.zip", "MORE.ZIP"])
def test_a_zip_in_a_zip_is_refused(empty_home: Path, name: str) -> None:
    inner = write_zip(empty_home / "inner.zip", folders("cat"))
    entries = folders("cat", "dog") | {f"cat/{name}": inner.read_bytes()}
    inner.unlink()
    error = refused(write_zip(empty_home / "up", entries))
    assert (error.problem, error.name) == ("nested", name)


def test_one_file_too_many_is_refused(empty_home: Path) -> None:
    path = write_zip(empty_home / "up", {f"a/{n}": b"" for n in range(limits.MAX_FILES + 1)})
    error = refused(path)
    assert (error.problem, error.limit, error.got) == ("too_many", limits.MAX_FILES, limits.MAX_FILES + 1)


def test_one_image_too_many_is_refused(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_zip(empty_home / "up", folders("a", "b") | {"b/again.png": picture(0)})
    monkeypatch.setattr(gathered, "MAX_IMAGES", 11)
    error = refused(path)
    assert (error.problem, error.limit, error.got) == ("too_many", 11, 12)
    monkeypatch.setattr(gathered, "MAX_IMAGES", 12)  # repeated ones do not count
    assert checked(path)


def test_what_unpacks_to_much_is_refused_unread(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 2**20)
    path = write_zip(empty_home / "up", folders("a", "b") | {"a/bomb.png": bytes(2**21)}, ZIP_DEFLATED)
    assert refused(path).problem == "unpacks_too_large"


def test_a_picture_of_too_many_bytes_is_left_out_for_its_size(empty_home: Path) -> None:
    path = write_zip(empty_home / "up", folders("a", "b") | {"a/z.png": picture(99) + bytes(MAX_BYTES)}, ZIP_DEFLATED)
    assert spec_file(checked(path))["left_out"] == [{"reason": "picture_too_large", "n": 1, "names": ["a/z.png"]}]


def test_a_lie_about_a_size_is_not_believed(empty_home: Path) -> None:
    path = write_zip(empty_home / "up", folders("a", "b") | {"a/z.png": bytes(2**21)}, ZIP_DEFLATED)
    told, lie = (2**21).to_bytes(4, "little"), (100).to_bytes(4, "little")
    raw = path.read_bytes()
    assert raw.count(told) == 2
    path.write_bytes(raw.replace(told, lie))
    assert spec_file(checked(path))["left_out"] == [{"reason": "picture_damaged", "n": 1, "names": ["a/z.png"]}]


def test_an_encrypted_zip_is_refused(empty_home: Path) -> None:
    path = write_zip(empty_home / "up", folders("cat", "dog"))
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02")
    raw[at + 8] |= 1
    path.write_bytes(bytes(raw))
    assert refused(path).problem == "encrypted"


@pytest.mark.parametrize(
    ("entries", "problem", "facts"),
    [
        (folders("cat"), "num_classes", {"got": 1}),
        (folders(*"abcdefghijk"), "num_classes", {"got": 11}),
        ({"1.png": picture(1), "2.png": picture(2)}, "num_classes", {"got": 0}),
        ({"a/1.png": picture(1), "b/2.png": picture(2)}, "few_images", {"name": "a", "got": 1}),
        (folders("a") | folders("b", each=4, first=50), "few_images", {"name": "b", "got": 4, "limit": 5}),
        ({}, "num_classes", {"got": 0}),
        ({f"{c}/{n}.png": b"no picture" for c in "ab" for n in range(9)}, "num_classes", {"got": 0}),
    ],
    ids=["one class", "eleven", "no folders", "two images", "four", "empty", "no pictures"],
)
def test_too_little_is_refused(empty_home: Path, entries: dict[str, bytes], problem: str, facts: object) -> None:
    error = refused(write_zip(empty_home / "up", entries))
    assert error.problem == problem
    assert error.facts().items() >= facts.items()  # type: ignore[attr-defined]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", bytes(1000)])
def test_what_is_no_zip_is_refused(empty_home: Path, content: bytes) -> None:
    (empty_home / "up").write_bytes(content)
    assert refused(empty_home / "up").problem == "damaged"
    assert refused(empty_home / "up", "pets.rar").problem == "no_kind"


@pytest.mark.parametrize(("pictures", "problem"), [(0, "num_classes"), (3, "few_images")])
def test_what_was_left_out_is_told_as_the_reason(empty_home: Path, pictures: int, problem: str) -> None:
    photographs = {f"{name}/{n}.heic": b"\0\0\0\x18ftypheic" for name in ("cat", "dog") for n in range(4)}
    error = refused(write_zip(empty_home / "up", folders("cat", "dog", each=pictures) | photographs))
    assert error.problem == problem
    names = [f"cat/{n}.heic" for n in range(4)] + ["dog/0.heic"]
    assert error.left_out == [{"reason": "picture_unknown", "n": 8, "names": names}]
