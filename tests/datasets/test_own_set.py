"""A ZIP of a reader's own images becomes a data set."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image

from core import catalog
from core.config import RunConfig
from core.content.words import Words, languages
from core.datasets import open_prepared
from core.datasets.decoding import decode_picture
from core.datasets.own import archive
from core.datasets.own.owners import delete_set, remove_owner, sets_of, sweep
from core.diagnosis.story import story
from core.errors import DatasetGone
from core.interpret.preprocess import upload_steps
from core.training import train_slice
from tests.datasets.uploads import OWNER, checked, folders, picture, spec_file, write_zip
from tests.trained import MLP, made_up


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


def test_a_class_may_be_called_a_number_longer_than_python_reads(empty_home: Path) -> None:
    file = write_zip(empty_home / "up.zip", folders("9" * 5000, "10", "9"))
    names = [each["name"] for each in spec_file(checked(file))["classes"]]  # type: ignore[attr-defined]
    assert names == ["9", "10", "9" * 40]


def test_the_same_upload_is_the_same_data_set_in_whatever_order(empty_home: Path) -> None:
    entries = folders("cat", "dog")
    name = checked(write_zip(empty_home / "a", entries))
    again = checked(write_zip(empty_home / "b", dict(reversed(entries.items()))), owner="other")
    assert name == again
    assert sets_of(OWNER) == sets_of("other") == (name,)
    assert checked(empty_home / "a", "others.zip") != name
    assert checked(write_zip(empty_home / "c", folders("cat", "wolf"))) != name
    entries["dog/-.png"] = entries.pop("cat/5.png")  # the same images in the same order
    assert checked(write_zip(empty_home / "d", entries)) != name
    remove_owner(name, OWNER)
    assert sets_of("other") == (name,)
    assert open_prepared(name)
    remove_owner(name, "other")
    assert not catalog.own_folder(name).exists()


def test_the_last_uploaded_comes_first(empty_home: Path) -> None:
    first, then = (checked(write_zip(empty_home / f"{n}", folders("a", "b", first=50 * n))) for n in range(2))
    for name, at_s in ((first, 10**9), (then, 10**9 + 1)):
        for mark in (catalog.own_folder(name) / "owners").iterdir():
            os.utime(mark, (at_s, at_s))
    assert sets_of(OWNER) == (then, first)
    assert checked(empty_home / "0") == first
    assert sets_of(OWNER) == (first, then)


def test_only_old_leftovers_are_swept(empty_home: Path) -> None:
    old, new = (empty_home / "own" / f".{name}" for name in ("upload-old", "upload-new"))
    half_made = empty_home / "own" / ".own-old"
    half_made.mkdir(parents=True)
    for path in (old, new):
        path.touch()
    for path in (old, half_made):
        os.utime(path, (10**9, 10**9))
    sweep(older_than_s=3600)
    assert list(new.parent.iterdir()) == [new]


def test_a_deleted_set_is_gone_and_comes_back_with_its_images(empty_home: Path) -> None:
    path = write_zip(empty_home / "up", folders("cat", "dog"))
    name = checked(path)
    delete_set(name)
    assert catalog.spec_of("datasets", name) is catalog.GONE
    with pytest.raises(DatasetGone):
        open_prepared(name)
    assert RunConfig(dataset=name).num_classes == 2  # so that stored runs can still be read
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
    entries |= {"my pets/": b"", "my pets/2/": b"", "my pets/none/": b"", "my pets\\empty\\": b""}
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


@pytest.mark.parametrize("size", [(30, 20), (20, 30), (400, 301), (24, 24)])
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
    name = checked(write_zip(empty_home / "up", folders("<b>$x$</b>", "[a](www.x.org)")), "**my** `set`.zip")
    spec = catalog.spec_of("datasets", name)
    assert spec["label"]["en"] == "my set (12)"
    assert not set("<>$[]*`:_|\\") & set("".join(spec["classes"]["en"]))
    assert "www." not in "".join(spec["classes"]["en"])


def test_a_title_keeps_its_commas(empty_home: Path) -> None:
    name = checked(write_zip(empty_home / "up", folders("cat", "dog")), "cats,dogs.zip")
    assert catalog.spec_of("datasets", name)["label"]["en"] == "cats,dogs (12)"


def test_classes_whose_plain_names_are_alike_stay_apart(empty_home: Path) -> None:
    name = checked(write_zip(empty_home / "up", folders("a_b", "a:b", "😀", "हिंदी", "***")))
    assert sorted(catalog.spec_of("datasets", name)["classes"]["en"]) == ["?", "a b", "a b 2", "हिंदी", "😀"]


@pytest.mark.parametrize("language", languages())
def test_what_the_largest_class_alone_would_bring_is_no_learning(empty_home: Path, language: str) -> None:
    """Made-up measurements: 30 of 35 images show a cat, including 6 of the 7 validation images."""
    entries = folders("cat", each=30) | folders("dog", each=5, first=30)
    uneven = checked(write_zip(empty_home / "uneven.zip", entries))
    even = checked(write_zip(empty_home / "even.zip", folders("cat", "dog")))
    assert (catalog.largest_share(uneven), catalog.largest_share(even)) == (6 / 7, None)
    entries = folders("cat", each=31) | folders("dog", each=5, first=31)  # 6 of 7 of the training images
    assert catalog.largest_share(checked(write_zip(empty_home / "other.zip", entries))) == 7 / 8
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


def test_of_classes_of_equal_size_none_is_called_the_largest(empty_home: Path) -> None:
    name = checked(write_zip(empty_home / "up", folders(*"0123456789", each=6)))
    assert sorted(each["validation"] for each in spec_file(name)["classes"])[-1] == 2  # type: ignore[attr-defined]
    assert catalog.largest_share(name) is None
