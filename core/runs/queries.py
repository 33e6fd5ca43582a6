"""The store's SQL, each statement built once, as building one takes longer than running it.

`bindparam` names the parameters of a call; values of an UPDATE are passed by column name.
"""

from __future__ import annotations

from sqlalchemy import and_, bindparam, case, delete, func, insert, or_, select, union_all, update

from core.runs.records import Intent, Pace
from core.runs.rows import RUNS_WITH_TRAJECTORIES
from core.runs.tables import evaluations, losses, preferences, runs, snapshots, trajectories

# Runs

_GOING = RUNS_WITH_TRAJECTORIES.where(runs.c.intent == Intent.GOING)
_NEWEST_FIRST = RUNS_WITH_TRAJECTORIES.order_by(runs.c.created_at.desc())
_WANTED_FURTHER = or_(
    trajectories.c.step < runs.c.allowed_step,
    and_(trajectories.c.evaluating, trajectories.c.step <= runs.c.allowed_step),
)

RUNS_BY_ID = RUNS_WITH_TRAJECTORIES.where(runs.c.id.in_(bindparam("run_ids", expanding=True)))
RUNS_BY_OWNER = _NEWEST_FIRST.where(runs.c.owner == bindparam("owner"))
PUBLIC_RUNS = _NEWEST_FIRST.where(runs.c.public).limit(bindparam("most"))
PACED_RUNS = _GOING.where(runs.c.pace == Pace.EPOCH, runs.c.allowed_step < runs.c.target_step)
RUNS_TO_TRAIN = _GOING.where(
    _WANTED_FURTHER,
    trajectories.c.error.is_(None),
    or_(trajectories.c.finding.is_(None), trajectories.c.finding != "diverged"),
    trajectories.c.environment == bindparam("environment"),
)

NUM_OWNERS_ON = (
    select(runs.c.trajectory_id, func.count(runs.c.owner.distinct()))
    .where(runs.c.trajectory_id.in_(bindparam("trajectory_ids", expanding=True)))
    .group_by(runs.c.trajectory_id)
)
ADD_RUN = insert(runs)
UPDATE_RUN = update(runs).where(runs.c.id == bindparam("run_id"))
DELETE_RUN = delete(runs).where(runs.c.id == bindparam("run_id"))
_PRESENT_STEP = select(trajectories.c.step).where(trajectories.c.id == runs.c.trajectory_id).scalar_subquery()
FREEZE_RUN = UPDATE_RUN.values(
    allowed_step=case((runs.c.allowed_step > _PRESENT_STEP, _PRESENT_STEP), else_=runs.c.allowed_step),
    intent=bindparam("wanted"),
)
GRANT_STEPS = UPDATE_RUN.where(
    runs.c.intent == Intent.GOING, runs.c.pace == Pace.EPOCH, runs.c.allowed_step == bindparam("allowed_before")
)

# Trajectories

ADD_TRAJECTORY = insert(trajectories)
TRAJECTORY_EXISTS = select(trajectories.c.id).where(trajectories.c.id == bindparam("trajectory_id"))
NEWEST_SOUND = (
    select(trajectories)
    .where(trajectories.c.key == bindparam("key"), trajectories.c.error.is_(None))
    .order_by(trajectories.c.created_at.desc())
    .limit(1)
)
UPDATE_TRAJECTORY = update(trajectories).where(trajectories.c.id == bindparam("trajectory_id"))
_UNMOVED = UPDATE_TRAJECTORY.where(trajectories.c.slices == bindparam("slices_before"))
CLAIM = _UNMOVED.where(
    or_(
        trajectories.c.lease_owner.is_(None),
        trajectories.c.lease_owner == bindparam("claimant"),
        trajectories.c.lease_until < bindparam("now"),
    )
)
ADVANCE = _UNMOVED.where(trajectories.c.lease_owner == bindparam("claimant"))
RELEASE_ALL = update(trajectories).values(lease_owner=None, lease_until=0.0)
FORGET_CHECKPOINT = UPDATE_TRAJECTORY.where(trajectories.c.checkpoint == bindparam("lost")).values(
    checkpoint=None, checkpoint_step=0
)

# Learners

_OF_LEARNER = and_(preferences.c.owner == bindparam("of_owner"), preferences.c.name == bindparam("of_name"))
PREFERENCE = select(preferences.c.value).where(_OF_LEARNER)
UPDATE_PREFERENCE = update(preferences).where(_OF_LEARNER)
ADD_PREFERENCE = insert(preferences)

# Storage

DATASETS_OF_RUNS = (
    select(trajectories.c.config["dataset"].as_string())
    .join(runs, runs.c.trajectory_id == trajectories.c.id)
    .distinct()
)
FILES_OF_TRAJECTORIES = union_all(
    select(trajectories.c.id, trajectories.c.checkpoint).where(trajectories.c.checkpoint.is_not(None)),
    select(snapshots.c.trajectory_id, snapshots.c.logits_file),
    select(snapshots.c.trajectory_id, snapshots.c.weights_file).where(snapshots.c.weights_file.is_not(None)),
)
NUM_REFERENCES = select(func.count()).where(trajectories.c.checkpoint == bindparam("name"))
OLDEST_UNUSED = (
    select(trajectories.c.id)
    .where(
        trajectories.c.id.not_in(select(runs.c.trajectory_id)),
        trajectories.c.id.not_in(select(trajectories.c.parent_id).where(trajectories.c.parent_id.is_not(None))),
    )
    .order_by(trajectories.c.updated_at)
    .limit(1)
)
DELETE_TRAJECTORY = [
    *(
        delete(table).where(table.c.trajectory_id == bindparam("trajectory_id"))
        for table in (losses, evaluations, snapshots)
    ),
    delete(trajectories).where(trajectories.c.id == bindparam("trajectory_id")),
]
DELETE_OLDEST_UNNAMED_RUN = delete(runs).where(
    runs.c.id
    == select(runs.c.id)
    .where(runs.c.name == "", runs.c.created_at < bindparam("before"))
    .order_by(runs.c.created_at)
    .limit(1)
    .correlate(None)
    .scalar_subquery()
)
