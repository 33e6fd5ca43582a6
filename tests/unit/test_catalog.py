"""Reading source files: from several threads, as in a server, and unreadable ones."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core import catalog


@pytest.fixture
def collections_let_others_run() -> Iterator[None]:
    """A garbage collection may switch to another thread at any time; here each one does."""

    def hand_over(*_: object) -> None:
        time.sleep(0.0005)

    gc.callbacks.append(hand_over)
    yield
    gc.callbacks.remove(hand_over)


@pytest.mark.usefixtures("collections_let_others_run")
def test_threads_may_read_sources_at_once() -> None:
    source = Path(catalog.__file__).read_text(encoding="utf-8") * 10
    with ThreadPoolExecutor(6) as pool:
        trees = list(pool.map(catalog.parsed, [source] * 24))
    assert len({len(tree.body) for tree in trees}) == 1


@pytest.mark.parametrize("source", ['SPEC = {"parameters": 3 * 1038}\n', "def broken(:\n"])
def test_a_file_that_cannot_be_read_is_named(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "tiny.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(catalog, "__file__", str(tmp_path / "catalog.py"))
    with pytest.raises((ValueError, SyntaxError)) as caught:
        catalog.specs.__wrapped__("models")
    assert "tiny.py" in caught.value.__notes__[0]
