"""The process that checks an upload: its output, and its limits of memory and time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core import errors
from core.datasets.own import limits
from core.datasets.own.check import main
from core.datasets.own.owners import sets_of
from core.errors import OwnSetRefused
from core.settings import PROJECT
from tests.datasets.uploads import OWNER, folders, write_zip


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


def test_a_system_without_bounds_for_a_process_checks_too(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)  # as on Windows
    monkeypatch.setattr(sys, "platform", "win32")
    file = write_zip(empty_home / "up.zip", folders("cat", "dog"))
    assert main(str(file), "pets.zip", "someone") == 0
    assert len(sets_of("someone")) == 1


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
