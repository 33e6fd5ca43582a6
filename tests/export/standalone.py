"""Runs exported programs without access to TrendLab, all in one process that imports torch only once."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from core.datasets import torchvision_import
from tests.datasets import files

# Makes the official classes accept the tests' small CIFAR files, and load with a CPU build of torch.
SITE = """
{torchvision_import}

for name, value in {checksums}.items():
    setattr(dataset_class("CIFAR10"), name, value)
"""

# Reads the paths of programs, and replies with the output of each and how it ended.
RUNNER = """
import contextlib, importlib.util, io, json, runpy, sys
import sitecustomize

assert importlib.util.find_spec("core") is None
for path in sys.stdin:
    printed, end = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        try:
            runpy.run_path(path.strip())
        except SystemExit as error:
            end = error.code
        except Exception as error:
            end = repr(error)
    print(json.dumps({"printed": printed.getvalue(), "end": end}), flush=True)
"""


@dataclass(frozen=True)
class Outcome:
    """`end` is None if the program completed."""

    printed: str
    end: str | None

    @property
    def result(self) -> list[float]:
        """Training loss, validation loss and validation accuracy, as printed last."""
        return [float(re.split(r"[\s：\u4e00-\u9fff]", line)[-1]) for line in self.printed.splitlines()[-3:]]


class Standalone:
    """A folder without TrendLab, and a process in it; programs expect downloads in `folder / "data"`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "site").mkdir()
        (folder / "site" / "sitecustomize.py").write_text(_site(), encoding="utf-8")
        environment = {"PYTHONPATH": str(folder / "site"), "OMP_NUM_THREADS": "2", "PATH": ""}
        self._process = subprocess.Popen(
            [sys.executable, "-c", RUNNER], cwd=folder, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, program: str) -> Outcome:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        path = self.folder / "program.py"
        path.write_text(program, encoding="utf-8")
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        return Outcome(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        self._process.communicate(timeout=60)


def _site() -> str:
    return SITE.format(torchvision_import=inspect.getsource(torchvision_import), checksums=files.cifar_checksums())
