"""How often an open page polls for changes by others."""

from __future__ import annotations

import pytest

from core.ui.services import Pollers


def test_a_large_class_looks_more_rarely_until_its_pages_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    now, pollers = [1_000.0], Pollers()
    monkeypatch.setattr("core.ui.services.time.monotonic", lambda: now[0])
    waits = [pollers.interval_s(f"learner {number}") for number in range(40)]
    assert (waits[0], waits[19], waits[39]) == (2.0, 2.0, 4.0)
    assert pollers.interval_s("learner 0") == 4.0
    now[0] += Pollers.GONE_S
    assert pollers.interval_s("learner 0") == 2.0
