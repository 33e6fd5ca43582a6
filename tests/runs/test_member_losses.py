"""The losses of single images, which a worker measures for the privacy page."""

from __future__ import annotations

import pytest

from core.errors import (
    NoWorkers,
)
from tests.parts import OTHER, OWNER, QUICK, Parts, curve_of, finish


def test_the_losses_of_the_images_are_those_of_the_runs_own_step(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    service, cluster = parts
    run = service.start(OWNER, QUICK)
    finish(service, run.id)
    losses = service.member_losses(run.id)
    assert losses is not None
    assert [len(each) for each in losses] == [1437, 360]
    val_loss = curve_of(service, run).evaluations[-1].val_loss
    assert float(losses[1].mean()) == pytest.approx(val_loss, rel=1e-4)
    monkeypatch.setattr(cluster, "num_workers", lambda: 0)
    assert service.member_losses(run.id) is losses  # measured once
    other = service.start(OTHER, QUICK)
    service.extend(OTHER, other.id, 1)
    monkeypatch.undo()
    finish(service, other.id)
    assert service.member_losses(run.id) is None  # those weights are gone
    assert service.member_losses(other.id) is not None


def test_member_losses_without_a_free_worker_raise_no_workers(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    service, cluster = parts
    run = service.start(OWNER, QUICK)
    finish(service, run.id)

    def late(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(cluster, "ask", late)
    with pytest.raises(NoWorkers):
        service.member_losses(run.id)
