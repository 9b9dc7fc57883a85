"""What remembering costs: rows a second, the stall of the event loop beside it, bytes a row, memory of a full backlog.

Run it with ``python -m tests.benchmarks.store``.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from checks.model import Finding, Severity
from monitor.clock import SYSTEM_CLOCK
from monitor.store.sql import open_store
from monitor.store.store import Record
from monitor.store.writer import Writer
from tests.support.records import record

TARGETS = 10_000
ROWS = 100_000


def facts_of(number: int) -> dict[str, Any]:
    """What an endpoint check sees: a few numbers that change each time, and much that does not."""
    phases = {"resolve": 0.001, "connect": 0.01, "tls": 0.02, "first_byte": number / 1e6, "transfer": 0.0001}
    fixed = {"status": 200, "address": "203.0.113.5", "ip_family": "ipv4", "http_version": "HTTP/1.1", "json": None}
    page = {"url": "https://api.vendor.example/v1/health", "hops": (), "content_type": "application/json"}
    return {"seconds": number / 1e6, "phases": phases, **fixed, **page, "body_bytes": 512, "headers": {}, "refusal": None}


def endpoint_record(number: int) -> Record:
    finding = Finding("endpoint.well", Severity.OK, "answered 200 in 0.031 s")
    key = f"vendor{number % TARGETS // 10}/endpoint/{number % 10}"
    return record(key, second=number / 167, facts=facts_of(number), findings=(finding,))


async def longest_stall(done: asyncio.Event) -> tuple[float, float]:
    """The longest and the median lateness of a task that wants to run every millisecond."""
    late = []
    while not done.is_set():
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        late.append(time.perf_counter() - began - 0.001)
    return max(late), sorted(late)[len(late) // 2]


def memory_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def measure(folder: Path) -> None:
    store = open_store("sqlite:///bench.db", folder)
    writer = Writer(store, SYSTEM_CLOCK, limit=ROWS)
    before = memory_mib()
    records = [endpoint_record(number) for number in range(ROWS)]
    began = time.perf_counter()
    for one in records:
        writer.put(one)
    say("put", f"{(time.perf_counter() - began) / ROWS * 1e6:.1f} us a record")
    say("memory of the backlog", f"{(memory_mib() - before) / ROWS * 1024:.1f} KiB a record")
    records.clear()
    done = asyncio.Event()
    stall = asyncio.create_task(longest_stall(done))
    began, cpu = time.perf_counter(), time.process_time()
    left = await writer.flush(120)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    done.set()
    longest, median = await stall
    say("written", f"{(ROWS - left) / seconds:,.0f} rows/s, {cpu / ROWS * 1e6:.0f} us of CPU a row")
    say("event loop late", f"{median * 1e3:.1f} ms in the median, {longest * 1e3:.1f} ms at most")
    began = time.perf_counter()
    states = store.states()
    say("latest states", f"{len(states)} read in {time.perf_counter() - began:.3f} s")
    began = time.perf_counter()
    store.observations("vendor7/endpoint/3", limit=10)
    say("10 observations of a target", f"{(time.perf_counter() - began) * 1e3:.1f} ms")
    store.close()
    say("size", f"{(folder / 'bench.db').stat().st_size / ROWS:.0f} bytes a row")


def say(what: str, told: str) -> None:
    sys.stdout.write(f"{what:30} {told}\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder)))
