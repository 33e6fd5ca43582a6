"""The store's schema version: a new store is created, an older one backed up and migrated, a newer one refused."""

from __future__ import annotations

import shutil
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from core.errors import StoreTooNew, StoreUnavailable

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_KEY = 0x7472656E64  # key of a PostgreSQL advisory lock: any number that nobody else uses


def bring_up_to_date(engine: Engine) -> None:
    """Create or migrate the tables, all or nothing. Raises StoreTooNew or StoreUnavailable."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))  # Alembic interpolates %
    script = ScriptDirectory.from_config(config)
    head = str(script.get_current_head())
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found == head:
        return
    if found is not None:
        if found not in {revision.revision for revision in script.walk_revisions()}:
            raise StoreTooNew(found, head)
        _back_up(engine, found)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # another app may start at the same moment; it then finds all done
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK_KEY})")
        if engine.dialect.name == "sqlite":  # its driver begins no transaction for DDL
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _back_up(engine: Engine, revision: str) -> None:
    """SQLite only: other databases have their own administrators and tools."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        path = Path(engine.url.database)
        try:
            shutil.copy2(path, path.with_name(f"{path.name}.before-{revision}"))
        except OSError as problem:  # a full disk; nothing is migrated without a copy
            raise StoreUnavailable(str(problem)) from problem
