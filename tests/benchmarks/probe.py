"""What one HTTPS probe on a new connection costs: ours, blackbox_exporter's and plain httpx's, in turns."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from functools import partial
from ipaddress import ip_network
from itertools import cycle
from pathlib import Path
from statistics import median

import httpx

from checks.check import all_checks
from checks.model import Target
from monitor.clock import SYSTEM_CLOCK
from monitor.network.network import LiveNetwork
from monitor.probe import probe
from monitor.settings import NetworkSettings
from tests.benchmarks.blackbox import blackbox
from tests.benchmarks.measuring import Case, Cost, Number, interleaved
from tests.benchmarks.nginx import KEYS, Nginx, nginx
from tests.support.build import targets, vendor

PORTS = 8
OURS, HTTPX = "vendorwatch", "httpx, one client"
RIVAL = "blackbox_exporter, verifying"
BLIND = "blackbox_exporter, insecure_skip_verify"


def measure(*, quick: bool) -> Iterator[Number]:
    """CPU and wall time of a probe by kind of key and by who probes, and the ratios to blackbox_exporter."""
    rounds, looks = (3, 60) if quick else (9, 200)
    with tempfile.TemporaryDirectory() as name, nginx(Path(name), dict.fromkeys(KEYS, PORTS)) as served:
        for key in KEYS:
            costs = asyncio.run(_costs(Path(name), served, key, rounds, looks))
            yield from _told(key, costs, rounds * looks)


async def _costs(folder: Path, served: Nginx, key: str, rounds: int, looks: int) -> dict[str, Cost]:
    urls = [f"https://localhost:{port}/health" for port in served.ports[key]]
    async with AsyncExitStack() as stack:
        exporter = stack.enter_context(blackbox(folder, served.ca_file))
        network = await stack.enter_async_context(live(served.ca_file))
        client = await stack.enter_async_context(_stock(served.ca_file))
        ours, theirs, blind, stock = cycle([looked_at(url) for url in urls]), cycle(urls), cycle(urls), cycle(urls)
        cases = [
            Case(OURS, lambda: look(next(ours), network)),
            Case(RIVAL, lambda: asyncio.to_thread(exporter.probe, "verified", next(theirs)), exporter.cpu),
            Case(BLIND, lambda: asyncio.to_thread(exporter.probe, "unverified", next(blind)), exporter.cpu),
            Case(HTTPX, lambda: client.get(next(stock))),
        ]
        return await interleaved(cases, rounds=rounds, looks=looks)


def live(ca_file: Path) -> LiveNetwork:
    """The daemon's network, allowed on loopback."""
    return LiveNetwork(NetworkSettings(ca_file=ca_file, allow=(ip_network("127.0.0.0/8"), ip_network("::1/128"))))


def looked_at(url: str) -> Target[object]:
    """The endpoint target for *url*."""
    return targets(vendor(url=url), check="endpoint")[0]


async def look(target: Target[object], network: LiveNetwork) -> None:
    """Probe as the daemon does; raises `AssertionError` when the look fails."""
    seen = await probe(all_checks()[target.check], target, network, SYSTEM_CLOCK)
    assert not seen.failure, seen.failure


def _stock(ca_file: Path) -> httpx.AsyncClient:
    context = ssl.create_default_context(cafile=str(ca_file))
    return httpx.AsyncClient(verify=context, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


def _told(key: str, costs: dict[str, Cost], n: int) -> Iterator[Number]:
    number = partial(Number, n=n)
    for name, cost in costs.items():
        how = "user+sys of the process, 4 looks in flight, median of rounds that take turns"
        yield number(what=f"{key}: {name}, CPU", value=median(cost.cpu), unit="ms/probe", how=how)
    for name, cost in costs.items():
        yield number(what=f"{key}: {name}, wall", value=median(cost.wall), unit="ms/probe", how="median, 4 looks in flight")
    for name in (RIVAL, BLIND):
        ratio = median(ours / theirs for ours, theirs in zip(costs[OURS].cpu, costs[name].cpu, strict=True))
        yield number(what=f"{key}: ours / {name}", value=ratio, unit="x CPU", how="median of the ratios by round")
