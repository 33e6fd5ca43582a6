"""The store's tables. A change here needs a migration in `migrations/versions`; a test compares the two."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

metadata = MetaData()

# The computation: one chain of slices. `slices` counts the committed ones and guards every write.
trajectories = Table(
    "trajectories",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("key", String(64), nullable=False),  # equal keys give equal numbers
    Column("config", JSON, nullable=False),
    Column("changes", JSON, nullable=False),  # [[step, field, value], ...]
    Column("environment", String(200), nullable=False),
    Column("data_sha256", String(64), nullable=True),  # of the images; NULL in older ones
    Column("steps_per_epoch", Integer, nullable=False),
    Column("parent_id", String(32), ForeignKey("trajectories.id"), nullable=True),
    Column("parent_step", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("slices", Integer, nullable=False),
    Column("evaluating", Boolean, nullable=False),
    Column("checkpoint", String(64), nullable=True),
    Column("checkpoint_step", Integer, nullable=False),  # behind `step` while a fork retraces its parent
    Column("finding", String(16), nullable=True),
    Column("finding_step", Integer, nullable=True),
    Column("error", JSON(none_as_null=True), nullable=True),
    Column("train_s", Float, nullable=False),
    Column("images_per_s", Float, nullable=True),
    Column("lease_owner", String(32), nullable=True),
    Column("lease_until", Float, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Index("trajectories_by_key", "key", "created_at"),
)

# A learner's handle on a trajectory: the owner, the intent, and how far this learner sees.
runs = Table(
    "runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("name", String(80), nullable=False),
    Column("public", Boolean, nullable=False),
    Column("trajectory_id", String(32), ForeignKey("trajectories.id"), nullable=False),
    Column("intent", String(8), nullable=False),  # going | paused | stopped
    Column("pace", String(8), nullable=False),  # full | epoch | step
    Column("allowed_step", Integer, nullable=False),  # trained and shown up to here
    Column("target_step", Integer, nullable=False),
    Column("recorded", Boolean, nullable=False),  # joined a finished trajectory: replayed, not trained
    Column("guess", String(20), nullable=False, server_default=""),  # which curve the learner expected
    Column("created_at", Float, nullable=False),
    Index("runs_by_owner", "owner", "created_at"),
    Index("runs_by_trajectory", "trajectory_id"),
)

# Remembered choices of a learner, such as the level of settings.
preferences = Table(
    "preferences",
    metadata,
    Column("owner", String(64), primary_key=True),
    Column("name", String(20), primary_key=True),
    Column("value", String(200), nullable=False),
)

losses = Table(
    "losses",
    metadata,
    Column("trajectory_id", String(32), ForeignKey("trajectories.id"), primary_key=True),
    Column("first_step", Integer, primary_key=True),
    Column("values", LargeBinary, nullable=False),  # float32, little-endian, one per step
)

evaluations = Table(
    "evaluations",
    metadata,
    Column("trajectory_id", String(32), ForeignKey("trajectories.id"), primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("step", Integer, nullable=False),
    Column("train_loss", Float, nullable=True),
    Column("train_accuracy", Float, nullable=False),
    Column("val_loss", Float, nullable=True),
    Column("val_accuracy", Float, nullable=False),
    Column("gradient_norm", Float, nullable=True),
    Column("logit_spread", Float, nullable=True),
    Column("silent_units", Float, nullable=True),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("trajectory_id", String(32), ForeignKey("trajectories.id"), primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("logits_file", String(64), nullable=False),
    Column("weights_file", String(64), nullable=True),
)
