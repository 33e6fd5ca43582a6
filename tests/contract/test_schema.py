"""The store's schema: migrations produce the defined tables, and an unreadable store is left alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from core.errors import StoreTooNew, StoreUnavailable
from core.runs import schema
from core.runs.store import Store
from core.runs.tables import metadata
from core.settings import PROJECT, Settings
from tests.artificial import add_finished_run

KILLED = 9
DIE_BEFORE = f"""
import os, sys
from sqlalchemy import Engine, event
from core.runs.store import Store
@event.listens_for(Engine, "before_cursor_execute")
def die(connection, cursor, statement, *_):
    if sys.argv[2] in statement:
        os._exit({KILLED})
Store(sys.argv[1])
"""


def test_migrations_make_the_tables(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'trendlab.db'}"
    Store(url).close()
    with create_engine(url).connect() as db:
        assert compare_metadata(MigrationContext.configure(db), metadata) == []


def test_a_folder_may_be_called_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = tmp_path / "50 % of what? %20 #1 数据"
    shutil.copytree(schema.MIGRATIONS, odd / "migrations")
    monkeypatch.setattr(schema, "MIGRATIONS", odd / "migrations")
    Store(Settings(home=odd, database_url="").store_url).close()
    assert (odd / "trendlab.db").is_file()


def test_a_store_that_is_up_to_date_is_opened_as_it_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'trendlab.db'}"
    first = Store(url)
    run = add_finished_run(first, steps_per_epoch=10, epochs=2)
    first.close()
    again = Store(url)
    assert again.run(run.id) == first.run(run.id)
    assert [file.name for file in tmp_path.iterdir() if "before" in file.name] == []


def test_a_newer_store_is_refused_untouched(tmp_path: Path) -> None:
    file = tmp_path / "trendlab.db"
    Store(f"sqlite:///{file}").close()
    with create_engine(f"sqlite:///{file}").begin() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    before = file.read_bytes()
    with pytest.raises(StoreTooNew) as caught:
        Store(f"sqlite:///{file}")
    newest = max(file.name[:4] for file in (schema.MIGRATIONS / "versions").glob("0*.py"))
    assert (caught.value.found, caught.value.known) == ("9999", newest)
    assert file.read_bytes() == before


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_an_older_store_is_backed_up_and_migrated(tmp_path: Path, revision: str) -> None:
    url = f"sqlite:///{tmp_path / 'trendlab.db'}"
    old = Store(url)
    run = add_finished_run(old, steps_per_epoch=10, epochs=2)
    before = old.run(run.id)
    old.close()
    _take_back(url, revision)
    migrated = Store(url)
    assert migrated.run(run.id) == before
    migrated.set_preference("owner", "level", "expert")
    assert migrated.preference("owner", "level") == "expert"
    backup = create_engine(f"{url}.before-{revision}")
    with backup.connect() as db:
        assert db.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() == revision
        assert db.exec_driver_sql("SELECT id FROM runs").scalar_one() == run.id


def test_a_first_start_that_is_killed_halfway_is_begun_anew(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'trendlab.db'}"
    assert _open_and_be_killed(url, "CREATE TABLE runs") == KILLED
    Store(url).close()


def test_an_upgrade_that_is_killed_halfway_is_begun_anew_from_the_store_as_it_was(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'trendlab.db'}"
    old = Store(url)
    run = add_finished_run(old, steps_per_epoch=10, epochs=2)
    old.close()
    _take_back(url)
    assert _open_and_be_killed(url, "CREATE TABLE preferences") == KILLED
    assert Store(url).run(run.id) is not None
    with create_engine(f"{url}.before-0001").connect() as db:
        assert "guess" not in {column["name"] for column in inspect(db).get_columns("runs")}
        assert db.exec_driver_sql("SELECT id FROM runs").scalar_one() == run.id


def test_an_older_store_that_cannot_be_backed_up_stays_as_it_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'trendlab.db'}"
    Store(url).close()
    _take_back(url)
    copy = tmp_path / "trendlab.db.before-0001"
    copy.symlink_to(tmp_path / "away" / "copy")
    with pytest.raises(StoreUnavailable, match="No such file"):
        Store(url)
    copy.unlink()
    Store(url).close()
    assert copy.is_file()


def _open_and_be_killed(url: str, before: str) -> int:
    return subprocess.run([sys.executable, "-c", DIE_BEFORE, url, before], cwd=PROJECT, check=False).returncode


def _take_back(url: str, revision: str = "0001") -> None:
    """Remove everything that later revisions add."""
    known = _columns(revision)
    with create_engine(url).begin() as db:
        for table in metadata.sorted_tables:
            if table.name not in known:
                db.exec_driver_sql(f"DROP TABLE {table.name}")
                continue
            for name in set(table.c.keys()) - known[table.name]:
                db.exec_driver_sql(f"ALTER TABLE {table.name} DROP COLUMN {name}")
        db.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")


def _columns(revision: str) -> dict[str, set[str]]:
    """The columns of each table as of this revision."""
    with create_engine("sqlite://").begin() as db:
        config = Config(attributes={"connection": db})
        config.set_main_option("script_location", str(schema.MIGRATIONS))
        command.upgrade(config, revision)
        tables = inspect(db).get_table_names()
        return {table: {column["name"] for column in inspect(db).get_columns(table)} for table in tables}
