"""Runs keep their learner's guess; learners keep their preferences."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("runs", sa.Column("guess", sa.String(20), nullable=False, server_default=""))
    op.create_table(
        "preferences",
        sa.Column("owner", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("value", sa.String(200), nullable=False),
    )
