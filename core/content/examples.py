"""Short example programs: starter code for each tool, and one network in two frameworks (`data/tools`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from core.errors import ContentError
from core.settings import PROJECT

FOLDER = PROJECT / "data" / "tools"
TWINS = {"PyTorch": "cnn_pytorch", "Keras": "cnn_keras"}  # the survey's network


@cache
def program(name: str, folder: Path = FOLDER) -> str:
    """Python source. Raises ContentError if the file cannot be read."""
    try:
        return (folder / f"{name}.py").read_text(encoding="utf-8").rstrip()
    except (OSError, UnicodeDecodeError) as problem:
        raise ContentError(f"tools/{name}.py", 1, str(problem)) from problem


def first_lines() -> list[str]:
    """The keys of the tools that have an example."""
    return sorted(path.stem for path in (FOLDER / "first").glob("*.py"))
