"""The demo from outside: what happens in its hour is seen by the daemon and told, and nothing of it stays behind."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
from asyncio.subprocess import PIPE
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from tests.support.demo import COMMAND, RunningDemo, demo
from tests.support.waiting import until

pytestmark = pytest.mark.slow
QUICKLY = 0.3
"""Minutes for the hour: as fast as the daemon sees."""
SEEN = (
    "search state +up -> degraded",
    "search state +degraded -> up",
    "payments state +up -> down",
    "payments disagreement +none -> probe_down_claim_ok",
    "payments claim +operational -> major_outage",
    "payments disagreement +probe_down_claim_ok -> none",
    "payments state +down -> up",
    "storage state +up -> maintenance",
    "storage state +maintenance -> up",
    "mail certificate +ok -> critical",
    "mail certificate +critical -> ok",
    "maps claim +operational -> unknown",
    "maps claim +unknown -> operational",
    "sms grade +A.? -> [BCD]",
    "our network state +ok -> offline",
    "payments state +up -> unknown",
    "our network state +offline -> ok",
)


def addresses(running: RunningDemo) -> set[tuple[str, int]]:
    """Everywhere that somebody of the demo listens, by its files."""
    files = [running.config / "monitor.yaml", *(running.config / "vendors").iterdir()]
    found = (match for file in files for match in re.finditer(r"(127\.[\d.]+):(\d+)", file.read_text()))
    return {(match[1], int(match[2])) for match in found}


def listening(where: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Where somebody listens still."""
    there = []
    for address in where:
        with suppress(ConnectionRefusedError), socket.create_connection(address, timeout=5):
            there.append(address)
    return there


def processes_about(folder: Path) -> list[int]:
    """Who has *folder* in the command line."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if str(folder) in file.read_bytes().decode(errors="replace"):
                found.append(int(file.parent.name))
    return found


def state_of(pid: int) -> str:
    """What a process does, by a letter of proc(5): T is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def assert_nothing_is_left(folder: Path, where: Iterable[tuple[str, int]]) -> None:
    assert [*folder.iterdir()] == []
    assert processes_about(folder) == []
    assert listening(where) == []


def test_the_daemon_sees_what_happens_and_blames_nobody_for_what_is_ours(tmp_path: Path) -> None:
    async def story() -> None:
        async with demo(tmp_path, "--once", minutes=QUICKLY) as running:
            where = addresses(running)
            assert len(where) == 10
            assert len(listening(where)) == 10
            assert len(processes_about(tmp_path)) == 1, "the daemon"
            for pattern in SEEN:
                await running.until_said(pattern)
            rest, complaints = await running.process.communicate()
        assert (running.process.returncode, complaints) == (0, b"")
        account = rest.decode()
        assert account.count(": seen in ") == 17, account
        assert account.count("no vendor is blamed") == 2
        assert re.search(r"known before the vendor admitted it: payments \d+\.\d s", account)
        assert_nothing_is_left(tmp_path, where)

    asyncio.run(story())


def test_what_it_says_to_try_shows_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "a b#?%41'é"
    folder.mkdir()

    async def story() -> None:
        async with demo(folder, minutes=20) as running:  # A minute until search slows, however slow we are.
            assert "vendorwatch_build_info" in await running.fetch("/metrics")
            assert "Lantern Search" in await running.fetch("/")
            check = await asyncio.create_subprocess_exec(*running.look_yourself, "search", stdout=PIPE)
            out, _ = await check.communicate()
            assert re.search(r"up +Lantern Search +operational", out.decode()), out.decode()
            assert check.returncode == 0

    asyncio.run(story())
    assert [*folder.iterdir()] == []
    assert [*tmp_path.iterdir()] == [folder]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_all_of_it(tmp_path: Path, number: signal.Signals) -> None:
    async def story() -> None:
        async with demo(tmp_path, minutes=QUICKLY) as running:
            await running.until_said("^09:03 ")
            where = addresses(running)
            running.process.send_signal(number)
            running.process.send_signal(number)
            rest, complaints = await running.process.communicate()
        assert (running.process.returncode, complaints) == (0, b"")
        account = rest.decode()
        assert "09:00  six vendors are well: seen in" in account, "what was seen until then is told"
        assert "not seen" not in account, "the act that was cut short is no failure"
        assert_nothing_is_left(tmp_path, where)

    asyncio.run(story())


def test_the_daemon_ends_also_when_the_demo_is_killed(tmp_path: Path) -> None:
    async def story() -> None:
        async with demo(tmp_path) as running:
            assert processes_about(tmp_path)
            running.process.kill()
            await running.process.wait()
            await until("the daemon is gone", lambda: asyncio.to_thread(processes_about, tmp_path), lambda lines: not lines)

    asyncio.run(story())


def test_while_it_is_stopped_the_daemon_is_too(tmp_path: Path) -> None:
    async def story() -> None:
        async with demo(tmp_path, minutes=20) as running:
            (daemon,) = processes_about(tmp_path)
            running.process.send_signal(signal.SIGTSTP)
            for pid in (daemon, running.process.pid):
                await until("it is stopped", partial(asyncio.to_thread, state_of, pid), "T".__eq__)
            running.process.send_signal(signal.SIGCONT)
            for pid in (daemon, running.process.pid):
                await until("it goes on", partial(asyncio.to_thread, state_of, pid), "T".__ne__)

    asyncio.run(story())
    assert [*tmp_path.iterdir()] == []


def test_a_signal_before_it_has_begun_ends_it_too(tmp_path: Path) -> None:
    async def story() -> None:
        process = await asyncio.create_subprocess_exec(COMMAND, "demo", env={"TMPDIR": str(tmp_path)}, stdout=PIPE)
        await until("it has a folder", lambda: asyncio.to_thread(os.listdir, tmp_path), bool)
        process.terminate()
        await process.communicate()
        assert process.returncode == 0
        assert_nothing_is_left(tmp_path, ())

    asyncio.run(story())


def test_whoever_has_read_enough_ends_it(tmp_path: Path) -> None:
    async def story() -> None:
        script = f"{COMMAND} demo --minutes 0.3 | head -n 8; exit ${{PIPESTATUS[0]}}"
        environment = {"TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
        shell = await asyncio.create_subprocess_exec("bash", "-c", script, stdout=PIPE, stderr=PIPE, env=environment)
        out, complaints = await shell.communicate()
        assert (shell.returncode, complaints) == (141, b""), out.decode()
        assert_nothing_is_left(tmp_path, ())

    asyncio.run(story())


def test_an_hour_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    async def story() -> None:
        for minutes in ("0", "nan", "1e9"):
            process = await asyncio.create_subprocess_exec(
                COMMAND, "demo", "--minutes", minutes, stderr=PIPE, env={"TMPDIR": str(tmp_path)}
            )
            _, complaint = await process.communicate()
            assert (process.returncode, complaint) == (64, b"vendorwatch: --minutes: must be from 0.1 to 600\n")

    asyncio.run(story())
