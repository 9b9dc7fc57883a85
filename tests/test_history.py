"""What the real daemon leaves behind, read by the command line: a kill loses nothing that was told, and hides no time."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.demo.vendors import SimulatedVendor
from monitor.store.engine import make_engine
from tests.support.daemon import COMMAND, daemon, state
from tests.support.postgres import server
from tests.support.programs import free_address
from tests.support.servers import ca_file
from tests.support.vendors import simulated, write_config
from tests.support.waiting import until

DEAD_SECONDS = 4


@dataclass(frozen=True)
class Place:
    """Where the store is: its URL."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        """What the daemon and the commands are told beside their configuration."""
        return {"DATABASE_URL": self.url}

    def rows(self, query: str) -> Sequence[Any]:
        """What *query* finds, asked of the database beside the daemon."""
        engine = make_engine(self.url, Path())
        try:
            with engine.connect() as connection:
                return connection.exec_driver_sql(query).all()
        finally:
            engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where nothing is yet, in each kind of database."""
    if request.param == "sqlite":
        yield Place(f"sqlite:///{tmp_path / 'vendorwatch.db'}")
        return
    with server() as running:
        yield Place(running.url(running.create()))


def _said(directory: Path, place: Place, *arguments: str) -> Any:
    """What a command prints as JSON."""
    command = [COMMAND, *arguments, "--config", str(directory), "--format", "json"]
    environment = {**os.environ, **place.environment}
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def _lived_through(directory: Path, listen: str, acme: SimulatedVendor, place: Place) -> None:
    """A vendor goes down, the daemon is killed, the vendor recovers meanwhile, and a new daemon finds it well."""
    async with daemon(directory, listen, place.environment) as watching:
        await watching.until("all is well", lambda s: state(s, "acme") == "up")
        acme.api_status = 503
        await watching.until("the API is down", lambda s: state(s, "acme") == "down")

        async def is_stored() -> bool:
            return bool(await asyncio.to_thread(place.rows, "SELECT 1 FROM stretch WHERE state = 'down'"))

        await until("that is stored", is_stored, bool)
        await watching.stop(signal.SIGKILL)
    await asyncio.sleep(DEAD_SECONDS)
    acme.api_status = 200
    async with daemon(directory, listen, place.environment) as watching:
        await watching.until("all is well again", lambda s: state(s, "acme") == "up")
        await asyncio.sleep(2)
        assert await watching.stop() == 0


@pytest.mark.slow
def test_what_a_killed_daemon_could_not_see_is_unknown_and_the_rest_adds_up(tmp_path: Path, place: Place) -> None:
    begins = datetime.now(UTC)

    async def story() -> Path:
        async with AsyncExitStack() as stack:
            acme = await stack.enter_async_context(simulated("acme", "127.0.0.2"))
            listen = free_address()
            directory = write_config(tmp_path, listen, ca_file(tmp_path), acme)
            with (directory / "monitor.yaml").open("a") as settings:
                settings.write("database: env:DATABASE_URL\n")
            await _lived_through(directory, listen, acme, place)
            return directory

    directory = asyncio.run(story())
    ends = datetime.now(UTC) + timedelta(seconds=1)
    review = _said(directory, place, "report", "acme", "--from", begins.isoformat(), "--to", ends.isoformat())
    in_all = review["vendors"][0]["in_all"]
    seconds = in_all["seconds"]
    assert seconds["elapsed"] == sum(seconds[each] for each in ("up", "degraded", "down", "unknown", "maintenance"))
    assert seconds["unknown"] >= DEAD_SECONDS - 1
    assert seconds["up"] >= 1
    assert in_all["availability"] == (seconds["counted"] - seconds["down"]) / seconds["counted"]
    [outage] = review["vendors"][0]["outages"]
    assert outage["closed_at"]
    assert outage["targets"] == ["acme/endpoint/api"]
    assert _said(directory, place, "db", "check")["sound"]
    looks = _said(directory, place, "looks", "acme/endpoint/api", "--at", outage["opened_at"])["looks"]
    assert {look["at"]: look["severity"] for look in looks}[outage["opened_at"]] == "critical"
