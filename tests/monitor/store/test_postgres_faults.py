"""What becomes of writing while a PostgreSQL server does not do: it is busy, refuses, hangs, is stopped, crashes."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from monitor.clock import SYSTEM_CLOCK
from monitor.store.engine import make_engine
from monitor.store.sql import SqlStore, open_existing, open_store
from monitor.store.store import Fault, Operation, StoreUnavailable
from monitor.store.writer import Writer
from tests.support.consequences import aside, message
from tests.support.postgres import CRASH, FAST, Server, server
from tests.support.records import NOON, record
from tests.support.waiting import until

KEY = "acme/endpoint/api"


@pytest.fixture
def own() -> Iterator[Server]:
    """A server that a test may stop."""
    with server() as running:
        yield running


def test_a_lock_is_waited_for_only_so_long(schema: str) -> None:
    with closing(open_store(f"{schema}&timeout=0.2")) as store:
        store.write([record()])
        engine = make_engine(schema, Path())
        with engine.connect() as other:
            other.exec_driver_sql("LOCK TABLE target_state")
            with pytest.raises(StoreUnavailable, match="another program holds the database locked") as caught:
                store.write([record(second=1)])
        engine.dispose()
        assert (caught.value.operation, caught.value.fault) == (Operation.WRITE, Fault.LOCKED)
        store.write([record(second=1)])
        assert len(store.observations(KEY)) == 2


@pytest.mark.slow
def test_a_server_that_has_stopped_without_ending_is_given_up(own: Server) -> None:
    """Its sockets take what they are given, and nobody answers."""
    with closing(open_store(own.url(own.create(), timeout="0.3", connect_timeout="2"))) as store:
        store.write([record()])
        assert own.process
        pids = [own.process.pid, *(pid for (pid,) in own.tell("SELECT pid FROM pg_stat_activity"))]
        for pid in pids:
            send(pid, signal.SIGSTOP)
        began = time.monotonic()
        try:
            with pytest.raises(StoreUnavailable) as caught:
                store.write([record(second=second) for second in range(1, 500)])
        finally:
            for pid in pids:
                send(pid, signal.SIGCONT)
        assert caught.value.fault is Fault.UNREACHABLE
        assert time.monotonic() - began < 10
        store.write([record(second=second) for second in range(1, 500)])
        assert len(store.observations(KEY, limit=1_000)) == 500


def send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


@dataclass
class Probing:
    """Probes one after another; *count* of them so far, each with something to tell."""

    writer: Writer
    count: int = 0

    async def run(self) -> None:
        while True:
            self.writer.put(record(f"acme/endpoint/{self.count % 7}", second=self.count))
            self.writer.put(aside(message(self.count)))
            self.count += 1
            await asyncio.sleep(0.002)

    async def until(self, what: str, holds: Callable[[], object]) -> None:
        """Wait until it *holds*, and then for so many more probes that they were not stopped by that."""

        async def count() -> int:
            return self.count

        await until(what, count, lambda _: holds())
        before = self.count
        await until("probing goes on", count, lambda now: now > before + 20)


@pytest.mark.slow
@pytest.mark.parametrize("how", [FAST, CRASH], ids=["stopped", "crashed"])
def test_a_restart_in_the_middle_of_writing_loses_nothing_and_doubles_nothing(
    own: Server, how: signal.Signals, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "monitor.store.writer")
    url = own.url(own.create())

    async def scene(store: SqlStore) -> Probing:
        writer = Writer(store, SYSTEM_CLOCK, batch=20, pause=lambda _: asyncio.sleep(0.01))
        probing = Probing(writer)
        tasks = [asyncio.create_task(writer.run()), asyncio.create_task(probing.run())]
        await probing.until("much is written", lambda: writer.stats.written > 200)
        await asyncio.to_thread(own.stop, how)
        acknowledged = writer.stats.written
        await probing.until("the writer learns of it", lambda: writer.stats.errors and not writer.is_well)
        await asyncio.to_thread(own.start)
        with closing(open_existing(url)) as other:
            assert other.queues()["ops"].waiting >= acknowledged // 2
        await probing.until("the writer recovers by itself", lambda: writer.is_well)
        tasks[1].cancel()
        assert await writer.flush(30) == 0
        tasks[0].cancel()
        return probing

    with closing(open_store(url)) as store:
        probing = asyncio.run(scene(store))
        count, stats = probing.count, probing.writer.stats
        assert (stats.written, stats.dropped) == (2 * count, 0)
        assert stats.errors[Operation.WRITE, Fault.UNREACHABLE] >= 1
        seen = [past.at for number in range(7) for past in store.observations(f"acme/endpoint/{number}", limit=count)]
        assert sorted(seen) == [NOON + timedelta(seconds=second) for second in range(count)]
        assert store.queues()["ops"].waiting == count
    told = [said.message for said in caplog.records if said.name == "monitor.store.writer"]
    assert (told[0], told[-1]) == ("the store is unavailable, records wait", "the store is available again")


FAILS = """
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'made to fail' USING ERRCODE = '{state}'; END $$;
CREATE TRIGGER fails BEFORE INSERT ON target_state EXECUTE FUNCTION fail()
"""


@pytest.mark.parametrize(
    ("state", "fault", "cure"),
    [
        ("53100", Fault.FULL, "the disk of the server is full; make room"),
        ("53200", Fault.OTHER, "the server lacks memory or connections"),
        ("40001", Fault.LOCKED, "another program was in the way; it is tried again"),
        ("40P01", Fault.LOCKED, "another program was in the way; it is tried again"),
        ("57014", Fault.LOCKED, "the server took too long"),
        ("57P03", Fault.UNREACHABLE, "the server stops or starts"),
        ("58030", Fault.IO, "see the server's log"),
        ("XX001", Fault.CORRUPT, "put back a backup"),
        ("XX000", Fault.OTHER, "made to fail"),
    ],
)
def test_what_the_server_says_is_told_with_its_cure(schema: str, state: str, fault: Fault, cure: str) -> None:
    with closing(open_store(schema)) as store:
        engine = make_engine(schema, Path())
        with engine.begin() as connection:
            connection.exec_driver_sql(FAILS.format(state=state))
        with pytest.raises(StoreUnavailable, match=f"made to fail.*{cure}|{cure}") as caught:
            store.write([record()])
        assert caught.value.fault is fault
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER fails ON target_state")
        engine.dispose()
        store.write([record()])
        assert store.states().keys() == {KEY}


@pytest.mark.parametrize("state", ["23505", "22001", "42601"])
def test_what_is_a_mistake_of_ours_is_no_condition_of_the_server(schema: str, state: str) -> None:
    with closing(open_store(schema)) as store:
        engine = make_engine(schema, Path())
        with engine.begin() as connection:
            connection.exec_driver_sql(FAILS.format(state=state))
        engine.dispose()
        with pytest.raises(DBAPIError, match="made to fail"):
            store.write([record()])
