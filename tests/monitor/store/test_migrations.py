"""The schema's history and the tables the code believes in are the same."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

from checks.model import State
from monitor.outbox import Queue
from monitor.store import migrations
from monitor.store.engine import make_engine
from monitor.store.sql import open_existing, open_store
from monitor.store.store import StoreUnavailable
from monitor.store.tables import Row
from tests.support.consequences import after, aside, message, outage
from tests.support.postgres import Server


def test_migrated_tables_are_those_of_the_code(url: str) -> None:
    open_store(url).close()
    engine = make_engine(url, Path())
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Row.metadata) == []
    engine.dispose()


@pytest.fixture
def beside(url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Where another database may be on the same server, or a file."""
    if url.startswith("sqlite"):
        yield f"{url}.made"
        return
    postgres: Server = request.getfixturevalue("postgres")
    with postgres.schema(request.getfixturevalue("database")) as schema:
        yield schema


def ours(engine: Engine, table: str) -> list[tuple[str, str, bool, bool]]:
    """The columns of *table*: name, type, whether it may be NULL, and whether the database numbers it."""
    columns = inspect(engine).get_columns(table)
    return sorted((each["name"], str(each["type"]), each["nullable"], bool(each.get("default"))) for each in columns)


def test_primary_keys_unique_and_foreign_keys_are_those_of_the_code(url: str, beside: str) -> None:
    """What the comparison above does not look at."""
    open_store(url).close()
    migrated, made = make_engine(url, Path()), make_engine(beside, Path())
    Row.metadata.create_all(made)
    for table in Row.metadata.tables:
        for keys in ("get_pk_constraint", "get_unique_constraints", "get_foreign_keys", "get_indexes"):
            assert getattr(inspect(migrated), keys)(table) == getattr(inspect(made), keys)(table), table
        assert ours(migrated, table) == ours(made, table), table
    migrated.dispose()
    made.dispose()


def test_a_database_of_the_first_schema_keeps_its_states(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = create_engine(url)
    config = Config(attributes={"engine": engine})
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "0001")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO target (id, key) VALUES (1, 'acme/status/page')"))
        connection.execute(
            text("INSERT INTO target_state VALUES (1, 1767225600000000, 'up', 1767225600000000, 'well', 0, 0, 0, NULL, 0)")
        )
    engine.dispose()
    store = open_store(url)
    held = store.states()["acme/status/page"]
    store.write([aside(message(0), outages=(outage(),))])
    assert (store.outages(), store.queues()) == ([outage()], {"ops": Queue(waiting=1, oldest=after(0))})
    store.close()
    assert (held.state, held.cause, held.memo) == (State.UP, "well", "")


def test_a_command_changes_no_database_of_an_older_release(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    open_store(url).close()
    with sqlite3.connect(tmp_path / "old.db") as old:
        old.execute("UPDATE alembic_version SET version_num = '0003'")
    old.close()
    with pytest.raises(StoreUnavailable, match=r"old.db: the database is empty or of an older release; start the daemon"):
        open_existing(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == "0003"
    engine.dispose()


def test_every_revision_is_a_file_named_after_its_number() -> None:
    folder = Path(migrations.__file__).parent / "versions"
    for number, path in enumerate(sorted(folder.glob("v*.py")), start=1):
        assert path.name.startswith(f"v{number:04}_")
        assert f'revision = "{number:04}"' in path.read_text()
    assert migrations.known() == tuple(revision.revision for revision in _script().walk_revisions())[::-1]


def test_who_only_reads_does_not_wait_for_alembic_to_load(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'some.db'}"
    open_store(url).close()
    asked = f"from monitor.store.sql import open_existing; open_existing({url!r}).close()"
    program = f"import sys; {asked}; sys.exit('alembic' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


def _script() -> ScriptDirectory:
    return ScriptDirectory(str(Path(migrations.__file__).parent))
