"""What is deleted when space runs out, and how long unreferenced files are kept."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import AbstractContextManager

from core.runs.files import FileStore
from core.runs.own_sets import OwnSets
from core.runs.store import Store

GIVE_WAY_S = 0.001  # a lock retaken at once would starve waiting threads
KEEP_UNNAMED_S = 24 * 3600.0
UNNAMED_FILES_S = 3600.0  # a file that a slice wrote may wait this long for the row that names it


class Retention:
    """Keeps a store and its files within `max_storage_bytes`. `lock` keeps others from using what is being removed."""

    def __init__(
        self,
        store: Store,
        files: FileStore,
        own_sets: OwnSets,
        lock: AbstractContextManager[object],
        max_storage_bytes: int,
    ) -> None:
        self._store, self._files, self._own_sets = store, files, own_sets
        self._lock, self._max_storage_bytes = lock, max_storage_bytes

    def clean_up(self) -> None:
        """Delete first what no run uses, then the oldest unnamed runs."""
        self._make_room()
        self._own_sets.make_room()
        self._files.sweep(self._store.referenced_files(), older_than_s=UNNAMED_FILES_S)

    def _make_room(self) -> None:
        """Remove one thing at a time, so that training waits for no more than that."""
        sizes, files_of = self._files.sizes_bytes(), self._store.files_of_trajectories()
        uses = Counter(name for names in files_of.values() for name in names)
        excess = sum(sizes.get(name, 0) for name in uses) - self._max_storage_bytes
        long_ago = time.time() - KEEP_UNNAMED_S
        while excess > 0:
            with self._lock:
                removed = self._store.delete_oldest_unused()
                if removed is None and not self._store.delete_oldest_unnamed_run(long_ago):
                    return
            names = files_of.get(removed or "", set())
            uses.subtract(names)
            excess -= sum(sizes.get(name, 0) for name in names if not uses[name])
            time.sleep(GIVE_WAY_S)
