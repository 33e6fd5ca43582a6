"""The benchmark table does not look better than the measurements."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench.delays import delays_s
from tests.bench.server import Mark


def test_a_measurement_that_breaks_is_shown_and_fails_the_bench(
    home_with_digits: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "bench_home", lambda: nullcontext(home_with_digits))
    monkeypatch.setitem(bench.GROUPS, "event_bytes", "no_such_module")
    assert bench.main(["--only", "event_bytes"]) == 1
    told = capsys.readouterr()
    assert "BROKEN" in told.out
    assert "no_such_module" in told.out
    assert "Traceback" in told.err


def test_a_point_that_never_came_counts_as_long_as_it_was_waited_for() -> None:
    marks = [Mark(10.0, seed=1, step=4), Mark(11.0, seed=1, step=8), Mark(12.0, seed=1, step=12)]
    points = [(10.1, 4), (11.3, 8)]
    assert delays_s(marks, points, until=14.0) == pytest.approx([0.1, 0.3, 2.0])
    assert delays_s(marks, [], until=14.0) == pytest.approx([4.0, 3.0, 2.0])
    assert delays_s(marks, [(10.1, 0), (11.3, 4)], until=14.0, k=2) == pytest.approx([0.1, 0.3, 2.0])
