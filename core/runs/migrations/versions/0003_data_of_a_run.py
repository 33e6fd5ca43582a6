"""Trajectories store the hash of their images; for older ones it is unknown."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("trajectories", sa.Column("data_sha256", sa.String(64), nullable=True))
