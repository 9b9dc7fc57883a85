"""What a scrape costs, and how long it holds up the event loop: the real exporter over real entries, served for real."""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from statistics import median

from checks.check import all_checks
from checks.values import Address
from monitor.metrics import Exporter
from monitor.store.sql import open_store
from monitor.web import Pages, WebServer
from tests.benchmarks.measuring import Number, apart, memory_mib, stalls
from tests.benchmarks.watching import Watching

SIZES = (4_000, 10_000)
CHANGED = 0.01
"""The share of targets probed between two scrapes that follow each other at once."""
QUARTER = 0.25
"""The share probed between two scrapes that are 15 s apart, at one probe a minute."""
IDLE_SECONDS = 0.2
_CLIENT = """
import sys, time
from urllib.request import Request, urlopen
for line in sys.stdin:
    began = time.perf_counter()
    with urlopen(Request(line.strip(), headers={"Accept-Encoding": "gzip"})) as page:
        size = len(page.read())
    assert size
    print(time.perf_counter() - began, flush=True)
"""


def measure(*, quick: bool) -> Iterator[Number]:
    """Rendering and scraping, for each number of targets in a process of its own."""
    for size in SIZES:
        yield from apart(scraped, size, 3 if quick else 9)


def scraped(size: int, rounds: int) -> list[Number]:
    """The numbers for *size* targets."""
    with tempfile.TemporaryDirectory() as name, closing(open_store("sqlite:///bench.db", Path(name))) as store:
        return asyncio.run(_scraped(Watching(size // 10, store), rounds))


async def _scraped(watching: Watching, rounds: int) -> list[Number]:
    await watching.look()
    vendors = watching.chronicle.vendors
    exporter = Exporter(watching.watch.snapshot, lambda: vendors.standings, all_checks().values(), watching.instruments)
    before = memory_mib()
    cold = _render(exporter)
    kept = memory_mib() - before
    page = b"".join(exporter.page())
    series = sum(not line.startswith(b"#") for line in page.splitlines())
    about = f"{len(watching.targets):,} targets, {series:,} series"
    once = partial(Number, n=1)
    return [
        once(what=f"{about}: page", value=len(page) / 1e6, unit="MB", how="uncompressed"),
        once(what=f"{about}: cold", value=cold, unit="ms", how="CPU of Exporter.page, the first one"),
        once(what=f"{about}: memory kept", value=kept, unit="MiB", how="growth of RSS by the first page"),
        *[number async for number in _rendered(about, watching, exporter, rounds)],
        *[number async for number in _served(about, watching, exporter, rounds)],
    ]


def _render(exporter: Exporter) -> float:
    """CPU milliseconds of a page, thrown away piece by piece as when it is compressed."""
    gc.collect()
    began = time.thread_time()
    for _ in exporter.page():
        pass
    return (time.thread_time() - began) * 1e3


async def _rendered(about: str, watching: Watching, exporter: Exporter, rounds: int) -> AsyncIterator[Number]:
    for share in (CHANGED, QUARTER):
        times = list[float]()
        for _ in range(rounds):
            await watching.look(share)
            times.append(_render(exporter))
        how = "CPU of Exporter.page, median"
        yield Number(what=f"{about}: warm, {share:.0%} changed", value=median(times), unit="ms", n=rounds, how=how)


async def _served(about: str, watching: Watching, exporter: Exporter, rounds: int) -> AsyncIterator[Number]:
    """What another process waits for, and what the event loop does; beside it, how late the loop is without a scrape."""
    idle, late, took = list[float](), list[float](), list[float]()
    pages = Pages(metrics=exporter.page, healthy=lambda: True, ready=lambda: True, site=lambda _asked: None)
    with WebServer(Address("127.0.0.1", 0), pages) as server:
        async with _client() as client:
            for _ in range(rounds):
                await watching.look(QUARTER)
                gc.collect()
                async with stalls() as alone:
                    await asyncio.sleep(IDLE_SECONDS)
                async with stalls() as beside:
                    took.append(await _scrape(client, f"http://{server.address}/metrics"))
                idle.append(max(alone))
                late.append(max(beside))
    number = partial(Number, unit="ms", n=rounds)
    what = f"{about}: scrape over HTTP, {QUARTER:.0%} changed"
    yield number(what=what, value=median(took) * 1e3, how="wall, gzip, seen by another process, median")
    yield number(what=f"{what}, loop late", value=median(late) * 1e3, how="worst of a scrape, median of scrapes")
    yield number(what=f"{what}, loop late, most", value=max(late) * 1e3, how="worst of all scrapes")
    yield number(
        what=f"{about}: loop late without a scrape", value=median(idle) * 1e3, how="worst of 0.2 s, median: the machine"
    )


@asynccontextmanager
async def _client() -> AsyncIterator[Process]:
    """A process that scrapes the address on each line it is sent."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _CLIENT, stdin=PIPE, stdout=PIPE)
    try:
        yield process
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()


async def _scrape(client: Process, url: str) -> float:
    """Seconds of one scrape, as the other process saw it."""
    assert client.stdin
    assert client.stdout
    client.stdin.write(f"{url}\n".encode())
    return float(await client.stdout.readline())
