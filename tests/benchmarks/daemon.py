"""The whole daemon against a server on loopback, seen from outside, and blackbox_exporter asked as often in the same run.

The daemon is scraped every `SCRAPE_SECONDS`, as it would be; it probes on new connections and stores what it sees.
"""

from __future__ import annotations

import asyncio
import gzip
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from urllib.request import Request, urlopen

from tests.benchmarks.blackbox import Blackbox, blackbox
from tests.benchmarks.measuring import Number, cpu_seconds, memory_mib
from tests.benchmarks.nginx import Nginx, nginx
from tests.support.servers import free_ports

COMMAND = str(Path(sys.executable).with_name("vendorwatch"))
KEY = "RSA-2048"
PORTS = 8
ENDPOINTS = 10
SCRAPE_SECONDS = 15.0
BOUNDS = ("0.001", "0.005", "0.01", "0.05")
"""Buckets of the daemon's histogram, in seconds."""
RUNS = "vendorwatch_probe_duration_seconds_count"
SAMPLES = ("vendorwatch_probe_d", "vendor_probe_failures_total")


@dataclass(frozen=True, slots=True)
class Plan:
    """So many vendors, their endpoints probed that often; watched before and while it is measured, in seconds."""

    vendors: int
    every: float
    before: float
    seconds: float

    @property
    def rate(self) -> float:
        """Probes of endpoints a second."""
        return self.vendors * ENDPOINTS / self.every


QUICK = Plan(vendors=50, every=3, before=6, seconds=10)
WHOLE = (Plan(vendors=50, every=3, before=10, seconds=30), Plan(vendors=1_000, every=60, before=70, seconds=40))


def measure(*, quick: bool) -> Iterator[Number]:
    """CPU a probe, memory and lateness of the daemon; CPU a probe of blackbox_exporter at the same rate."""
    for plan in (QUICK,) if quick else WHOLE:
        with tempfile.TemporaryDirectory() as name, nginx(Path(name), {KEY: PORTS}) as served:
            ours = yield from _daemon(plan, Path(name), served)
            theirs = yield from _rival(plan, Path(name), served)
            how = "CPU a probe, one after the other"
            yield Number(what=f"{_about(plan)}: ours / blackbox_exporter", value=ours / theirs, unit="x CPU", n=1, how=how)


def _about(plan: Plan) -> str:
    return f"{plan.vendors * ENDPOINTS:,} endpoints every {plan.every:g} s"


@dataclass(frozen=True, slots=True)
class Page:
    """What the daemon says of itself: samples by name with labels."""

    samples: Mapping[str, float]

    def total(self, name: str) -> float:
        """The sum of a name's samples over all labels."""
        return sum(value for sample, value in self.samples.items() if sample.partition("{")[0] == name)

    def at_most(self, bound: str) -> float:
        """How many probes began at most *bound* seconds after they were due."""
        return self.samples[f'vendorwatch_probe_delay_seconds_bucket{{le="{bound}"}}']


def _daemon(plan: Plan, folder: Path, served: Nginx) -> Generator[Number, None, float]:
    """The daemon's numbers; returns milliseconds of CPU a probe."""
    with _watching(plan, folder, served) as (pid, url):
        _page(url, plan.before)
        before, cpu = _page(url), cpu_seconds(pid)
        after, cpu = _page(url, plan.seconds), cpu_seconds(pid) - cpu
        now, most = memory_mib(pid), memory_mib(pid, "VmHWM")
    failed = after.total("vendor_probe_failures_total")
    assert not failed, f"{failed} probes failed"
    probes = round(after.total(RUNS) - before.total(RUNS))
    assert probes, f"nothing was probed in {plan.seconds} s:\n{(folder / 'log').read_text()[-2000:]}"
    number, about = partial(Number, n=probes), f"{_about(plan)}: vendorwatch"
    yield number(what=f"{about}, CPU", value=cpu / probes * 1e3, unit="ms/probe", how="the process, scraped every 15 s")
    yield number(what=f"{about}, CPU share", value=cpu / plan.seconds * 100, unit="% of a core", how="the process")
    yield Number(what=f"{about}, memory", value=now, unit="MiB", n=1, how="RSS after the measurement")
    yield Number(what=f"{about}, memory, most", value=most, unit="MiB", n=1, how="VmHWM")
    for bound in BOUNDS:
        share = (after.at_most(bound) - before.at_most(bound)) / probes * 100
        what = f"{about}, late at most {float(bound) * 1e3:g} ms"
        yield number(what=what, value=share, unit="% of probes", how="vendorwatch_probe_delay_seconds")
    return cpu / probes * 1e3


