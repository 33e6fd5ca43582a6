"""A file store of a test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.runs.files import FileStore


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")
