"""The real daemon while somebody sets its clock, and after a restart with a store that is ahead of the clock."""

from __future__ import annotations

import asyncio
import base64
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from monitor.demo.vendors import SimulatedVendor
from tests.support.accounting import API, CHANGES, dropped, looks, rows, stored_looks, waiting
from tests.support.daemon import Daemon, Series, state, value
from tests.support.programs import free_address, running
from tests.support.receiver import Receiver, receiver
from tests.support.servers import ca_file
from tests.support.shifted import set_ahead
from tests.support.vendors import simulated, write_config

pytestmark = pytest.mark.slow
HOUR = 3600.0
OUTAGES = "SELECT count(*), count(closed_at) FROM outage"
OVERLAP = 8.0
"""Less than the daemon has run by then: what it looks at after the clock was set back happens at times it has seen."""
ROOT = Path(__file__).parents[1]
SECRET = {"HOOK_SECRET": f"whsec_{base64.b64encode(b'a key that nobody else has, 32 b').decode()}"}


@asynccontextmanager
async def watched(folder: Path, takes: Receiver) -> AsyncIterator[tuple[SimulatedVendor, Daemon]]:
    """A vendor that is well, and a daemon that watches it by the clock in the file ``ahead``, and tells who *takes* it."""
    set_ahead(folder / "ahead", 0)
    async with simulated("acme", "127.0.0.2") as acme:
        listen = free_address()
        directory = write_config(folder, listen, ca_file(folder), acme)
        with (directory / "monitor.yaml").open("a") as settings:
            settings.write(
                f"notify: {{webhooks: [{{name: hook, url: '{takes.url('/hook')}', secret: 'env:HOOK_SECRET'}}]}}\n"
            )
        command = [sys.executable, "-m", "tests.support.shifted", str(folder / "ahead"), "run", "--config", str(directory)]
        async with running(Daemon(command, listen, folder / "log", {"PYTHONPATH": str(ROOT), **SECRET})) as watching:
            await watching.until("all is well and stored", lambda s: state(s, "acme") == "up" and waiting(s) == 0)
            yield acme, watching


def jumps(series: Series) -> float:
    """How often it has noticed that its clock was set."""
    return value(series, "vendorwatch_clock_jumps_total") or 0


async def set_clock(watching: Daemon, seconds: float) -> None:
    """Set its clock to so many *seconds* ahead of ours, and wait until it has noticed and looks on."""
    before = await watching.series()
    set_ahead(watching.log.with_name("ahead"), seconds)
    noticed = await watching.until("it notices", lambda s: jumps(s) > jumps(before))
    await watching.until("it looks on", lambda s: looks(s) >= looks(noticed) + 5)


def ended(takes: Receiver) -> set[str]:
    """When those outages began whose end was told."""
    alerts = [alert for message in takes.came if message.taken for alert in message.content["alerts"]]
    return {alert["startsAt"] for alert in alerts if alert["status"] == "resolved"}


async def all_is_stored(watching: Daemon, before: int = 0) -> int:
    """How many looks are stored, all those that it has made since its start among them, beside those of *before*."""
    well = await watching.series()
    await watching.until("all is written", lambda s: looks(s) > looks(well) and waiting(s) == 0)
    assert dropped(well) == 0
    database = watching.log.with_name("vendorwatch.db")
    stored = len(stored_looks(database))
    assert stored >= before + looks(well)
    noted = [(event["before"], event["after"]) for event in watching.events() if event.get("target") == API]
    assert rows(database, CHANGES) == noted, "whatever it believed, in the order in which it did"
    return stored


def test_a_clock_that_is_set_stops_no_probe_and_nothing_that_happens_is_lost(tmp_path: Path) -> None:
    """Back by less than it ran, back by an hour while a vendor is down, and forward by two; nobody had to restart it."""

    async def story() -> None:
        async with receiver() as takes, watched(tmp_path, takes) as (acme, watching):
            await watching.until("it has run for a while", lambda s: looks(s) > OVERLAP / 0.3)
            await set_clock(watching, -OVERLAP)
            acme.api_status = 503
            await watching.until("it is down", lambda s: state(s, "acme") == "down")
            await set_clock(watching, -HOUR)
            acme.api_status = 200
            await watching.until("it is up", lambda s: state(s, "acme") == "up")
            await all_is_stored(watching)
            await takes.until("the end is told", lambda _: ended(takes), "/hook")
            await set_clock(watching, HOUR)
            await all_is_stored(watching)
            assert rows(tmp_path / "vendorwatch.db", OUTAGES) == [(1, 1)]
            assert await watching.stop() == 0

    asyncio.run(story())


def test_a_store_that_is_ahead_of_the_clock_at_the_start_is_written_on(tmp_path: Path) -> None:
    """The clock was set back while the daemon did not run: what it knows is of the future, and was true."""

    async def story() -> None:
        async with receiver() as takes, watched(tmp_path, takes) as (acme, watching):
            acme.api_status = 503
            await watching.until("it is down", lambda s: state(s, "acme") == "down")
            before = await all_is_stored(watching)
            assert await watching.stop() == 0

            set_ahead(tmp_path / "ahead", -2 * HOUR)
            await watching.start()
            await watching.until("it knows that it is down", lambda s: state(s, "acme") == "down")
            acme.api_status = 200
            await watching.until("it sees that it is up", lambda s: state(s, "acme") == "up")
            await all_is_stored(watching, before)
            assert rows(tmp_path / "vendorwatch.db", OUTAGES) == [(1, 1)]
            await takes.until("the end was told", lambda _: ended(takes), "/hook")
            assert await watching.stop() == 0

    asyncio.run(story())
