"""Which trajectory a run points at: when it is shared, and what a branch inherits from its parent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.config import RunConfig
from core.datasets.prepared import prepared_folder
from core.runs.branches import Branches
from core.runs.environment import environment
from core.runs.store import Store
from tests.artificial import new_run, new_trajectory
from tests.parts import ThreadCluster


@pytest.fixture
def branches(home_with_digits: Path) -> Iterator[Branches]:
    store = Store(f"sqlite:///{home_with_digits / 'trendlab.db'}")
    yield Branches(store, ThreadCluster())
    store.close()


def test_what_was_trained_on_other_images_is_no_twin(branches: Branches) -> None:
    made = branches.new(RunConfig())
    assert branches.find_equal(RunConfig()) == made
    meta = prepared_folder("digits") / "meta.json"
    meta.write_text(json.dumps(json.loads(meta.read_text()) | {"sha256": "0" * 64}))
    assert branches.find_equal(RunConfig()) is None


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("ENGINE_REVISION", 0),
        ("version", lambda _: "0.0"),
        ("platform.machine", lambda: "pdp11"),
        ("_vector_flags", lambda: "abacus"),
    ],
)
def test_all_that_changes_the_numbers_is_another_environment(
    part: str, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = environment()
    monkeypatch.setattr(f"core.runs.environment.{part}", other)
    assert environment.__wrapped__() != here


def test_a_branch_takes_over_what_its_parent_measured_and_measures_before_its_step(branches: Branches) -> None:
    parent = new_trajectory(step=20, evaluating=True, finding="collapsed", finding_step=20)
    branches._store.add_trajectory(parent)
    for step in (15, 20):
        run = new_run(parent, allowed_step=step)
        branch = branches.fork(run, (step, "learning_rate", 0.1))
        assert (branch.evaluating, branch.finding) == ((True, "collapsed") if step == 20 else (False, None))
