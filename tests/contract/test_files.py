"""Checkpoints and snapshots as files named by their content: whole, or absent."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from core.errors import CheckpointError
from core.runs.files import FileStore


@pytest.mark.parametrize("left", [0, 5], ids=["emptied", "cut off"])
def test_a_damaged_file_is_whole_again_when_it_is_written_again(files: FileStore, tmp_path: Path, left: int) -> None:
    name = files.write(b"a snapshot")
    os.truncate(tmp_path / "files" / name, left)
    with pytest.raises(CheckpointError):
        files.read(name)
    assert files.write(b"a snapshot") == name
    assert files.read(name) == b"a snapshot"


def test_a_file_that_is_cut_short_is_absent(files: FileStore, tmp_path: Path) -> None:
    granted, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, most))
    try:
        with pytest.raises(OSError, match="too large"):
            files.write(bytes(2**21))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (granted, most))
    assert list((tmp_path / "files").iterdir()) == []


def test_a_file_is_made_durable_and_one_that_is_gone_is_passed_over(
    files: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, synced = files.write(b"a checkpoint"), list[int]()
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_ino))
    (tmp_path / "files" / "gone").symlink_to("nowhere")  # like one that is deleted once it has been listed
    for each in (name, "gone"):
        files.make_durable(each)
    assert synced == [(tmp_path / "files" / name).stat().st_ino]
    assert files.sizes_bytes() == {name: 12}
    files.sweep(set(), older_than_s=0.0)
    assert [path.name for path in (tmp_path / "files").iterdir()] == ["gone"]


def test_a_file_that_is_written_again_is_as_young_as_a_new_one(files: FileStore, tmp_path: Path) -> None:
    name = files.write(b"a snapshot")
    os.utime(tmp_path / "files" / name, (0, 0))
    files.write(b"a snapshot")  # not named by a row yet
    files.sweep(set(), older_than_s=3600.0)
    assert files.read(name) == b"a snapshot"
