"""Any number of vendors, watched for some minutes by the daemon's own parts: a catalogue of one, or of hundreds.

Their past is the page at the end of it, scraped over and over: enough to see how long a question takes.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from tests.support.backfill import FIRST, JOB, Database, serving
from tests.support.catchup import CatchingUpLoop
from tests.support.fleet import DAY, DENSE, SPARSE, Fleet
from tests.support.fleetvendors import Certificates, sites, vendors
from tests.support.fleetworld import FleetNetwork
from tests.support.openmetrics import OpenMetricsFile, make_blocks

WATCHED_SECONDS = 150.0
"""Each target was looked at, and most of them twice."""


def crowd_page(count: int) -> tuple[float, bytes]:
    """``/metrics`` of a daemon that watches so many vendors, and the Unix time of that."""
    loop = CatchingUpLoop(3600)
    now = loop.clock.now()
    made = Certificates(now)
    groups = [f"-{number:03}" for number in range(-(-count // 7))] if count > 1 else [""]
    watched = [vendor for suffix in groups for vendor in vendors(now - timedelta(days=1), suffix)][:count]
    known = {domain: site for suffix in groups for domain, site in sites(made, suffix).items()}
    fleet = Fleet(tuple(watched), FleetNetwork(clock=loop.clock, sites=known, roots=made.roots), loop.clock)
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(_watched(fleet))


async def _watched(fleet: Fleet) -> tuple[float, bytes]:
    canaries = asyncio.ensure_future(fleet.canaries.run())
    fleet.adopt(DENSE)
    await asyncio.sleep(WATCHED_SECONDS)
    fleet.beat()
    found = fleet.clock.now().timestamp(), b"".join(fleet.page())
    fleet.end()
    await fleet.watch.drain(0)
    canaries.cancel()
    return found


@contextmanager
def crowd_database(folder: Path, count: int, names: Collection[str]) -> Iterator[tuple[Database, float]]:
    """A Prometheus that has seen these families of so many vendors for a day; and the Unix time of its end."""
    end, whole = crowd_page(count)
    page = b"".join(line for line in whole.splitlines(keepends=True) if re.split(rb"[{ ]", line)[0].decode() in names)
    with OpenMetricsFile(folder / "crowd.om", {"job": JOB, "instance": FIRST}) as file:
        for number in range(int(DAY / SPARSE.scrape), -1, -1):
            file.scraped(end - number * SPARSE.scrape, page + b"up 1\n")
    make_blocks([file.path], folder / "tsdb")
    file.path.unlink()
    with serving(folder) as database:
        yield database, end
