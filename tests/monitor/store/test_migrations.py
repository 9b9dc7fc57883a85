"""The schema's history and the tables the code believes in are the same."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from monitor.store import migrations
from monitor.store.sql import open_store
from monitor.store.tables import Row


def test_migrated_tables_are_those_of_the_code(url: str) -> None:
    open_store(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Row.metadata) == []
    engine.dispose()


def test_primary_keys_unique_and_foreign_keys_are_those_of_the_code(url: str) -> None:
    """What the comparison above does not look at."""
    open_store(url).close()
    migrated, made = create_engine(url), create_engine(f"{url}.made")
    Row.metadata.create_all(made)
    for table in Row.metadata.tables:
        for keys in ("get_pk_constraint", "get_unique_constraints", "get_foreign_keys", "get_indexes"):
            assert getattr(inspect(migrated), keys)(table) == getattr(inspect(made), keys)(table), table
    migrated.dispose()
    made.dispose()


def test_every_revision_is_a_file_named_after_its_number() -> None:
    folder = Path(migrations.__file__).parent / "versions"
    for number, path in enumerate(sorted(folder.glob("v*.py")), start=1):
        assert path.name.startswith(f"v{number:04}_")
        assert f'revision = "{number:04}"' in path.read_text()
