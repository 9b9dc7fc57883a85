"""What a look at a server's TLS costs: our handshake, quick and deep scan, beside blackbox_exporter and sslscan, in turns.

Everybody looks at the same nginx with a good configuration of today (Mozilla's "intermediate") and two certificates. What
goes over the wire is counted on the way to it, in a look of its own that is not timed. sslscan is a program that is started
for each look, and its start is in its numbers; of the others only the looks are.
"""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import perf_counter, process_time

import certifi

from checks.network import Peer
from checks.tls.asking import hold
from checks.tls.deep import DEEP_CONNECTIONS, deep
from checks.tls.posture import Verdict
from checks.tls.quick import QUICK_CONNECTIONS, quick
from checks.values import Address
from checks.vendor import Vendor
from monitor.network.network import LiveNetwork
from tests.benchmarks.blackbox import Blackbox, blackbox
from tests.benchmarks.measuring import Case, Cost, Number, apart, interleaved, memory_mib, percentile, program, stalls
from tests.benchmarks.probe import live, look
from tests.support.build import targets
from tests.support.certlab import ROOT
from tests.support.servers import serving
from tests.support.tlsprograms import nginx_server
from tests.support.tlsservers import NAME, pem

CERTIFICATE, POSTURE = "certificate check", "tls check"
QUICK, DEEP = "quick scan", "deep scan"
OURS = (CERTIFICATE, POSTURE, QUICK, DEEP)
SCANS = {QUICK: (quick, QUICK_CONNECTIONS), DEEP: (deep, DEEP_CONNECTIONS)}
BLACKBOX_TLS, BLACKBOX_HTTP = "blackbox_exporter, tcp with TLS", "blackbox_exporter, https"
SSLSCAN = "sslscan"
RATIOS = (
    (CERTIFICATE, BLACKBOX_TLS), (CERTIFICATE, BLACKBOX_HTTP), (QUICK, BLACKBOX_TLS), (QUICK, SSLSCAN), (DEEP, SSLSCAN),
)  # fmt: skip
IN_FLIGHT = 30
SITE = "intermediate"
HOSTS = [f"127.0.0.{number}" for number in range(1, IN_FLIGHT + 1)]
"""So many hosts, because scans of one host share its few connections."""

_LATE_SECONDS = 0.05
"""A relay hears of the end of a look later than who looked."""

Look = Callable[[], Awaitable[object]]
CpuClock = Callable[[], float]


@dataclass
class Wire:
    """What a look costs on the wire; *carried* counts bytes both ways, without those of TCP and IP."""

    connections: int = 0
    carried: int = 0


def measure(*, quick: bool) -> Iterator[Number]:
    """Costs by who looks, the ratios; then what one event loop gets done, and what it keeps."""
    with (
        tempfile.TemporaryDirectory() as name,
        nginx_server(program("nginx", "nginx-light"), Path(name), [SITE], HOSTS) as ports,
    ):
        folder, port = Path(name), ports[SITE]
        (folder / "ca.pem").write_bytes(pem(ROOT) + Path(certifi.where()).read_bytes())
        rounds, looks = (3, 5) if quick else (9, 20)
        yield from asyncio.run(_compared(folder, port, rounds, looks))
        for what, count in {CERTIFICATE: 3000, QUICK: 2000, DEEP: 200}.items():
            yield from apart(throughput, folder, port, what, count // 10 if quick else count)
        yield from apart(memory, folder, port, 500 if quick else 5000)


async def _compared(folder: Path, port: int, rounds: int, looks: int) -> list[Number]:
    async with AsyncExitStack() as stack:
        exporter = stack.enter_context(blackbox(folder, folder / "ca.pem"))
        network = await stack.enter_async_context(live(folder / "ca.pem"))
        ways = _ways(network, exporter, port)
        wires = {name: await _counted(name, network, exporter, port) for name in ways}
        theirs: dict[str, CpuClock] = {BLACKBOX_TLS: exporter.cpu, BLACKBOX_HTTP: exporter.cpu, SSLSCAN: _children_cpu}
        cases = [Case(name, way, theirs.get(name, process_time)) for name, way in ways.items()]
        costs = await interleaved(cases, rounds=rounds, looks=looks, at_once=1, warm=2)
    return [*_told(costs, wires, rounds * looks), *_ratios(costs, wires, rounds * looks)]


def _ways(network: LiveNetwork, exporter: Blackbox, port: int) -> dict[str, Look]:
    """Everybody's way to look once at *port*, by name."""
    return {
        **{name: partial(_look, network, name, NAME, port) for name in OURS},
        BLACKBOX_TLS: partial(asyncio.to_thread, exporter.probe, "handshake", f"{NAME}:{port}"),
        BLACKBOX_HTTP: partial(asyncio.to_thread, exporter.probe, "verified", f"https://{NAME}:{port}/"),
        SSLSCAN: partial(
            asyncio.to_thread, subprocess.check_output, [program("sslscan", "sslscan"), "-4", f"{NAME}:{port}"]
        ),
    }


async def _look(network: LiveNetwork, name: str, host: str, port: int) -> None:
    """One of our looks; raises `AssertionError` when it fails."""
    peer = Peer(Address(host, port))
    if name in SCANS:
        scan, budget = SCANS[name]
        posture = await hold(scan(host), network, peer, budget=budget)
        assert posture.versions["TLSv1.2"] is Verdict.YES, posture
    else:
        watched = Vendor(slug="bench", name="Bench", tls=(peer.address,))
        await look(targets(watched, check=name.removesuffix(" check"))[0], network)


async def _counted(name: str, network: LiveNetwork, exporter: Blackbox, port: int) -> Wire:
    """What one look puts on the wire, by way of a relay."""
    wire = Wire()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while content := await reader.read(65_536):
                wire.carried += len(content)
                writer.write(content)
                await writer.drain()
        writer.close()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pump(reader, back), pump(there, writer))

    async with serving(relay) as listener:
        await _ways(network, exporter, listener.port)[name]()
        await asyncio.sleep(_LATE_SECONDS)
    wire.connections = listener.connections
    return wire


