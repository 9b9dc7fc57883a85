"""PostgreSQL: what opens, what is refused and how that is said, who may have it, and that it can be put back."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect

from monitor.store.advisory import lock_to_migrate
from monitor.store.engine import make_engine
from monitor.store.migrations import refuse_old, upgrade
from monitor.store.sql import open_existing, open_store
from monitor.store.store import Fault, Kept, Operation, StoreUnavailable
from tests.support.consequences import aside, message
from tests.support.postgres import OWNER, Server, program, server
from tests.support.records import NOON, record

KEY = "acme/endpoint/api"


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """A server that asks for passwords, and has a user with one."""
    with server() as running:
        running.tell("CREATE ROLE guest LOGIN PASSWORD 'right'")
        running.tell("CREATE ROLE idler LOGIN CONNECTION LIMIT 0")
        (running.folder / "data" / "pg_hba.conf").write_text(
            f"local all {OWNER} trust\nlocal all idler trust\nlocal postgres guest scram-sha-256\n"
        )
        running.tell("SELECT pg_reload_conf()")
        yield running


def refused(url: str) -> StoreUnavailable:
    with pytest.raises(StoreUnavailable) as caught:
        open_store(url).close()
    assert caught.value.operation is Operation.OPEN
    assert "\n" not in caught.value.detail
    return caught.value


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql+asyncpg://me:secret@db.example/x", "postgresql://me@db.example/x: is spoken to with psycopg 3; write"),
        ("postgresql://me:secret@db.example:secret/x", "database: is not a URL; write it like sqlite:///vendorwatch.db or"),
        ("postgresql://me:secret@db.example/x?timeout=secret", "me@db.example/x: timeout= is not a number of seconds"),
        ("postgresql://me:secret@127.0.0.1:1/x", "me@127.0.0.1:1/x: .* refused .*: see whether the server runs, and"),
        ("postgresql://me:secret@127.0.0.1:1/x?colour=red", 'me@127.0.0.1:1/x: .*invalid .*option "colour"'),
        (
            "postgresql://me:secret@/x?host=/nowhere&password=secret",
            r"postgresql://me@/x\?host=/nowhere: .* failed: No such file",
        ),
        ("oracle://me:secret@db/x", "database: oracle is not known here; write it like"),
    ],
)
def test_what_cannot_be_reached_is_told_without_its_password(url: str, told: str) -> None:
    unavailable = refused(url)
    is_told(unavailable, told)
    assert "secret" not in str(unavailable)


def is_told(unavailable: StoreUnavailable, told: str) -> None:
    with pytest.raises(StoreUnavailable, match=told):
        raise unavailable


@pytest.mark.parametrize(
    ("user", "name", "told"),
    [
        ("nobody", "postgres", "see the user and the password of database:"),
        ("guest:wrong", "postgres", "password authentication failed .* see the user and the password"),
        ("guest:right", "template1", "no pg_hba.conf entry .* see the user and the password"),
        ("guest:right", "postgres", "permission denied for schema public: make the user of database: the owner"),
        ("idler", "postgres", "too many connections for role .*: the server has no connection left"),
        ("vendorwatch", "atlantis", 'database "atlantis" does not exist: CREATE DATABASE it'),
    ],
)
def test_who_is_not_let_in_is_told_the_cure(guarded: Server, user: str, name: str, told: str) -> None:
    unavailable = refused(guarded.url(name, user))
    is_told(unavailable, told)
    assert "right" not in str(unavailable)
    assert "wrong" not in str(unavailable)


def test_all_urls_of_postgresql_are_of_psycopg(schema: str) -> None:
    for written in ("postgresql", "postgres", "postgresql+psycopg"):
        open_store(schema.replace("postgresql", written, 1)).close()


def test_sessions_have_a_name_utc_and_limits(schema: str) -> None:
    engine = make_engine(f"{schema}&timeout=20", Path())
    names = ("application_name", "TimeZone", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    with engine.connect() as connection:
        name, *others = (connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names)
    engine.dispose()
    assert name.startswith(f"vendorwatch: process {os.getpid()} on ")
    assert others == ["UTC", "20s", "5s", "1min"]


@pytest.mark.slow
def test_a_database_that_cannot_hold_every_text_is_refused(postgres: Server) -> None:
    name = postgres.create("template0", ENCODING="LATIN1", LC_COLLATE="C", LC_CTYPE="C")
    is_told(refused(postgres.url(name)), "its encoding is LATIN1: CREATE DATABASE another, with ENCODING 'UTF8'")
    postgres.drop(name)


def test_a_database_of_another_program_is_refused(schema: str) -> None:
    engine = make_engine(schema, Path())
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE dashboard (id INTEGER)")
    engine.dispose()
    is_told(refused(schema), "this is the database of another program")


def test_a_database_that_takes_no_changes_is_refused(schema: str) -> None:
    open_store(schema).close()
    standby = schema.replace("options=", "options=-cdefault_transaction_read_only%3Don+")
    unavailable = refused(standby)
    is_told(unavailable, "read-only transaction: the server takes no changes; name the primary")
    assert unavailable.fault is Fault.READ_ONLY


def test_a_second_daemon_is_refused_and_told_who_the_first_is(schema: str) -> None:
    with closing(open_store(schema)) as first:
        unavailable = refused(schema)
        is_told(unavailable, rf"another vendorwatch keeps its store here: process {os.getpid()} on")
        assert unavailable.fault is Fault.LOCKED
        with closing(open_existing(schema)) as command:
            command.write([record()])
        assert first.states().keys() == {KEY}
    open_store(schema).close()


def test_in_another_schema_of_the_same_database_another_daemon_may_be(postgres: Server, database: str, schema: str) -> None:
    with postgres.schema(database) as other, closing(open_store(schema)), closing(open_store(other)):
        refused(schema)
        refused(other)


def end_sessions(postgres: Server, database: str) -> None:
    postgres.tell("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()", database)


def test_a_daemons_lock_that_was_lost_is_taken_again(postgres: Server, database: str, schema: str) -> None:
    with closing(open_store(schema)) as store:
        end_sessions(postgres, database)
        store.write([record()])
        refused(schema)


def test_a_daemon_whose_lock_another_has_taken_writes_nothing_until_it_is_free(
    postgres: Server, database: str, schema: str
) -> None:
    with closing(open_store(schema)) as first:
        end_sessions(postgres, database)
        with closing(open_store(schema)) as second:
            second.write([record()])
            with pytest.raises(StoreUnavailable, match="another vendorwatch keeps its store here") as caught:
                first.write([record(second=1)])
            assert (caught.value.operation, caught.value.fault) == (Operation.WRITE, Fault.LOCKED)
            with pytest.raises(StoreUnavailable, match="another vendorwatch keeps its store here"):
                first.compact(NOON, Kept(observations_since=NOON, hours_since=NOON, bytes=10**9))
            assert len(second.observations(KEY)) == 1
        first.write([record(second=1)])
        assert len(first.observations(KEY)) == 2


def test_what_a_standby_that_took_over_never_had_is_written_anew(postgres: Server, database: str, schema: str) -> None:
    """It may lack the last that was acknowledged; what refers to that must not fail for ever."""
    with closing(open_store(schema)) as store:
        store.write([record(facts={"a": 1, "b": 2, "c": 3})])
        engine = make_engine(schema, Path())
        with engine.begin() as connection:
            connection.exec_driver_sql("TRUNCATE observation, facts, target_state, target CASCADE")
        engine.dispose()
        end_sessions(postgres, database)
        store.write([record(second=1, facts={"a": 1, "b": 2, "c": 4})])
        assert [past.facts for past in store.observations(KEY)] == [{"a": 1, "b": 2, "c": 4}]


def test_those_who_migrate_a_new_database_take_turns(postgres: Server, database: str, schema: str) -> None:
    other, engine = make_engine(schema, Path()), make_engine(schema, Path())
    with ThreadPoolExecutor() as threads, other.begin() as first:
        lock_to_migrate(first)
        upgrading = threads.submit(upgrade, engine)
        while not postgres.tell("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", database):
            assert not upgrading.done()
        assert not inspect(first).get_table_names()
        first.rollback()
        upgrading.result()
    refuse_old(other)
    other.dispose()
    engine.dispose()


@pytest.mark.slow
def test_what_was_dumped_while_the_daemon_ran_can_be_put_back(postgres: Server, tmp_path: Path) -> None:
    """The lines of the README."""
    name, again = postgres.create(), postgres.create("template0", ENCODING="UTF8")
    dump, server_of = str(tmp_path / "dump"), ["--host", str(postgres.folder), "--username", OWNER]
    with closing(open_store(postgres.url(name))) as store:
        store.write([record(second=second, facts={"n": second}) for second in range(50)])
        store.write([aside(message(0))])
        subprocess.run([program("pg_dump"), *server_of, "--format=custom", f"--file={dump}", name], check=True)
        store.write([record(second=99)])
        words = [f"--dbname={again}", "--no-owner", f"--role={OWNER}", dump]
        subprocess.run([program("pg_restore"), *server_of, *words], check=True)
        with closing(open_store(postgres.url(again))) as restored:
            assert restored.observations(KEY) == store.observations(KEY)[1:]
            restored.write([record("new/dns/a"), aside(message(1))])
            assert restored.queues()["ops"].waiting == 2
    postgres.drop(name)
    postgres.drop(again)
