"""Whether an event stays as small at step 100,000 as at step 100."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.live.hub import Feed
from core.runs.views import view_of
from tests.artificial import new_run, new_trajectory
from tests.bench.table import Outcome, worst

LENGTHS = (100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
SLICE_STEPS = 100


def event_bytes(_home: Path, _quick: bool) -> dict[str, Outcome]:
    """The largest event of a slice at the end of runs of growing length, and of a complete resend from step 0."""
    live = {steps: _largest(steps, steps - SLICE_STEPS) for steps in LENGTHS}
    again = [_largest(steps, 0) for steps in LENGTHS]
    note = f"live {live[LENGTHS[0]]} at step 100, {live[LENGTHS[-1]]} at step 100,000"
    return {"event_bytes": worst([*live.values(), *again], note)}


def _largest(steps: int, seen: int) -> int:
    losses = np.random.default_rng(0).uniform(0.01, 2.5, steps).astype(np.float32)
    trajectory = new_trajectory(step=steps, steps_per_epoch=steps // 10)
    run = new_run(trajectory, allowed_step=steps, target_step=steps)
    view = view_of(run, trajectory.environment, place=None, waiting=False, shared=1, slowdown=1.0)
    texts = [f"id: {step}\n{text}" for step, text in Feed(view, losses, {}).metrics_after(seen)]
    return max(len(text.encode()) for text in texts)
