"""The one place of truth, and the only module that speaks SQL.

Every method is one transaction. Methods may be called from any thread.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    and_,
    case,
    create_engine,
    delete,
    event,
    func,
    insert,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.exc import OperationalError

from core.errors import StoreUnavailable
from core.runs import measurements, rows, schema
from core.runs.files import SavedFiles
from core.runs.records import Curve, Intent, Pace, Run, SavedNetwork, Trajectory
from core.runs.tables import evaluations, losses, preferences, runs, snapshots, trajectories
from core.training import SliceResult

LOCK_TIMEOUT_S = 2


@dataclass(frozen=True)
class Candidate:
    """A trajectory that somebody wants further: who, and up to which step."""

    trajectory: Trajectory
    owners: frozenset[str]
    allowed_step: int


class Store:
    """Runs, trajectories and their measurements. Raises StoreUnavailable where the database does not answer."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, connect_args={"timeout": LOCK_TIMEOUT_S} if url.startswith("sqlite") else {})
        if url.startswith("sqlite"):
            event.listen(self._engine, "connect", _tune_sqlite)
        with _available():
            schema.bring_up_to_date(self._engine)
            if url.startswith("sqlite"):
                _log_ahead(self._engine)

    def close(self) -> None:
        self._engine.dispose()

    # Trajectories

    def add_trajectory(self, trajectory: Trajectory) -> None:
        values = asdict(trajectory) | {"config": trajectory.config.model_dump()}
        with self._transaction() as db:
            db.execute(insert(trajectories).values(**values, lease_owner=None, lease_until=0.0))

    def find_trajectory(self, key: str) -> Trajectory | None:
        """The newest sound trajectory with that key."""
        query = (
            select(trajectories)
            .where(trajectories.c.key == key, trajectories.c.error.is_(None))
            .order_by(trajectories.c.created_at.desc())
            .limit(1)
        )
        with self._transaction() as db:
            row = db.execute(query).one_or_none()
        return rows.read_trajectory(row._mapping) if row else None

    def candidates(self, environment: str) -> list[Candidate]:
        """All trajectories that some going run wants further, on a machine of this environment."""
        wanted = or_(
            trajectories.c.step < runs.c.allowed_step,
            and_(trajectories.c.evaluating, trajectories.c.step <= runs.c.allowed_step),
        )
        query = rows.runs_with_trajectories().where(
            runs.c.intent == Intent.GOING,
            trajectories.c.error.is_(None),
            or_(trajectories.c.finding.is_(None), trajectories.c.finding != "diverged"),
            trajectories.c.environment == environment,
            wanted,
        )
        found: dict[str, Candidate] = {}
        for run in self._runs(query):
            before = found.get(run.trajectory.id, Candidate(run.trajectory, frozenset(), 0))
            found[run.trajectory.id] = Candidate(
                run.trajectory, before.owners | {run.owner}, max(before.allowed_step, run.allowed_step)
            )
        return list(found.values())

    def lease(self, trajectory: Trajectory, owner: str, for_s: float) -> bool:
        """Claim the trajectory's next slice; False if it moved on or another process holds it."""
        now = time.time()
        free = or_(
            trajectories.c.lease_owner.is_(None), trajectories.c.lease_owner == owner, trajectories.c.lease_until < now
        )
        claim = (
            update(trajectories)
            .where(trajectories.c.id == trajectory.id, trajectories.c.slices == trajectory.slices, free)
            .values(lease_owner=owner, lease_until=now + for_s)
        )
        with self._transaction() as db:
            return db.execute(claim).rowcount == 1

    def release_leases(self) -> None:
        """For the one process of a store: whoever held a lease is gone."""
        with self._transaction() as db:
            db.execute(update(trajectories).values(lease_owner=None, lease_until=0.0))

    def commit_slice(self, before: Trajectory, lease_owner: str, result: SliceResult, files: SavedFiles) -> bool:
        """Append a slice to the trajectory it was computed from, whole; False, and no change, if that moved on."""
        advance = (
            update(trajectories)
            .where(
                trajectories.c.id == before.id,
                trajectories.c.slices == before.slices,
                trajectories.c.lease_owner == lease_owner,
            )
            .values(
                step=max(before.step, result.step),
                slices=before.slices + 1,
                evaluating=result.evaluating,
                checkpoint=files.checkpoint,
                checkpoint_step=result.step,
                finding=result.finding or (before.finding if not result.evaluations else None),
                finding_step=_finding_step(before, result),
                train_s=before.train_s + result.train_s,
                images_per_s=measurements.images_per_s(before, result),
                updated_at=time.time(),
            )
        )
        with self._transaction() as db:
            if db.execute(advance).rowcount != 1:
                return False
            measurements.append(db, before, result, files)
            return True

    def fail_trajectory(self, trajectory_id: str, error: dict[str, Any]) -> None:
        with self._transaction() as db:
            db.execute(update(trajectories).where(trajectories.c.id == trajectory_id).values(error=error))

    def forget_checkpoint(self, trajectory: Trajectory) -> None:
        """Let a trajectory whose checkpoint is lost retrace its steps; what was measured stays."""
        with self._transaction() as db:
            db.execute(
                update(trajectories)
                .where(trajectories.c.id == trajectory.id, trajectories.c.checkpoint == trajectory.checkpoint)
                .values(checkpoint=None, checkpoint_step=0)
            )

    def curve(self, trajectory_id: str, since: int = 0) -> Curve:
        """The losses after step `since` and the measurements from it on, the ancestors' part included."""
        with self._transaction() as db:
            return measurements.read_curve(db, trajectory_id, since)

    def saved_networks(self, trajectory_id: str, until: int) -> list[SavedNetwork]:
        """What was kept of the epochs that end at step `until` or before, in their order, the ancestors' part too."""
        with self._transaction() as db:
            return measurements.read_networks(db, trajectory_id, until)

    def has_trajectory(self, trajectory_id: str) -> bool:
        with self._transaction() as db:
            return db.execute(measurements.ancestry(trajectory_id)).one_or_none() is not None

    def accuracies(self, trajectory_ids: Collection[str]) -> dict[str, list[tuple[int, float]]]:
        """(step, validation accuracy) of the trajectories' own epochs, in order."""
        with self._transaction() as db:
            return measurements.read_accuracies(db, trajectory_ids)

    # Runs

    def add_run(self, run: Run) -> None:
        with self._transaction() as db:
            db.execute(insert(runs).values(**rows.run_values(run)))

    def run(self, run_id: str) -> Run | None:
        found = self._runs(rows.runs_with_trajectories().where(runs.c.id == run_id))
        return found[0] if found else None

    def runs(self, run_ids: Collection[str]) -> list[Run]:
        """Those of the runs that exist."""
        return self._runs(rows.runs_with_trajectories().where(runs.c.id.in_(run_ids)))

    def runs_by_owner(self, owner: str) -> list[Run]:
        """Newest first."""
        return self._runs(rows.runs_with_trajectories().where(runs.c.owner == owner).order_by(runs.c.created_at.desc()))

    def public_runs(self, limit: int = 200) -> list[Run]:
        """Newest first."""
        return self._runs(
            rows.runs_with_trajectories().where(runs.c.public).order_by(runs.c.created_at.desc()).limit(limit)
        )

    def count_runs_on(self, trajectory_ids: Collection[str]) -> dict[str, int]:
        """How many handles each trajectory has."""
        query = (
            select(runs.c.trajectory_id, func.count())
            .where(runs.c.trajectory_id.in_(trajectory_ids))
            .group_by(runs.c.trajectory_id)
        )
        with self._transaction() as db:
            return {row[0]: row[1] for row in db.execute(query).all()}

    def paced_runs(self) -> list[Run]:
        """Going runs whose learners asked for an epoch a second."""
        return self._runs(
            rows.runs_with_trajectories().where(
                runs.c.intent == Intent.GOING, runs.c.pace == Pace.EPOCH, runs.c.allowed_step < runs.c.target_step
            )
        )

    def update_run(self, run_id: str, **values: Any) -> None:
        with self._transaction() as db:
            db.execute(update(runs).where(runs.c.id == run_id).values(**values))

    def freeze_run(self, run_id: str, intent: Intent) -> None:
        """Pause or stop a run where it stands this very moment."""
        present = select(trajectories.c.step).where(trajectories.c.id == runs.c.trajectory_id).scalar_subquery()
        reached = case((present < runs.c.allowed_step, present), else_=runs.c.allowed_step)
        self.update_run(run_id, intent=intent, allowed_step=reached)

    def delete_run(self, run_id: str) -> None:
        """Remove the handle; its trajectory stays for others until space is needed."""
        with self._transaction() as db:
            db.execute(delete(runs).where(runs.c.id == run_id))

    # Learners

    def preference(self, owner: str, name: str) -> str | None:
        query = select(preferences.c.value).where(preferences.c.owner == owner, preferences.c.name == name)
        with self._transaction() as db:
            return db.execute(query).scalar_one_or_none()

    def set_preference(self, owner: str, name: str, value: str) -> None:
        mine = and_(preferences.c.owner == owner, preferences.c.name == name)
        with self._transaction() as db:
            if not db.execute(update(preferences).where(mine).values(value=value)).rowcount:
                db.execute(insert(preferences).values(owner=owner, name=name, value=value))

    def datasets_of_runs(self) -> set[str]:
        """The names of the data sets that some run was trained on."""
        names = select(trajectories.c.config["dataset"].as_string())
        query = names.join(runs, runs.c.trajectory_id == trajectories.c.id).distinct()
        with self._transaction() as db:
            return {name for (name,) in db.execute(query).all()}

    # Files that rows speak of

    def referenced_files(self) -> set[str]:
        names = union(
            select(trajectories.c.checkpoint), select(snapshots.c.logits_file), select(snapshots.c.weights_file)
        )
        with self._transaction() as db:
            return {name for (name,) in db.execute(names).all() if name}

    def is_referenced(self, checkpoint: str) -> bool:
        query = select(func.count()).where(trajectories.c.checkpoint == checkpoint)
        with self._transaction() as db:
            return bool(db.execute(query).scalar_one())

    def delete_oldest_unused(self) -> bool:
        """Remove the oldest trajectory that no run and no fork needs; False if there is none."""
        children = select(trajectories.c.parent_id).where(trajectories.c.parent_id.is_not(None))
        query = (
            select(trajectories.c.id)
            .where(trajectories.c.id.not_in(select(runs.c.trajectory_id)), trajectories.c.id.not_in(children))
            .order_by(trajectories.c.updated_at)
            .limit(1)
        )
        with self._transaction() as db:
            oldest = db.execute(query).scalar_one_or_none()
            if oldest is None:
                return False
            for table in (losses, evaluations, snapshots):
                db.execute(delete(table).where(table.c.trajectory_id == oldest))
            db.execute(delete(trajectories).where(trajectories.c.id == oldest))
            return True

    def delete_oldest_unnamed_run(self, before: float) -> bool:
        """Remove the oldest handle without a name that is older than `before`; False if there is none."""
        query = (
            select(runs.c.id).where(runs.c.name == "", runs.c.created_at < before).order_by(runs.c.created_at).limit(1)
        )
        with self._transaction() as db:
            oldest = db.execute(query).scalar_one_or_none()
            if oldest is not None:
                db.execute(delete(runs).where(runs.c.id == oldest))
            return oldest is not None

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with _available(), self._engine.begin() as connection:
            yield connection

    def _runs(self, query: Select[Any]) -> list[Run]:
        with self._transaction() as db:
            found = db.execute(query).all()  # whole: a half-read result would keep showing its connection the past
        return [rows.read_run(row) for row in found]


def _finding_step(before: Trajectory, result: SliceResult) -> int | None:
    """Where the present finding was first made; without a new measurement the old one stands."""
    if not result.evaluations and not result.finding:
        return before.finding_step
    since_before = bool(result.evaluations) and result.finding_step == result.evaluations[0].step
    return before.finding_step if since_before and result.finding == before.finding else result.finding_step


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except OperationalError as problem:
        raise StoreUnavailable(str(problem.orig)) from problem


def _tune_sqlite(connection: Any, _record: object) -> None:
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON"):  # with the log, a commit survives a killed process
        connection.execute(f"PRAGMA {pragma}")


def _log_ahead(engine: Engine) -> None:
    """Readers and the one writer work at once. The file keeps this; a connection that asks again may find it locked."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
