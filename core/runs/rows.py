"""Conversion between rows of the store and values."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from core.config import RunConfig
from core.runs.records import Intent, Pace, Run, Trajectory
from core.runs.tables import runs, trajectories

_RUN_FIELDS = [column.name for column in runs.c if column.name != "trajectory_id"]
_TRAJECTORY_FIELDS = [column.name for column in trajectories.c if not column.name.startswith("lease_")]

# Every run joined with its trajectory; `read_run` reads the rows.
RUNS_WITH_TRAJECTORIES = select(*(column.label(f"run_{column.name}") for column in runs.c), trajectories).join(
    trajectories, runs.c.trajectory_id == trajectories.c.id
)


def read_run(row: Row[Any]) -> Run:
    values = row._mapping
    own = {name: values[f"run_{name}"] for name in _RUN_FIELDS}
    own |= {"intent": Intent(own["intent"]), "pace": Pace(own["pace"])}
    return Run(**own, trajectory=read_trajectory(values))


def run_values(run: Run) -> dict[str, Any]:
    values = {name: getattr(run, name) for name in _RUN_FIELDS}
    return values | {"trajectory_id": run.trajectory.id}


def read_trajectory(values: Any) -> Trajectory:
    own = {name: values[name] for name in _TRAJECTORY_FIELDS}
    own["config"] = RunConfig.from_mapping(own["config"])
    own["changes"] = tuple((step, field, value) for step, field, value in own["changes"])
    return Trajectory(**own)
