"""Readers' own data sets: uploads are checked in the background, one at a time; sets are kept until deleted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal

from core import errors
from core.datasets.own import limits, owners
from core.datasets.own.gathered import plain_name
from core.errors import OwnSetRefused, StoreUnavailable, TrendLabError
from core.runs.memory import UPLOAD_SCORE, let_die_first
from core.runs.store import Store
from core.runs.worker import worker_environment
from core.settings import PROJECT

CHUNK_BYTES = 2**20
MAX_WALL_S = 600.0  # generous, as a check runs at low priority
KEPT_UPLOADS = 200  # outcomes
LEFT_BEHIND_S = 3600.0  # a half-made file this old is abandoned


@dataclass(frozen=True)
class Upload:
    """The status of an upload. `place` is its place in the queue, from 1; `dataset` is the resulting data set."""

    file_name: str
    state: Literal["waiting", "checking", "ready", "refused"] = "waiting"
    place: int = 0
    progress: float = 0.0
    dataset: str = ""
    error: TrendLabError | None = None
    was_taken: bool = False

    @property
    def is_under_way(self) -> bool:
        return self.state in ("waiting", "checking")


class OwnSets:
    """Checks uploads in a separate process, at lower priority than training, and knows who owns which set. `run_lock`
    keeps runs from being started on a set that is being deleted."""

    def __init__(self, store: Store, run_lock: AbstractContextManager[object]) -> None:
        self._store, self._run_lock = store, run_lock
        self._lock = threading.Lock()
        self._uploads: dict[str, Upload] = {}  # the last one of each owner, in order of arrival
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="own-sets")
        self._process: subprocess.Popen[str] | None = None

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        if process := self._process:
            process.kill()

    # Uploading

    def check(self, owner: str, file_name: str, content: BinaryIO) -> None:
        """Accept a file and begin to check it. Raises OwnSetRefused if that is clear at once, or StoreUnavailable."""
        path = Path(file_name)
        name = f"{plain_name(path.stem)}.{plain_name(path.suffix[1:]).lower()}"
        with self._lock:
            waiting = sum(each.is_under_way for each in self._uploads.values())
            mine = self._uploads.get(owner)
            if waiting > limits.MAX_WAITING or (mine and mine.is_under_way):
                raise OwnSetRefused("busy", limit=limits.MAX_WAITING)
            if len(owners.sets_of(owner)) >= limits.MAX_SETS_PER_OWNER:
                raise OwnSetRefused("many_sets", limit=limits.MAX_SETS_PER_OWNER)
            self._uploads.pop(owner, None)
            self._uploads[owner] = Upload(name)
            for old in [who for who, each in self._uploads.items() if not each.is_under_way][:-KEPT_UPLOADS]:
                del self._uploads[old]
        try:
            file = _kept_aside(content)  # outside the lock: only its owner waits for this copy
        except BaseException as problem:
            del self._uploads[owner]
            if isinstance(problem, OSError):
                raise StoreUnavailable(str(problem)) from problem
            raise
        self._pool.submit(self._run, owner, name, file)

    def upload(self, owner: str) -> Upload | None:
        """The status of this owner's last upload."""
        mine = self._uploads.get(owner)
        if mine is None or mine.state != "waiting":
            return mine
        before = [who for who, each in list(self._uploads.items()) if each.state == "waiting"]
        return replace(mine, place=before.index(owner) + 1 if owner in before else 1)

    def pop_result(self, owner: str) -> str | None:
        """The set made from this owner's last upload; returned once, so that it is selected only once."""
        with self._lock:
            mine = self._uploads.get(owner)
            if mine is None or mine.state != "ready" or mine.was_taken:
                return None
            self._uploads[owner] = replace(mine, was_taken=True)
            return mine.dataset

    def forget_upload(self, owner: str) -> None:
        """Drop the outcome once its owner has seen it."""
        with self._lock:
            if (mine := self._uploads.get(owner)) and not mine.is_under_way:
                del self._uploads[owner]

    # Keeping

    def for_owner(self, owner: str) -> tuple[str, ...]:
        """The names of this owner's sets, newest first."""
        return owners.sets_of(owner)

    def delete(self, owner: str, name: str, environment: str) -> None:
        """Remove a set from its owner's list; its images are deleted with the last owner. Raises OwnSetRefused while
        runs train on it. Runs on it keep their curves."""
        with self._run_lock:
            going = sum(each.trajectory.config.dataset == name for each in self._store.candidates(environment))
            if going:
                raise OwnSetRefused("in_use", n=going)
            owners.remove_owner(name, owner)

    def make_room(self) -> bool:
        """Delete the oldest sets that no run needs until the rest fit the limit; False if even that is not enough."""
        with self._run_lock:
            return self._make_room()

    def _make_room(self) -> bool:
        owners.sweep(LEFT_BEHIND_S)
        folders = sorted(owners.all_folders(), key=lambda folder: folder.stat().st_mtime)
        sizes = {folder: sum(file.stat().st_size for file in folder.glob("*.*")) for folder in folders}
        if sum(sizes.values()) <= limits.MAX_TOTAL_BYTES:
            return True
        needed = self._store.datasets_of_runs()
        for folder in folders[:-1]:  # the newest is the one that needs the room
            if folder.name not in needed:
                owners.delete_set(folder.name)
                del sizes[folder]
            if sum(sizes.values()) <= limits.MAX_TOTAL_BYTES:
                return True
        return False

    # Inside

    def _run(self, owner: str, file_name: str, file: Path) -> None:
        try:
            known = {folder.name for folder in owners.all_folders()}
            dataset = self._checked(owner, file_name, file)
            if not self.make_room():
                if dataset not in known:
                    owners.delete_set(dataset)
                raise OwnSetRefused("no_room", limit_mb=limits.MAX_TOTAL_BYTES / 2**20)
        except TrendLabError as problem:
            self._note(owner, state="refused", error=problem)
        except Exception as problem:  # otherwise the owner would wait for ever
            self._note(owner, state="refused", error=OwnSetRefused("damaged", reason=str(problem)))
        else:
            self._note(owner, state="ready", progress=1.0, dataset=dataset)
        finally:
            file.unlink(missing_ok=True)

    def _checked(self, owner: str, file_name: str, file: Path) -> str:
        """Check a file; returns the name of the set made from it."""
        self._note(owner, state="checking")
        command = [sys.executable, "-m", "core.datasets.own.check", str(file), file_name, owner]
        with subprocess.Popen(
            command, cwd=PROJECT, env=worker_environment(), stdout=subprocess.PIPE, text=True
        ) as self._process:
            let_die_first(self._process.pid, UPLOAD_SCORE)
            ending = threading.Timer(MAX_WALL_S, self._process.kill)
            ending.start()
            try:
                assert self._process.stdout is not None
                for line in self._process.stdout:
                    message = json.loads(line)
                    if "error" in message:
                        raise errors.from_wire(message["error"])
                    if "name" in message:
                        return str(message["name"])
                    self._note(owner, progress=message["progress"])
            finally:
                ending.cancel()
        raise OwnSetRefused("too_heavy", limit_s=limits.MAX_CHECK_S)

    def _note(self, owner: str, **values: object) -> None:
        with self._lock:
            self._uploads[owner] = replace(self._uploads[owner], **values)  # type: ignore[arg-type]


def _kept_aside(content: BinaryIO) -> Path:
    """Copy the upload to a file, to free the app's memory. Raises OwnSetRefused, and OSError on a full disk."""
    folder = owners.home()
    folder.mkdir(parents=True, exist_ok=True)
    handle, path = tempfile.mkstemp(prefix=".upload-", dir=folder)
    num_bytes = 0
    try:
        with os.fdopen(handle, "wb") as file:
            while chunk := content.read(CHUNK_BYTES):
                num_bytes += len(chunk)
                if num_bytes <= limits.MAX_UPLOAD_MB * 2**20:
                    file.write(chunk)
        if num_bytes > limits.MAX_UPLOAD_MB * 2**20:
            raise OwnSetRefused("too_large", limit_mb=limits.MAX_UPLOAD_MB, got_mb=num_bytes / 2**20)
    except BaseException:
        Path(path).unlink()
        raise
    return Path(path)
