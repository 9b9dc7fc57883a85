"""What became of the looks of a daemon: how many it made, how many wait to be written, and which its store has."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from monitor.demo.vendors import SimulatedVendor
from monitor.store.sql import open_existing
from tests.support.daemon import Daemon, Series, state, value

API = "acme/endpoint/api"
CHANGES = """
SELECT before, after FROM transition WHERE target_id = (SELECT id FROM target WHERE key = 'acme/endpoint/api') ORDER BY id
"""
"""The states that it was believed to change from and to, in the order of writing."""


def waiting(series: Series) -> float | None:
    """How many records wait to be written."""
    return value(series, "vendorwatch_store_queue_length")


def dropped(series: Series) -> float:
    """How many will never be."""
    return sum(number for (name, _), number in series.items() if name == "vendorwatch_store_dropped_total")


def looks(series: Series) -> int:
    """How often the API was looked at."""
    return int(value(series, "vendor_probe_runs_total", vendor="acme", check="endpoint", target="api") or 0)


def stored_looks(database: Path) -> set[object]:
    """When it was looked at, as the store has it."""
    with closing(open_existing(f"sqlite:///{database}")) as store:
        return {seen.at for seen in store.observations(API, limit=100_000)}


def rows(database: Path, query: str) -> list[tuple[object, ...]]:
    """What *query* finds in a database."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


async def break_and_mend(acme: SimulatedVendor, watching: Daemon) -> None:
    """Let the vendor fail and recover; the daemon sees both."""
    acme.api_status = 503
    await watching.until("it sees that it is down", lambda s: state(s, "acme") == "down")
    acme.api_status = 200
    await watching.until("and up again", lambda s: state(s, "acme") == "up")
    assert (await watching.get("/-/healthy"))[0] == 200