@contextmanager
def _watching(plan: Plan, folder: Path, served: Nginx) -> Iterator[tuple[int, str]]:
    """A daemon that watches: its process and the address of its metrics."""
    (port,) = free_ports(1)
    config = _written(plan, folder, served, port)
    with (folder / "log").open("w") as log, subprocess.Popen([COMMAND, "run", "--config", config], stderr=log) as process:
        try:
            _wait_until_ready(f"http://127.0.0.1:{port}/-/ready", folder / "log")
            yield process.pid, f"http://127.0.0.1:{port}/metrics"
        finally:
            process.terminate()


def _written(plan: Plan, folder: Path, served: Nginx, port: int) -> Path:
    """The configuration: vendors whose endpoints are paths of one port each."""
    vendors = folder / "config" / "vendors"
    vendors.mkdir(parents=True)
    (vendors.parent / "monitor.yaml").write_text(
        f"listen: 127.0.0.1:{port}\nconcurrency: {{per_host: 32}}\n"
        f"network: {{ca_file: {served.ca_file}, allow: [127.0.0.0/8, '::1/128']}}\ncanaries: {{ask: []}}\n"
    )
    for number, vendor_port in zip(range(plan.vendors), cycle(served.ports[KEY]), strict=False):
        urls = (f"https://localhost:{vendor_port}/v{number}/e{endpoint}" for endpoint in range(ENDPOINTS))
        lines = "".join(f"  - {{url: '{url}', every: {plan.every:g}s}}\n" for url in urls)
        (vendors / f"v{number:04d}.yaml").write_text(f"name: Vendor {number}\nendpoints:\n{lines}")
    return vendors.parent


def _wait_until_ready(url: str, log: Path) -> None:
    for _ in range(600):
        try:
            with urlopen(url, timeout=5):  # noqa: S310 - the daemon's own address
                return
        except OSError:
            time.sleep(0.1)
    msg = f"the daemon did not become ready:\n{log.read_text()[-2000:]}"
    raise RuntimeError(msg)


def _page(url: str, seconds: float = 0) -> Page:
    """What the daemon says after so many seconds, in which it is scraped as by a Prometheus."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > SCRAPE_SECONDS:
        time.sleep(SCRAPE_SECONDS)
        _get(url)
    time.sleep(max(left, 0))
    rows = (row.rpartition(" ") for row in _get(url).splitlines() if row.startswith(SAMPLES))
    return Page({name: float(value) for name, _, value in rows})


def _get(url: str) -> str:
    request = Request(url, headers={"Accept-Encoding": "gzip"})  # noqa: S310 - the daemon's own address
    with urlopen(request, timeout=30) as response:  # noqa: S310 - see above
        return gzip.decompress(response.read()).decode()


def _rival(plan: Plan, folder: Path, served: Nginx) -> Generator[Number, None, float]:
    """What blackbox_exporter takes at the same rate; returns milliseconds of CPU a probe."""
    with blackbox(folder, served.ca_file) as exporter:
        urls = cycle(f"https://localhost:{port}/" for port in served.ports[KEY])
        probes = round(plan.rate * min(plan.seconds, 30))
        asyncio.run(_paced(exporter, urls, 50, plan.rate))
        cpu = exporter.cpu()
        asyncio.run(_paced(exporter, urls, probes, plan.rate))
        cpu = exporter.cpu() - cpu
    what, how = f"{_about(plan)}: blackbox_exporter, CPU", "the process, verifying, asked over kept connections"
    yield Number(what=what, value=cpu / probes * 1e3, unit="ms/probe", n=probes, how=how)
    return cpu / probes * 1e3


async def _paced(exporter: Blackbox, urls: Iterator[str], probes: int, rate: float) -> None:
    """So many probes, so many a second."""
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number in range(probes):
            await asyncio.sleep(max(began + number / rate - time.monotonic(), 0))
            group.create_task(asyncio.to_thread(exporter.probe, "verified", next(urls)))