def _children_cpu() -> float:
    """User and system time of the programs that were run and have ended."""
    spent = getrusage(RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _told(costs: dict[str, Cost], wires: dict[str, Wire], n: int) -> Iterator[Number]:
    wire = partial(Number, n=1, how="one look, by way of a relay; bytes are those that TCP carries, both ways")
    number = partial(Number, n=n, how="one look at a time, median of rounds that take turns")
    for name, cost in costs.items():
        yield wire(what=f"{name}: connections", value=wires[name].connections, unit="connections")
        yield wire(what=f"{name}: carried", value=wires[name].carried / 1e3, unit="kB")
        yield number(what=f"{name}: CPU", value=median(cost.cpu), unit="ms")
        yield number(what=f"{name}: wall", value=median(cost.wall), unit="ms")


def _ratios(costs: dict[str, Cost], wires: dict[str, Wire], n: int) -> Iterator[Number]:
    number = partial(Number, n=n, how="median of the ratios by round")
    for one, other in RATIOS:
        what, ours, theirs = f"{one} / {other}", costs[one], costs[other]
        counts = wires[one].connections / wires[other].connections
        yield Number(what=what, value=counts, unit="x connections", n=1, how="one look each")
        yield number(what=what, value=_ratio(ours.cpu, theirs.cpu), unit="x CPU")
        yield number(what=what, value=_ratio(ours.wall, theirs.wall), unit="x wall")


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return median(one / other for one, other in zip(ours, theirs, strict=True))


def throughput(folder: Path, port: int, name: str, count: int) -> list[Number]:
    """How many looks of a kind one event loop gets done in a second, the server on the same machine."""
    return asyncio.run(_throughput(folder, port, name, count))


async def _throughput(folder: Path, port: int, name: str, count: int) -> list[Number]:
    async with live(folder / "ca.pem") as network:
        await _crowd(network, port, name, IN_FLIGHT)
        began, spent = perf_counter(), process_time()
        async with stalls() as late:
            await _crowd(network, port, name, count)
        seconds, cpu = perf_counter() - began, process_time() - spent
    number = partial(Number, n=count, how=f"{IN_FLIGHT} in flight, as many hosts, one event loop")
    return [
        number(what=f"{name}: throughput", value=count / seconds, unit="looks/s"),
        number(what=f"{name}: CPU in a crowd", value=cpu / count * 1e3, unit="ms"),
        number(what=f"{name}: event loop late, p99", value=percentile(late, 99) * 1e3, unit="ms"),
    ]


async def _crowd(network: LiveNetwork, port: int, name: str, count: int) -> None:
    """Look so many times, `IN_FLIGHT` at once, at the hosts in turns."""
    left = iter(range(count))

    async def look_on() -> None:
        for turn in left:
            await _look(network, name, HOSTS[turn % len(HOSTS)], port)

    async with asyncio.TaskGroup() as group:
        for _ in range(IN_FLIGHT):
            group.create_task(look_on())


def memory(folder: Path, port: int, count: int) -> list[Number]:
    """What a process keeps of so many quick scans."""
    return asyncio.run(_memory(folder, port, count))


async def _memory(folder: Path, port: int, count: int) -> list[Number]:
    async with live(folder / "ca.pem") as network:
        await _crowd(network, port, QUICK, count // 10)
        before = memory_mib()
        await _crowd(network, port, QUICK, count)
        after = memory_mib()
    number = partial(Number, unit="MiB", n=count, how=f"RSS of a process of its own, {count // 10} scans before")
    grown = after - before
    return [number(what="quick scan: memory", value=after), number(what="quick scan: memory, growth over all", value=grown)]
