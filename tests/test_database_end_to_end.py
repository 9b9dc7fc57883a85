"""The real daemon and its database file: copied while it writes, damaged while it runs, put back as the README says."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.daemon import COMMAND, Daemon, Series, daemon, state
from tests.support.programs import free_address
from tests.support.servers import ca_file
from tests.support.vendors import simulated, write_config

LOOKS = "SELECT key, at FROM observation JOIN target ON target.id = target_id"


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What another process says that is started beside the daemon."""
    whole = [COMMAND, *arguments, "--config", str(folder / "config")]
    return subprocess.run(whole, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def spoil(database: Path) -> None:
    """Have nothing in the file be what it was, but for its first page, and neither in its log.

    The daemon keeps pages in its memory for as long as nobody else writes, so somebody does.
    """
    with closing(sqlite3.connect(database)) as other, other:
        other.execute("INSERT INTO mute (vendor, since, until, why) VALUES ('nobody', 0, 0, 'nothing')")
        for path, kept in ((database, 4096), (database.with_name(f"{database.name}-wal"), 32)):
            with path.open("r+b") as file:
                file.seek(kept)
                file.write(b"\xff" * max(0, path.stat().st_size - kept))


def counted(series: Series, name: str, **labels: str) -> float:
    wanted = labels.items()
    return sum(number for (found, pairs), number in series.items() if found == name and wanted <= dict(pairs).items())


def put_back(folder: Path, copy: Path) -> None:
    """What the README says."""
    (folder / "away").mkdir()
    for path in folder.glob("vendorwatch.db*"):
        path.rename(folder / "away" / path.name)
    shutil.copy(copy, folder / "vendorwatch.db")


@pytest.mark.slow
def test_a_file_that_is_damaged_while_it_runs_stops_no_probe_and_is_put_back_without_loss(tmp_path: Path) -> None:
    async def story() -> None:
        listen = free_address()
        async with simulated("acme", "127.0.0.2") as acme:
            directory = write_config(tmp_path, listen, ca_file(tmp_path), acme)
            async with daemon(directory, listen) as watching:
                await watching.until("all is well", lambda s: state(s, "acme") == "up")
                await watching.until("that is stored", lambda _: watching.rows(LOOKS))
                acknowledged = {*watching.rows(LOOKS)}
                done = await asyncio.to_thread(command, tmp_path, "db", "backup", str(tmp_path / "copy.db"))
                assert (done.returncode, done.stdout.startswith(f"{tmp_path / 'copy.db'}: ")) == (0, True), done
                assert (await asyncio.to_thread(command, tmp_path, "db", "check")).returncode == 0

                await _damage(watching, tmp_path)
                await watching.stop()
                put_back(tmp_path, tmp_path / "copy.db")
                await watching.start()
                kept = {*watching.rows(LOOKS)}
                assert acknowledged
                assert acknowledged <= kept
                await watching.until("it watches again", lambda s: state(s, "acme") == "up")
                await watching.until("it writes again", lambda _: len({*watching.rows(LOOKS)} - kept) > 5)
                assert (await asyncio.to_thread(command, tmp_path, "db", "check", "--all")).returncode == 0
                assert await watching.stop() == 0

    asyncio.run(story())


async def _damage(watching: Daemon, folder: Path) -> None:
    os.kill(watching.process.pid, signal.SIGSTOP)
    spoil(folder / "vendorwatch.db")
    os.kill(watching.process.pid, signal.SIGCONT)
    errors = "vendorwatch_store_errors_total"
    before = await watching.until("it is counted", lambda s: counted(s, errors, reason="corrupt") > 0)
    looks = counted(before, "vendor_probe_runs_total")
    await watching.until("probing goes on", lambda s: counted(s, "vendor_probe_runs_total") > looks + 5)
    said = [
        str(event.get("detail"))
        for event in watching.events()
        if event["message"] == "the store is unavailable, records wait"
    ]
    assert any("put back a backup" in detail for detail in said), said
    found = await asyncio.to_thread(command, folder, "db", "check")
    assert found.returncode in {2, 69}, found
    assert "put back a backup" in found.stdout + found.stderr


@pytest.mark.slow
def test_what_is_seen_while_the_file_is_away_waits_and_is_written_once_it_is_back(tmp_path: Path) -> None:
    async def story() -> None:
        listen, database, away = free_address(), tmp_path / "vendorwatch.db", tmp_path / "away.db"
        async with simulated("acme", "127.0.0.2") as acme:
            directory = write_config(tmp_path, listen, ca_file(tmp_path), acme)
            async with daemon(directory, listen) as watching:
                await watching.until("all is well", lambda s: state(s, "acme") == "up")
                database.rename(away)
                errors = "vendorwatch_store_errors_total"
                lost = await watching.until("it is told", lambda s: counted(s, errors, reason="unreachable") > 0)
                acme.api_status = 503
                await watching.until("probing goes on", lambda s: state(s, "acme") == "down")
                looks = counted(lost, "vendor_probe_runs_total")
                await watching.until("much waits", lambda s: counted(s, "vendor_probe_runs_total") > looks + 5)
                assert not database.exists()
                away.rename(database)
                down = "SELECT 1 FROM transition WHERE after = 'down'"
                await watching.until("what waited is written", lambda _: watching.rows(down))
                assert await watching.stop() == 0
        checked = await asyncio.to_thread(command, tmp_path, "db", "check", "--all")
        assert checked.returncode == 0, checked

    asyncio.run(story())


@pytest.mark.slow
def test_a_second_daemon_on_the_same_file_says_who_has_it_and_the_first_goes_on(tmp_path: Path) -> None:
    async def story() -> None:
        listen = free_address()
        async with simulated("acme", "127.0.0.2") as acme:
            directory = write_config(tmp_path, listen, ca_file(tmp_path), acme)
            async with daemon(directory, listen) as watching:
                await watching.until("all is well", lambda s: state(s, "acme") == "up")
                second = await asyncio.to_thread(command, tmp_path, "run")
                assert second.returncode == 69
                assert f"another vendorwatch keeps its store here: process {watching.process.pid} on " in second.stderr
                for beside in ("outages", "db stats", "db check", "mute"):
                    assert (await asyncio.to_thread(command, tmp_path, *beside.split())).returncode == 0, beside
                upgraded = await asyncio.to_thread(command, tmp_path, "db", "upgrade")
                assert (upgraded.returncode, "there was nothing to do" in upgraded.stdout) == (0, True)
                await watching.stop(signal.SIGKILL)
                await watching.start()
                await watching.until("nothing is in its way", lambda s: state(s, "acme") == "up")
                assert await watching.stop() == 0

    asyncio.run(story())
