"""The real daemon while its store cannot be used: it looks on, answers, loses nothing that was stored, and catches up."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from monitor.demo.vendors import SimulatedVendor
from monitor.store.sql import open_store
from monitor.store.writer import LAST_RETRY_SECONDS
from tests.support.accounting import CHANGES, break_and_mend, dropped, looks, rows, stored_looks, waiting
from tests.support.daemon import COMMAND, Daemon, Series, state, value
from tests.support.fullness import Disk, Filled, Limited, no_room
from tests.support.programs import free_address, running
from tests.support.servers import ca_file
from tests.support.vendors import simulated, write_config

pytestmark = pytest.mark.slow
LIMITED = Limited()
DISKS = pytest.mark.parametrize("disk", [Filled(), LIMITED], ids=["no space left", "file too large"])
THREADS = 12
"""More than it ever needs, and fewer than one for each try."""


@asynccontextmanager
async def watched(folder: Path, disk: Disk = LIMITED) -> AsyncIterator[tuple[SimulatedVendor, Daemon]]:
    """A vendor that is well, and a daemon that watches it with its store on *disk*."""
    async with simulated("acme", "127.0.0.2") as acme:
        listen = free_address()
        directory = write_config(folder, listen, ca_file(folder), acme)
        with (directory / "monitor.yaml").open("a") as settings:
            settings.write(f"database: {disk.database}\n")
        command = [*disk.around(folder), COMMAND, "run", "--config", str(directory)]
        async with running(Daemon(command, listen, folder / "log")) as watching:
            await watching.until("all is well and stored", lambda s: state(s, "acme") == "up" and waiting(s) == 0)
            yield acme, watching


def failed(reason: str, times: int = 1) -> Callable[[Series], bool]:
    """Whether the store failed so often by this *reason*."""
    labels = {"operation": "write", "reason": reason}
    return lambda series: (value(series, "vendorwatch_store_errors_total", **labels) or 0) >= times


@DISKS
def test_a_full_disk_stops_no_probe_and_what_waited_is_written_once_there_is_room(tmp_path: Path, disk: Disk) -> None:
    async def story() -> None:
        async with watched(tmp_path, disk) as (acme, watching):
            before = stored_looks(disk.seen(watching))
            disk.fill(watching)
            await watching.until("it is counted, by its reason", failed(disk.reason, 2))
            await break_and_mend(acme, watching)
            full = await watching.series()
            assert (waiting(full) or 0) > 0
            assert (value(full, "vendorwatch_store_queue_bytes") or 0) > 0
            assert value(full, "vendorwatch_store_queue_oldest_timestamp_seconds")
            assert rows(disk.seen(watching), CHANGES) == [("unknown", "up")]

            disk.make_room(watching)
            await watching.until("what waited is written", lambda s: waiting(s) == 0)
            well = await watching.series()
            await watching.until("and what came before that", lambda s: looks(s) > looks(well) and waiting(s) == 0)
            assert dropped(well) == 0
            database = disk.seen(watching)
            after = stored_looks(database)
            assert before < after
            assert len(after) >= looks(well), "every probe is accounted for"
            assert rows(database, CHANGES) == [("unknown", "up"), ("up", "down"), ("down", "up")]
            assert rows(database, "SELECT count(*) FROM outage WHERE closed_at IS NOT NULL") == [(1,)]
            assert rows(database, "PRAGMA integrity_check") == [("ok",)]
            assert await watching.stop() == 0

    asyncio.run(story())


def test_a_daemon_that_is_stopped_while_the_disk_is_full_ends_in_time_and_keeps_what_was_stored(tmp_path: Path) -> None:
    async def story() -> None:
        async with watched(tmp_path) as (_, watching):
            before = stored_looks(LIMITED.seen(watching))
            LIMITED.fill(watching)
            await watching.until("the disk is full", failed("io"))
            assert await watching.stop() == 0
            assert "records were left unwritten" in {event["message"] for event in watching.events()}
            assert stored_looks(LIMITED.seen(watching)) >= before
            await watching.start()
            await watching.until("it writes again", lambda s: state(s, "acme") == "up" and waiting(s) == 0)
            assert await watching.stop() == 0
            assert stored_looks(LIMITED.seen(watching)) > before

    asyncio.run(story())


def test_a_database_that_is_locked_for_long_stops_no_probe_piles_up_no_threads_and_is_soon_caught_up(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with watched(tmp_path) as (acme, watching):
            database = LIMITED.seen(watching)
            with closing(sqlite3.connect(database, isolation_level=None)) as other:
                other.execute("BEGIN EXCLUSIVE")
                await watching.until("it is counted, by its reason", failed("locked", 3))
                await break_and_mend(acme, watching)
                assert threads(watching) < THREADS
                other.execute("ROLLBACK")
            since = asyncio.get_running_loop().time()
            well = await watching.until("what waited is written", lambda s: waiting(s) == 0)
            assert asyncio.get_running_loop().time() - since < 2 * LAST_RETRY_SECONDS
            assert dropped(well) == 0
            assert await watching.stop() == 0
            assert rows(database, CHANGES) == [("unknown", "up"), ("up", "down"), ("down", "up")]

    asyncio.run(story())


def threads(daemon: Daemon) -> int:
    """How many it has now."""
    status = Path(f"/proc/{daemon.process.pid}/status").read_text()
    return int(status.partition("Threads:")[2].split()[0])


def configure(folder: Path) -> tuple[str, Path]:
    """The option that names a configuration, and the database that it names, which is there."""
    (folder / "config" / "vendors").mkdir(parents=True)
    (folder / "config" / "monitor.yaml").write_text(f"listen: {free_address()}\n")
    (folder / "config" / "vendors" / "acme.yaml").write_text("name: Acme\nendpoints: [{url: 'https://127.0.0.2/'}]\n")
    open_store("sqlite:///vendorwatch.db", folder).close()
    return f"--config={folder / 'config'}", folder / "vendorwatch.db"


def complaint(folder: Path, *command: str, before: Callable[[], None] | None = None) -> str:
    """What *command* of ours complains of before it exits with 69."""
    done = subprocess.run(
        [COMMAND, *command], cwd=folder, preexec_fn=before, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 69, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_daemon_does_not_start_on_a_full_disk_and_says_so(tmp_path: Path) -> None:
    option, database = configure(tmp_path)
    assert re.search(r"vendorwatch\.db.*see whether it is full", complaint(tmp_path, "run", option, before=no_room))
    database.unlink()
    assert re.search(r"vendorwatch\.db.*see whether it is full", complaint(tmp_path, "run", option, before=no_room))


def test_a_mute_that_cannot_be_stored_is_refused_and_says_why(tmp_path: Path) -> None:
    option, database = configure(tmp_path)
    mute = ("mute", "acme", "--for", "2h", "--why", "they know", option)
    assert "see whether it is full" in complaint(tmp_path, *mute, before=no_room)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "another program holds the database locked" in complaint(tmp_path, *mute)
        other.execute("ROLLBACK")
    assert rows(database, "SELECT count(*) FROM mute") == [(0,)]
