"""The owners of readers' own data sets: a file for each owner in the set's folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from core import catalog
from core.settings import get_settings


def sets_of(owner: str) -> tuple[str, ...]:
    """The names of an owner's data sets, newest first."""
    marks = [mark for folder in all_folders() if (mark := folder / "owners" / _mark(owner)).is_file()]
    return tuple(mark.parent.parent.name for mark in sorted(marks, key=_age, reverse=True))


def all_folders() -> Iterator[Path]:
    """The folder of each own data set."""
    folder = home()
    return (each for each in folder.iterdir() if catalog.is_own(each.name)) if folder.is_dir() else iter(())


def home() -> Path:
    """The folder of all own data sets, complete and half-made."""
    return get_settings().home / "own"


def sweep(older_than_s: float) -> None:
    """Delete the leftovers of killed checks."""
    if not home().is_dir():
        return
    for path in home().glob(".*"):
        if time.time() - path.stat().st_mtime > older_than_s:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def add_owner(name: str, owner: str) -> None:
    owners = catalog.own_folder(name) / "owners"
    owners.mkdir(exist_ok=True)
    (owners / _mark(owner)).touch()


def remove_owner(name: str, owner: str) -> None:
    """Remove an owner; a set without owners is deleted."""
    owners = catalog.own_folder(name) / "owners"
    (owners / _mark(owner)).unlink(missing_ok=True)
    if owners.is_dir() and not any(owners.iterdir()):
        delete_set(name)


def delete_set(name: str) -> None:
    """Delete a set. It disappears at once; processes that have mapped its images keep them until they close them."""
    folder = catalog.own_folder(name)
    if folder.is_dir():
        with tempfile.TemporaryDirectory(prefix=".gone-", dir=folder.parent) as aside:
            os.replace(folder, Path(aside) / name)


def _mark(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()


def _age(mark: Path) -> float:
    return mark.stat().st_mtime
