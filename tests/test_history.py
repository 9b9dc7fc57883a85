"""What the real daemon leaves behind, read by the command line: a kill loses nothing that was told, and hides no time."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.daemon import COMMAND, daemon, state
from tests.support.programs import free_address
from tests.support.servers import ca_file
from tests.support.vendors import SimulatedVendor, simulated, write_config
from tests.support.waiting import until

DEAD_SECONDS = 4


def _said(directory: Path, *arguments: str) -> Any:
    """What a command prints as JSON."""
    command = [COMMAND, *arguments, "--config", str(directory), "--format", "json"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def _lived_through(directory: Path, listen: str, acme: SimulatedVendor) -> None:
    """A vendor goes down, the daemon is killed, the vendor recovers meanwhile, and a new daemon finds it well."""
    async with daemon(directory, listen) as watching:
        await watching.until("all is well", lambda s: state(s, "acme") == "up")
        acme.api_status = 503
        await watching.until("the API is down", lambda s: state(s, "acme") == "down")

        async def is_stored() -> bool:
            return watching.rows("SELECT 1 FROM stretch WHERE state = 'down'") != []

        await until("that is stored", is_stored, bool)
        await watching.stop(signal.SIGKILL)
    await asyncio.sleep(DEAD_SECONDS)
    acme.api_status = 200
    async with daemon(directory, listen) as watching:
        await watching.until("all is well again", lambda s: state(s, "acme") == "up")
        await asyncio.sleep(2)
        assert await watching.stop() == 0


@pytest.mark.slow
def test_what_a_killed_daemon_could_not_see_is_unknown_and_the_rest_adds_up(tmp_path: Path) -> None:
    begins = datetime.now(UTC)

    async def story() -> Path:
        async with AsyncExitStack() as stack:
            acme = await stack.enter_async_context(simulated("acme", "127.0.0.2"))
            listen = free_address()
            directory = write_config(tmp_path, listen, ca_file(tmp_path), acme)
            await _lived_through(directory, listen, acme)
            return directory

    directory = asyncio.run(story())
    ends = datetime.now(UTC) + timedelta(seconds=1)
    review = _said(directory, "report", "acme", "--from", begins.isoformat(), "--to", ends.isoformat())
    in_all = review["vendors"][0]["in_all"]
    seconds = in_all["seconds"]
    assert seconds["elapsed"] == sum(seconds[each] for each in ("up", "degraded", "down", "unknown", "maintenance"))
    assert seconds["unknown"] >= DEAD_SECONDS - 1
    assert seconds["up"] >= 1
    assert in_all["availability"] == (seconds["counted"] - seconds["down"]) / seconds["counted"]
    [outage] = review["vendors"][0]["outages"]
    assert outage["closed_at"]
    assert outage["targets"] == ["acme/endpoint/api"]
    assert _said(directory, "db", "check")
    looks = _said(directory, "looks", "acme/endpoint/api", "--at", outage["opened_at"])["looks"]
    assert {look["at"]: look["severity"] for look in looks}[outage["opened_at"]] == "critical"
