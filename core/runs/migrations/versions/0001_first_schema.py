"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "trajectories",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("environment", sa.String(length=200), nullable=False),
        sa.Column("steps_per_epoch", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.String(length=32), nullable=True),
        sa.Column("parent_step", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("slices", sa.Integer(), nullable=False),
        sa.Column("evaluating", sa.Boolean(), nullable=False),
        sa.Column("checkpoint", sa.String(length=64), nullable=True),
        sa.Column("checkpoint_step", sa.Integer(), nullable=False),
        sa.Column("finding", sa.String(length=16), nullable=True),
        sa.Column("finding_step", sa.Integer(), nullable=True),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("train_s", sa.Float(), nullable=False),
        sa.Column("images_per_s", sa.Float(), nullable=True),
        sa.Column("lease_owner", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.Float(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("updated_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["trajectories.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("trajectories_by_key", "trajectories", ["key", "created_at"], unique=False)
    op.create_table(
        "evaluations",
        sa.Column("trajectory_id", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("train_loss", sa.Float(), nullable=True),
        sa.Column("train_accuracy", sa.Float(), nullable=False),
        sa.Column("val_loss", sa.Float(), nullable=True),
        sa.Column("val_accuracy", sa.Float(), nullable=False),
        sa.Column("gradient_norm", sa.Float(), nullable=True),
        sa.Column("logit_spread", sa.Float(), nullable=True),
        sa.Column("silent_units", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["trajectory_id"],
            ["trajectories.id"],
        ),
        sa.PrimaryKeyConstraint("trajectory_id", "epoch"),
    )
    op.create_table(
        "losses",
        sa.Column("trajectory_id", sa.String(length=32), nullable=False),
        sa.Column("first_step", sa.Integer(), nullable=False),
        sa.Column("values", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["trajectory_id"],
            ["trajectories.id"],
        ),
        sa.PrimaryKeyConstraint("trajectory_id", "first_step"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("trajectory_id", sa.String(length=32), nullable=False),
        sa.Column("intent", sa.String(length=8), nullable=False),
        sa.Column("pace", sa.String(length=8), nullable=False),
        sa.Column("allowed_step", sa.Integer(), nullable=False),
        sa.Column("target_step", sa.Integer(), nullable=False),
        sa.Column("recorded", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["trajectory_id"],
            ["trajectories.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("runs_by_owner", "runs", ["owner", "created_at"], unique=False)
    op.create_index("runs_by_trajectory", "runs", ["trajectory_id"], unique=False)
    op.create_table(
        "snapshots",
        sa.Column("trajectory_id", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("logits_file", sa.String(length=64), nullable=False),
        sa.Column("weights_file", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["trajectory_id"],
            ["trajectories.id"],
        ),
        sa.PrimaryKeyConstraint("trajectory_id", "epoch"),
    )
