"""Checkpoints and snapshots: files named by the sha256 of their bytes. Independent of the database, as workers on this
machine read and write them too."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.errors import CheckpointError, HomeGone
from core.training import SliceResult


class FileStore:
    """Content-addressed files in one folder. Equal bytes share one file; a file is complete or absent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._opened = folder.stat()

    def require_folder(self) -> None:
        """Raises HomeGone if the folder is not the one that was opened: files still open in a deleted folder, such as
        the database, can be written but are lost."""
        with suppress(OSError):
            if os.path.samestat(self._folder.stat(), self._opened):
                return
        raise HomeGone(str(self._folder.parent))

    def write(self, content: bytes) -> str:
        """Store the bytes and return their name. Raises OSError on a full disk."""
        name = hashlib.sha256(content).hexdigest()
        path = self._folder / name
        with suppress(OSError):  # a file damaged by a power cut or a bad disk is written again
            if path.read_bytes() == content:
                os.utime(path)  # counts as new for `sweep`
                return name
        handle, half_written = tempfile.mkstemp(dir=self._folder, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(half_written, path)
        except BaseException:
            Path(half_written).unlink(missing_ok=True)
            raise
        return name

    def make_durable(self, name: str) -> None:
        """Make a file survive a power cut; a missing one is noticed when it is read."""
        with suppress(FileNotFoundError), (self._folder / name).open("r+b") as file:
            os.fsync(file.fileno())  # Windows refuses this for a read-only handle

    def read(self, name: str) -> bytes:
        """The bytes of that name. Raises CheckpointError if the file is missing or changed."""
        try:
            content = (self._folder / name).read_bytes()
        except OSError as problem:
            raise CheckpointError(f"The checkpoint {name} cannot be read: {problem}") from problem
        if hashlib.sha256(content).hexdigest() != name:
            raise CheckpointError(f"The checkpoint {name} is damaged.")
        return content

    def delete(self, names: Iterable[str]) -> None:
        for name in names:
            (self._folder / name).unlink(missing_ok=True)

    def sweep(self, keep: set[str], older_than_s: float) -> None:
        """Delete all other files, also half-written ones; a young file may be one that a row is about to name."""
        for path in self._folder.iterdir():
            with suppress(FileNotFoundError):  # a half-written one was renamed meanwhile
                if path.name not in keep and time.time() - path.stat().st_mtime >= older_than_s:
                    path.unlink()

    def sizes_bytes(self) -> dict[str, int]:
        """The size on disk of each file, by its name."""
        sizes: dict[str, int] = {}
        with os.scandir(self._folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # deleted meanwhile
                    sizes[entry.name] = entry.stat().st_size
        return sizes


@dataclass(frozen=True)
class StoredFile:
    """A file by name, for a process that shares the folder."""

    files: FileStore
    name: str

    def read(self) -> bytes:
        """Raises CheckpointError if the file is missing or changed."""
        return self.files.read(self.name)


@dataclass(frozen=True)
class SavedFiles:
    """The names of the files that a slice's result was written to."""

    checkpoint: str
    logits: tuple[str, ...]
    weights: tuple[str | None, ...]


def save(files: FileStore, result: SliceResult) -> SavedFiles:
    """Write the parts of a slice's result that are kept as files. Raises OSError on a full disk."""
    return SavedFiles(
        checkpoint=files.write(result.checkpoint),
        logits=tuple(files.write(shot.logits.tobytes()) for shot in result.snapshots),
        weights=tuple(files.write(shot.weights) if shot.weights else None for shot in result.snapshots),
    )
