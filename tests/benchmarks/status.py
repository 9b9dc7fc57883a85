"""What one poll of a status page over a kept connection costs: ours, plain httpx's, and blackbox_exporter's without one.

The pages forbid to be kept (``no-store``), so that no poll is spared by the page cache.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import cycle
from pathlib import Path
from statistics import median

import httpx

from checks.network import Request
from monitor.network.network import LiveNetwork
from tests.benchmarks.blackbox import blackbox
from tests.benchmarks.measuring import Case, Cost, Number, interleaved
from tests.benchmarks.nginx import PAGES, Nginx, nginx
from tests.benchmarks.probe import live, look
from tests.support.build import targets, vendor

HOSTS = 100
KEY = "RSA-2048"
HOW = "user+sys of the process, 4 polls in flight, median of rounds that take turns; "
OURS, FETCH, HTTPX, RIVAL = "vendorwatch", "vendorwatch, fetch only", "httpx, one client, and json", "blackbox_exporter"
HOWS = {
    OURS: "status check: fetch, read, judge, measure",
    FETCH: "the network alone",
    HTTPX: "one pool for all hosts",
    RIVAL: "a new connection each time, it keeps none; a regular expression on the body",
}


def measure(*, quick: bool) -> Iterator[Number]:
    """CPU of a poll by size of page and by who polls, and the ratios."""
    rounds, looks = (3, 100) if quick else (7, 300)
    with tempfile.TemporaryDirectory() as name, nginx(Path(name), {KEY: HOSTS}) as served:
        for size in PAGES:
            costs = asyncio.run(_costs(Path(name), served, size, rounds, looks))
            yield from _told(f"{size} page, {HOSTS} hosts", costs, rounds * looks)


def _told(about: str, costs: dict[str, Cost], n: int) -> Iterator[Number]:
    for name, cost in costs.items():
        yield Number(what=f"{about}: {name}, CPU", value=median(cost.cpu), unit="ms/poll", n=n, how=HOW + HOWS[name])
    for ours, other in ((OURS, HTTPX), (FETCH, HTTPX), (OURS, RIVAL)):
        ratio = median(one / two for one, two in zip(costs[ours].cpu, costs[other].cpu, strict=True))
        yield Number(what=f"{about}: {ours} / {other}", value=ratio, unit="x CPU", n=n, how="median of the ratios by round")


async def _costs(folder: Path, served: Nginx, size: str, rounds: int, looks: int) -> dict[str, Cost]:
    pages = [f"https://localhost:{port}/{size.replace(' ', '-')}" for port in served.ports[KEY]]
    polled = [targets(vendor(url=None, page=page), check="status")[0] for page in pages]
    ours, fetched, theirs, stock = cycle(polled), *(cycle(f"{page}/api/v2/summary.json" for page in pages) for _ in range(3))
    async with AsyncExitStack() as stack:
        exporter = stack.enter_context(blackbox(folder, served.ca_file))
        network = await stack.enter_async_context(live(served.ca_file))
        client = await stack.enter_async_context(_stock(served.ca_file))
        cases = [
            Case(OURS, lambda: look(next(ours), network)),
            Case(FETCH, lambda: _fetch(network, next(fetched))),
            Case(HTTPX, lambda: _get(client, next(stock))),
            Case(RIVAL, lambda: asyncio.to_thread(exporter.probe, "page", next(theirs)), exporter.cpu),
        ]
        return await interleaved(cases, rounds=rounds, looks=looks, warm=HOSTS)


async def _fetch(network: LiveNetwork, url: str) -> None:
    answer = await network.send(Request(url=url))
    assert answer.status == httpx.codes.OK
    assert not answer.cached
    assert answer.phases.connect is None or answer.phases.tls, "a kept connection, or all phases of a new one"


async def _get(client: httpx.AsyncClient, url: str) -> None:
    answer = await client.get(url)
    assert json.loads(answer.content)["status"]


def _stock(ca_file: Path) -> httpx.AsyncClient:
    context = ssl.create_default_context(cafile=str(ca_file))
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=120)
    return httpx.AsyncClient(verify=context, trust_env=False, limits=limits, timeout=30)
