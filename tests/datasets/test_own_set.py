"""A reader's own data set: what becomes one, and what is refused, with nothing left behind."""

from __future__ import annotations

import io
import json
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import numpy as np
import pytest
from PIL import Image

from core import catalog, errors
from core.config import RunConfig
from core.content.words import Words, languages
from core.datasets import open_prepared
from core.datasets.decoding import decode_picture
from core.datasets.own import archive, limits
from core.datasets.own.check import check, main
from core.datasets.own.owners import delete_set, remove_owner, sets_of
from core.diagnosis.story import story
from core.errors import DatasetGone, OwnSetRefused
from core.interpret.preprocess import upload_steps
from core.settings import PROJECT
from core.training import train_slice
from tests.trained import MLP, made_up

OWNER = "someone"


def picture(seed: int, size: tuple[int, int] = (30, 20), kind: str = "PNG") -> bytes:
    """A picture file of noise."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


def folders(*classes: str, each: int = 6, first: int = 0) -> dict[str, bytes]:
    """Entries of an archive: so many pictures a class, none like another."""
    numbers = iter(range(first, first + each * len(classes)))
    return {f"{name}/{n}.png": picture(next(numbers)) for name in classes for n in range(each)}


def write_zip(path: Path, entries: dict[str, bytes], packing: int = ZIP_STORED) -> Path:
    with ZipFile(path, "w", packing) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return path


def checked(path: Path, name: str = "pets.zip", owner: str = OWNER) -> str:
    return check(path, name, owner)


def spec_file(name: str) -> dict[str, object]:
    told: dict[str, object] = json.loads((catalog.own_folder(name) / "spec.json").read_text("utf-8"))
    return told


def refused(path: Path, name: str = "pets.zip") -> OwnSetRefused:
    """The error of an upload that is refused, worded in every language, with nothing left behind."""
    with pytest.raises(OwnSetRefused) as caught:
        checked(path, name)
    home = catalog.own_folder("any").parent
    assert not home.exists() or not list(home.iterdir())
    for language in languages():
        assert "{" not in Words(language).error(caught.value)
    assert errors.from_wire(errors.to_wire(caught.value)).key == caught.value.key
    return caught.value


def test_folders_become_a_data_set_that_trains(empty_home: Path) -> None:
    path = write_zip(empty_home / "up", folders("dog", "cat", each=15))
    name = checked(path)
    data, config = open_prepared(name), RunConfig(dataset=name, model="mlp", epochs=1, batch_size=8)
    assert data.images.shape == (30, 24, 24, 3)
    assert (data.num_train, data.num_validation) == (24, 6)
    assert np.bincount(data.labels[:24]).tolist() == [12, 12]
    spec = catalog.spec_of("datasets", name)
    assert spec["classes"] == {"en": ["cat", "dog"]}
    assert (spec["label"]["en"], spec["num_train"], config.num_classes) == ("pets (30)", 24, 2)
    assert config.chance_loss == pytest.approx(0.6931, abs=1e-4)
    assert train_slice(config, None, 10**6).done


def test_a_system_without_bounds_for_a_process_checks_too(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)  # as on Windows
    monkeypatch.setattr(sys, "platform", "win32")
    file = write_zip(empty_home / "up.zip", folders("cat", "dog"))
    assert main(str(file), "pets.zip", "someone") == 0
    assert len(sets_of("someone")) == 1


def test_a_class_may_be_called_a_number_longer_than_python_reads(empty_home: Path) -> None:
    file = write_zip(empty_home / "up.zip", folders("9" * 5000, "10", "9"))
    names = [each["name"] for each in spec_file(checked(file))["classes"]]  # type: ignore[attr-defined]
    assert names[:2] == ["9", "10"]
    assert set(names[2]) == {"9"}


def test_an_error_that_nobody_foresaw_is_told_by_its_reason(
    empty_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def odd(*_: object) -> None:
        raise ValueError("nobody foresaw this")

    monkeypatch.setattr("core.datasets.own.check._give_way", lambda: None)
    monkeypatch.setattr("core.datasets.own.check._write", odd)
    assert main(str(write_zip(empty_home / "up.zip", folders("cat", "dog"))), "pets.zip", OWNER) == 1
    told = capsys.readouterr()
    error = errors.from_wire(json.loads(told.out.splitlines()[-1])["error"])
    assert isinstance(error, OwnSetRefused)
    assert (error.problem, error.reason) == ("damaged", "nobody foresaw this")
    assert "Traceback" in told.err


def test_the_same_upload_is_the_same_data_set_in_whatever_order(empty_home: Path) -> None:
    entries = folders("cat", "dog")
    name = checked(write_zip(empty_home / "a", entries))
    again = checked(write_zip(empty_home / "b", dict(reversed(entries.items()))), owner="other")
    assert name == again
    assert sets_of(OWNER) == sets_of("other") == (name,)
    assert checked(empty_home / "a", "others.zip") != name
    remove_owner(name, OWNER)
    assert sets_of("other") == (name,)
    assert open_prepared(name)
    remove_owner(name, "other")
    assert not catalog.own_folder(name).exists()


def test_a_deleted_set_is_gone_and_comes_back_with_its_images(empty_home: Path) -> None:
    path = write_zip(empty_home / "up", folders("cat", "dog"))
    name = checked(path)
    delete_set(name)
    assert catalog.spec_of("datasets", name) is catalog.GONE
    with pytest.raises(DatasetGone):
        open_prepared(name)
    assert RunConfig(dataset=name).num_classes == 2  # stored runs are read all the same
    assert checked(path) == name
    assert open_prepared(name)


def test_a_set_that_a_power_cut_emptied_is_gone_and_comes_back_with_its_images(empty_home: Path) -> None:
    path = write_zip(empty_home / "up", folders("dog", "cat"))
    name = checked(path)
    for file in catalog.own_folder(name).glob("*.*"):
        file.write_bytes(b"")
    assert catalog.spec_of("datasets", name) == catalog.GONE
    with pytest.raises(DatasetGone):
        open_prepared(name)
    assert checked(path) == name
    assert len(open_prepared(name).images) == 12
    assert sets_of(OWNER) == (name,)


def test_folders_are_found_as_people_pack_them(empty_home: Path) -> None:
    entries = {f"my pets/{name}": content for name, content in folders("hot_dog", "2", "10", each=5).items()}
    entries |= {"__MACOSX/my pets/2/._0.png": b"x", "my pets/.DS_Store": b"x", "my pets/2/Thumbs.db": b"x"}
    entries |= {"my pets/2/deeper/1.png": picture(900), "my pets/alone.png": picture(901), "my pets/2/note.txt": b"hi"}
    name = checked(write_zip(empty_home / "up", entries))
    spec = spec_file(name)
    assert catalog.spec_of("datasets", name)["classes"]["en"] == ["2", "10", "hot dog"]
    assert {each["reason"]: each["names"] for each in spec["left_out"]} == {  # type: ignore[attr-defined]
        "outside": ["alone.png"],
        "picture_unknown": ["2/note.txt"],
    }
    assert len(open_prepared(name).labels) == 16


def test_training_and_test_folders_are_put_together(empty_home: Path) -> None:
    entries = {f"train/{n}": c for n, c in folders("a", "b").items()}
    entries |= {f"test/{n}": c for n, c in folders("a", "b", first=50).items()}
    name = checked(write_zip(empty_home / "up", entries))
    assert spec_file(name)["notes"] == ["splits_joined"]
    assert catalog.spec_of("datasets", name)["classes"]["en"] == ["a", "b"]


def test_pictures_of_all_sizes_and_kinds_are_cut_to_their_middle(empty_home: Path) -> None:
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = 255
    file = io.BytesIO()
    Image.fromarray(wide).save(file, "PNG")
    entries = folders("a", "b") | {"a/wide.png": file.getvalue(), "b/big.jpg": picture(7, (400, 300), "JPEG")}
    data = open_prepared(checked(write_zip(empty_home / "up", entries)))
    assert any(image.min() > 250 for image in data.images)


@pytest.mark.parametrize("size", [(30, 20), (400, 301), (24, 24)])
def test_a_picture_is_made_small_as_one_that_is_shown_to_the_network(size: tuple[int, int]) -> None:
    read = decode_picture(picture(5, size))
    shown = upload_steps(read, "own_2_0123456789ab", channels=3)[-1].picture
    assert np.array_equal(archive.square(read.image), shown)


def test_grey_images_have_one_channel_and_repeated_ones_are_left_out(empty_home: Path) -> None:
    entries = {}
    for n in range(12):
        file = io.BytesIO()
        Image.fromarray(np.random.default_rng(n).integers(0, 256, (24, 24), np.uint8)).save(file, "PNG")
        entries[f"{n % 2}/{n}.png"] = file.getvalue()
    entries["1/again.png"] = entries["0/0.png"]
    name = checked(write_zip(empty_home / "up", entries))
    assert open_prepared(name).images.shape == (12, 24, 24, 1)
    assert spec_file(name)["left_out"] == [{"reason": "duplicate", "n": 1, "names": ["1/again.png"]}]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_without_the_mark_of_utf_8_are_read(empty_home: Path, encoding: str) -> None:
    path = empty_home / "up"
    with ZipFile(path, "w") as file:
        for name, content in folders("AAAA", "BBBB").items():
            file.writestr(name, content)
    raw = path.read_bytes()
    for marker, word in ((b"AAAA/", "猫咪"), (b"BBBB/", "小狗")):
        told = (word.encode(encoding) + b"xx")[:4] if encoding == "gb18030" else word[:1].encode(encoding) + b"1"
        raw = raw.replace(marker, told + b"/")
    path.write_bytes(raw)
    classes = catalog.spec_of("datasets", checked(path))["classes"]["en"]
    assert sorted(classes) == (["小狗", "猫咪"] if encoding == "gb18030" else ["小1", "猫1"])


def test_names_that_mean_something_elsewhere_become_plain(empty_home: Path) -> None:
    name = checked(write_zip(empty_home / "up", folders("<b>$x$</b>", "[a](http:x)")), "**my** `set`.zip")
    spec = catalog.spec_of("datasets", name)
    assert spec["label"]["en"] == "my set (12)"
    assert not set("<>$[]*`:_|\\") & set("".join(spec["classes"]["en"]))


def test_classes_whose_plain_names_are_alike_stay_apart(empty_home: Path) -> None:
    name = checked(write_zip(empty_home / "up", folders("a_b", "a:b", "😀")))
    assert sorted(catalog.spec_of("datasets", name)["classes"]["en"]) == ["a b", "a b 2", "😀"]


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


def test_a_zip_in_a_zip_is_refused(empty_home: Path) -> None:
    inner = write_zip(empty_home / "inner.zip", folders("cat"))
    entries = folders("cat", "dog") | {"cat/more.zip": inner.read_bytes()}
    inner.unlink()
    error = refused(write_zip(empty_home / "up", entries))
    assert (error.problem, error.name) == ("nested", "more.zip")


def test_one_file_too_many_is_refused(empty_home: Path) -> None:
    path = write_zip(empty_home / "up", {f"a/{n}": b"" for n in range(limits.MAX_FILES + 1)})
    error = refused(path)
    assert (error.problem, error.limit, error.got) == ("too_many", limits.MAX_FILES, limits.MAX_FILES + 1)


def test_what_unpacks_to_much_is_refused_unread(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 2**20)
    path = write_zip(empty_home / "up", folders("a", "b") | {"a/bomb.png": bytes(2**21)}, ZIP_DEFLATED)
    assert refused(path).problem == "unpacks_too_large"


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
        ({}, "num_classes", {"got": 0}),
        ({f"{c}/{n}.png": b"no picture" for c in "ab" for n in range(9)}, "num_classes", {"got": 0}),
    ],
    ids=["one class", "eleven", "no folders", "two images", "empty", "no pictures"],
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


def rows(side: int = 8, per_class: int = 6, labels: str = "ab", channels: int = 1, by: str = ",") -> list[str]:
    """Lines of a table: the label first."""
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (len(labels), per_class, side * side * channels))
    return [
        by.join([label, *map(str, pixels)])
        for label, of_class in zip(labels, images, strict=True)
        for pixels in of_class
    ]


def write_csv(path: Path, lines: list[str], encoding: str = "utf-8") -> Path:
    path.write_text("\n".join(lines) + "\n", encoding)
    return path


HEAD = ",".join(["label", *(f"pixel{n}" for n in range(64))])


@pytest.mark.parametrize(
    ("lines", "classes", "channels"),
    [
        (rows(labels="73"), ["3", "7"], 1),
        ([HEAD, *rows()], ["a", "b"], 1),
        (rows(by=";", labels="猫狗"), ["狗", "猫"], 1),
        (rows(channels=3), ["a", "b"], 3),
        ([",".join(["label", *map(str, range(64))]), *rows()], ["a", "b"], 1),
        ([",".join([*map(str, range(1, 65)), "y"]), *(",".join(r.split(",")[::-1]) for r in rows())], ["a", "b"], 1),
        ([",".join(map(str, range(65))), *rows(labels="73")], ["3", "7"], 1),
        (rows(labels="yb"), ["b", "y"], 1),
        ([f"{r[0]}_0{r[1:]}" for r in rows(labels="12")], ["1 0", "2 0"], 1),
        ([",".join(HEAD.split(",")[::-1]), *(",".join(r.split(",")[::-1]) for r in rows())], ["a", "b"], 1),
    ],
    ids=[
        "no head", "head", "semicolons", "colour", "columns numbered", "columns numbered, label last",
        "columns numbered, label too", "no head, a class called y", "classes like 1_0",
        "label last",
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_tables_become_data_sets(
    empty_home: Path, lines: list[str], classes: list[str], channels: int, encoding: str
) -> None:
    name = checked(write_csv(empty_home / "up", lines, encoding), "my digits.csv")
    assert sorted(catalog.spec_of("datasets", name)["classes"]["en"]) == sorted(classes)
    assert open_prepared(name).images.shape == (12, 24, 24, channels)


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
    told = {np.rint(values * (255 / 16)).astype(np.uint8).tobytes() for values in sixteenths}
    assert {image.tobytes() for image in open_prepared(name).images} == told


@pytest.mark.parametrize(
    ("change", "problem", "facts"),
    [
        (lambda r: [*r[:3], r[3] + ",7", *r[4:]], "row_length", {"line": 4, "got": 66, "expected": 65}),
        (lambda r: [*r[:2], r[2].rsplit(",", 1)[0] + ",many", *r[3:]], "not_a_number", {"line": 3, "got": "many"}),
        (lambda r: [*r[:2], r[2].rsplit(",", 1)[0] + ",", *r[3:]], "not_a_number", {"line": 3}),
        (lambda r: [r[0].rsplit(",", 1)[0] + ",256", *r[1:]], "out_of_range", {"line": 1, "got": 256.0}),
        (lambda r: [*r[:4], r[4].rsplit(",", 1)[0] + ",1e39", *r[5:]], "out_of_range", {"line": 5, "got": 1e39}),
        (lambda r: [*r[:4], r[4].rsplit(",", 1)[0] + ",1e999", *r[5:]], "not_a_number", {"line": 5, "got": "1e999"}),
        (lambda r: [*r[:4], r[4].rsplit(",", 1)[0] + ",1_0", *r[5:]], "not_a_number", {"line": 5, "got": "1 0"}),
        (lambda r: [r[0].rsplit(",", 1)[0] + ",-1", *r[1:]], "out_of_range", {"line": 1, "got": -1.0}),
        (lambda r: [line.rsplit(",", 1)[0] for line in r], "not_square", {"got": 63}),
        (lambda r: [line for line in r if line[0] == "a"], "num_classes", {"got": 1}),
        (lambda _: [], "not_square", {"got": 0}),
        (lambda r: [r[0] + "\0" * 200_000, *r[1:]], "damaged", {}),
    ],
    ids=[
        "ragged",
        "word",
        "empty cell",
        "256",
        "1e39",
        "1e999",
        "1_0",
        "-1",
        "no square",
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


def test_a_table_of_too_many_rows_is_refused(empty_home: Path) -> None:
    lines = [f"{n % 2}," + ",".join(["1"] * 16) for n in range(limits.MAX_IMAGES + 2)]
    assert refused(write_csv(empty_home / "up", lines), "m.csv").problem == "too_many"


def test_the_process_prints_its_outcome(empty_home: Path) -> None:
    path = write_zip(empty_home / "up", folders("cat", "dog"))
    command = [sys.executable, "-m", "core.datasets.own.check", str(path)]
    done = subprocess.run([*command, "pets.zip", OWNER], cwd=PROJECT, capture_output=True, text=True, check=True)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert told[-1] == {"name": sets_of(OWNER)[0]}
    assert told[-2] == {"progress": 1.0}
    failed = subprocess.run([*command, "x.exe", OWNER], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert errors.from_wire(json.loads(failed.stdout)["error"]).key == "own_set_no_kind"


def test_the_process_takes_only_so_much_memory_and_time() -> None:
    program = (
        "import resource\nfrom core.datasets.own import check\n"
        "check.check = lambda *_: bytes(check.MAX_CHECK_BYTES)\n"
        "check.main('', '', '')\nprint(resource.getrlimit(resource.RLIMIT_CPU)[0])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    error, cpu_s = done.stdout.splitlines()
    assert errors.from_wire(json.loads(error)["error"]).key == "own_set_too_heavy"
    assert int(cpu_s) == limits.MAX_CHECK_S


@pytest.mark.parametrize("language", languages())
def test_what_the_largest_class_alone_would_bring_is_no_learning(empty_home: Path, language: str) -> None:
    """Made up measurements: of 35 images 30 show a cat, and so do 6 of the 7 to validate with."""
    entries = folders("cat", each=30) | folders("dog", each=5, first=30)
    uneven = checked(write_zip(empty_home / "uneven.zip", entries))
    even = checked(write_zip(empty_home / "even.zip", folders("cat", "dog")))
    assert (catalog.largest_share(uneven), catalog.largest_share(even)) == (6 / 7, None)
    for name in (uneven, even):
        data = open_prepared(name)
        shares = np.bincount(data.labels[: data.num_train]) / data.num_train
        assert catalog.guess_loss(name) == pytest.approx(-(shares * np.log(shares)).sum())
    reached = made_up(MLP.replaced(dataset=uneven), val_accuracy=6 / 7)
    for run, key in (
        (reached, "story.accuracy.uneven_chance"),
        (replace(reached, evaluations=(replace(reached.last, val_accuracy=0.95),)), "story.accuracy.uneven_above"),
        (replace(reached, config=MLP.replaced(dataset=even)), "story.accuracy.above"),
    ):
        found, facts = story(run)[1]
        assert found == key
        assert ("85.7%" if "uneven" in key else "50%") in Words(language)(found, **facts)
