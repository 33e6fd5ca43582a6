"""Alembic's entry point: runs the migrations on the connection that `core.runs.schema` passes."""

from alembic import context

from core.runs.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
