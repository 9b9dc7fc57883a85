"""A store per database that the suite runs on: another database is another parameter.

The server of PostgreSQL is one for the whole session of a worker, with one database in it that is emptied after each test:
to make one takes it half a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store.engine import make_engine
from monitor.store.sql import open_store
from monitor.store.store import Store
from monitor.store.tables import Row
from tests.support.postgres import Server, server

ALONE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
"""Ends what a test has left open, which might be in the way."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A server that no test may stop."""
    with server(synchronous_commit="off") as running:
        yield running


@pytest.fixture(scope="session")
def database(postgres: Server) -> str:
    """The name of a database on it with all tables."""
    name = postgres.create()
    open_store(postgres.url(name)).close()
    return name


@pytest.fixture
def schema(postgres: Server, database: str) -> Iterator[str]:
    """Where nothing is yet, on a server that no test may stop."""
    with postgres.schema(database) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a database is in which nothing is yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    running: Server = request.getfixturevalue("postgres")
    name: str = request.getfixturevalue("database")
    yield running.url(name)
    running.tell(ALONE, name)
    engine = make_engine(running.url(name), Path())
    with engine.begin() as connection:
        for table in reversed(Row.metadata.sorted_tables):
            connection.execute(table.delete())
    engine.dispose()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()
