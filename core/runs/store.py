"""The single source of truth. Every method is one transaction, and may be called from any thread."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Executable, create_engine, event
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.errors import InvalidConfig, StoreUnavailable
from core.runs import measurements, queries, rows, schema
from core.runs.files import SavedFiles
from core.runs.records import RUN_ID, Curve, Intent, Run, SavedNetwork, Trajectory
from core.training import SliceResult

LOCK_TIMEOUT_S = 2
MAX_PUBLIC = 200  # runs in the list of the class


@dataclass(frozen=True)
class Candidate:
    """A trajectory that should be trained further: for which owners, and up to which step."""

    trajectory: Trajectory
    owners: frozenset[str]
    allowed_step: int


class Store:
    """Runs, trajectories and their measurements. Raises StoreUnavailable if the database does not answer."""

    def __init__(self, url: str) -> None:
        with _available():
            how = {"timeout": LOCK_TIMEOUT_S} if url.startswith("sqlite") else {}
            self._engine = create_engine(url, connect_args=how)
            if url.startswith("sqlite"):
                event.listen(self._engine, "connect", _tune_sqlite)
            schema.bring_up_to_date(self._engine)
            if url.startswith("sqlite"):
                _log_ahead(self._engine)

    def close(self) -> None:
        self._engine.dispose()

    # Trajectories

    def add_trajectory(self, trajectory: Trajectory) -> None:
        values = asdict(trajectory) | {"config": trajectory.config.model_dump()}
        self._change(queries.ADD_TRAJECTORY, **values, lease_owner=None, lease_until=0.0)

    def find_trajectory(self, key: str) -> Trajectory | None:
        """The newest trajectory with that key that has not failed."""
        found = self._all(queries.NEWEST_SOUND, key=key)
        return rows.read_trajectory(found[0]._mapping) if found else None

    def candidates(self, environment: str) -> list[Candidate]:
        """All trajectories that some going run needs to advance, in this environment."""
        found: dict[str, Candidate] = {}
        for run in self._runs(queries.RUNS_TO_TRAIN, environment=environment):
            before = found.get(run.trajectory.id, Candidate(run.trajectory, frozenset(), 0))
            found[run.trajectory.id] = Candidate(
                run.trajectory, before.owners | {run.owner}, max(before.allowed_step, run.allowed_step)
            )
        return list(found.values())

    def lease(self, trajectory: Trajectory, owner: str, for_s: float) -> bool:
        """Claim the trajectory's next slice; False if it has advanced or another process holds it."""
        now = time.time()
        free = {"trajectory_id": trajectory.id, "slices_before": trajectory.slices, "claimant": owner, "now": now}
        return self._change(queries.CLAIM, **free, lease_owner=owner, lease_until=now + for_s) == 1

    def release_leases(self) -> None:
        """For a store with a single process, at its start: any former holder of a lease is gone."""
        self._change(queries.RELEASE_ALL)

    def commit_slice(self, before: Trajectory, lease_owner: str, result: SliceResult, files: SavedFiles) -> bool:
        """Append a slice to the trajectory it was computed from; False, and no change, if that has advanced."""
        present = {"trajectory_id": before.id, "slices_before": before.slices, "claimant": lease_owner}
        advanced: dict[str, Any] = {
            "slices": before.slices + 1,
            "checkpoint": files.checkpoint,
            "checkpoint_step": result.step,
            "train_s": before.train_s + result.train_s,
            "images_per_s": measurements.images_per_s(before, result),
            "updated_at": time.time(),
        }
        if not before.is_done_up_to(result.step):  # a slice that only retraces known steps adds nothing else
            advanced |= {
                "step": result.step,
                "evaluating": result.evaluating,
                "finding": result.finding or (before.finding if not result.evaluations else None),
                "finding_step": _finding_step(before, result),
            }
        with self._transaction() as db:
            if db.execute(queries.ADVANCE, present | advanced).rowcount != 1:
                return False
            measurements.append(db, before, result, files)
            return True

    def fail_trajectory(self, trajectory_id: str, error: dict[str, Any]) -> None:
        self._change(queries.UPDATE_TRAJECTORY, trajectory_id=trajectory_id, error=error)

    def forget_checkpoint(self, trajectory: Trajectory) -> None:
        """Make a trajectory whose checkpoint is lost retrace its steps; its measurements stay."""
        self._change(queries.FORGET_CHECKPOINT, trajectory_id=trajectory.id, lost=trajectory.checkpoint)

    def curve(self, trajectory_id: str, since: int = 0) -> Curve:
        """The losses after step `since` and the measurements from that step on, including the ancestors'."""
        with self._transaction() as db:
            return measurements.read_curve(db, trajectory_id, since)

    def saved_networks(self, trajectory_id: str, until: int) -> list[SavedNetwork]:
        """The saved networks of epochs that end at step `until` or before, in order, including the ancestors'."""
        with self._transaction() as db:
            return measurements.read_networks(db, trajectory_id, until)

    def has_trajectory(self, trajectory_id: str) -> bool:
        return bool(self._all(queries.TRAJECTORY_EXISTS, trajectory_id=trajectory_id))

    def accuracies(self, trajectory_ids: Collection[str]) -> dict[str, list[tuple[int, float]]]:
        """(step, validation accuracy) of the trajectories' epochs, in order, including the ancestors'."""
        with self._transaction() as db:
            return measurements.read_accuracies(db, trajectory_ids)

    # Runs

    def add_run(self, run: Run) -> None:
        self._change(queries.ADD_RUN, **rows.run_values(run))

    def run(self, run_id: str) -> Run | None:
        found = self.runs([run_id])
        return found[0] if found else None

    def runs(self, run_ids: Collection[str]) -> list[Run]:
        """Those of the runs that exist. Malformed ids are filtered out: PostgreSQL rejects text with a NUL."""
        return self._runs(queries.RUNS_BY_ID, run_ids=[each for each in run_ids if RUN_ID.fullmatch(each)])

    def runs_by_owner(self, owner: str) -> list[Run]:
        """Newest first."""
        return self._runs(queries.RUNS_BY_OWNER, owner=owner)

    def public_runs(self, limit: int = MAX_PUBLIC) -> list[Run]:
        """Newest first."""
        return self._runs(queries.PUBLIC_RUNS, most=limit)

    def count_owners_on(self, trajectory_ids: Collection[str]) -> dict[str, int]:
        """How many owners have a run on each trajectory."""
        return {row[0]: row[1] for row in self._all(queries.NUM_OWNERS_ON, trajectory_ids=list(trajectory_ids))}

    def paced_runs(self) -> list[Run]:
        """Going runs at a pace of one epoch per second."""
        return self._runs(queries.PACED_RUNS)

    def update_run(self, run_id: str, **values: Any) -> None:
        self._change(queries.UPDATE_RUN, run_id=run_id, **values)

    def freeze_run(self, run_id: str, intent: Intent, **values: Any) -> None:
        """Keep a run from going beyond its current step."""
        self._change(queries.FREEZE_RUN, run_id=run_id, wanted=intent, **values)

    def grant_steps(self, run: Run, allowed_step: int) -> None:
        """Allow a run at one epoch per second to go up to a step, unless its learner has changed it meanwhile."""
        self._change(queries.GRANT_STEPS, run_id=run.id, allowed_before=run.allowed_step, allowed_step=allowed_step)

    def delete_run(self, run_id: str) -> None:
        """Remove the run; its trajectory stays for others until space is needed."""
        self._change(queries.DELETE_RUN, run_id=run_id)

    # Learners

    def preference(self, owner: str, name: str) -> str | None:
        found = self._all(queries.PREFERENCE, of_owner=owner, of_name=name)
        return found[0][0] if found else None

    def set_preference(self, owner: str, name: str, value: str) -> None:
        if not self._change(queries.UPDATE_PREFERENCE, of_owner=owner, of_name=name, value=value):
            with suppress(IntegrityError):  # another process was faster
                self._change(queries.ADD_PREFERENCE, owner=owner, name=name, value=value)

    def datasets_of_runs(self) -> set[str]:
        """The names of the data sets that some run was trained on."""
        return {name for (name,) in self._all(queries.DATASETS_OF_RUNS)}

    # Files that rows refer to

    def referenced_files(self) -> set[str]:
        return set().union(*self.files_of_trajectories().values())

    def files_of_trajectories(self) -> dict[str, set[str]]:
        """The names of the files that each trajectory's rows refer to, by trajectory id."""
        found: dict[str, set[str]] = defaultdict(set)
        for trajectory_id, name in self._all(queries.FILES_OF_TRAJECTORIES):
            found[trajectory_id].add(name)
        return found

    def is_referenced(self, checkpoint: str) -> bool:
        return bool(self._all(queries.NUM_REFERENCES, name=checkpoint)[0][0])

    def delete_oldest_unused(self) -> str | None:
        """Remove the oldest trajectory that no run and no fork needs, and return its id; None if there is none."""
        with self._transaction() as db:
            oldest: str | None = db.execute(queries.OLDEST_UNUSED).scalar_one_or_none()
            for statement in queries.DELETE_TRAJECTORY if oldest else ():
                db.execute(statement, {"trajectory_id": oldest})
            return oldest

    def delete_oldest_unnamed_run(self, before: float) -> bool:
        """Remove the oldest unnamed run if it is older than `before`; False if there is none."""
        return self._change(queries.DELETE_OLDEST_UNNAMED_RUN, before=before) == 1

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with _available(), self._engine.begin() as connection:
            yield connection

    def _all(self, query: Executable, **asked: Any) -> Sequence[Any]:
        """Read all rows: a half-read result would pin its connection to an old snapshot."""
        with self._transaction() as db:
            return db.execute(query, asked).all()

    def _runs(self, query: Executable, **asked: Any) -> list[Run]:
        """Runs whose settings are still valid: a model that somebody tried may have been removed."""
        found: list[Run] = []
        for row in self._all(query, **asked):
            with suppress(InvalidConfig):
                found.append(rows.read_run(row))
        return found

    def _change(self, statement: Executable, **values: Any) -> int:
        """Run a statement; returns the number of changed rows."""
        with self._transaction() as db:
            return db.execute(statement, values).rowcount


def _finding_step(before: Trajectory, result: SliceResult) -> int | None:
    """The step where the current finding was first made; without a new measurement the old one stays."""
    if not result.evaluations and not result.finding:
        return before.finding_step
    since_before = bool(result.evaluations) and result.finding_step == result.evaluations[0].step
    return before.finding_step if since_before and result.finding == before.finding else result.finding_step


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except (ArgumentError, ModuleNotFoundError, PoolTimeout) as problem:
        # an invalid URL, a missing driver, or no free connection
        raise StoreUnavailable(str(problem)) from problem
    except (DatabaseError, InterfaceError) as problem:
        if type(problem) not in (OperationalError, InterfaceError, DatabaseError):  # the last means a damaged file
            raise
        raise StoreUnavailable(str(problem.orig)) from problem


def _tune_sqlite(connection: Any, _record: object) -> None:
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON"):  # with WAL, a commit survives a killed process
        connection.execute(f"PRAGMA {pragma}")


def _log_ahead(engine: Engine) -> None:
    """Switch to WAL, so that readers and the one writer work concurrently. The file keeps this mode; setting it again
    may find the file locked."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
