"""What remembering costs: rows a second, the stall of the event loop beside it, bytes a row, memory of a full backlog."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from checks.model import Finding, Severity
from monitor.clock import SYSTEM_CLOCK
from monitor.store.sql import SqlStore, open_store
from monitor.store.store import Record
from monitor.store.writer import Writer
from tests.benchmarks.measuring import Number, memory_mib, stalls
from tests.support.records import record

TARGETS = 10_000
ROWS = 100_000
QUICK_ROWS = 20_000


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


def measure(*, quick: bool) -> Iterator[Number]:
    """Writing a full backlog to an empty database, and reading from it."""
    rows = QUICK_ROWS if quick else ROWS
    with tempfile.TemporaryDirectory() as name, closing(open_store("sqlite:///bench.db", Path(name))) as store:
        yield from written_and_read(store, rows)
        store.close()
        size = (Path(name) / "bench.db").stat().st_size / rows
        yield Number(what="size", value=size, unit="bytes/row", n=rows, how="the database file")


def written_and_read(store: SqlStore, rows: int) -> Iterator[Number]:
    """So many *rows*, written to an empty *store* and read from it."""
    yield from asyncio.run(_written(store, rows))
    yield from _read(store)


async def _written(store: SqlStore, rows: int) -> list[Number]:
    writer, before = Writer(store, SYSTEM_CLOCK, limit=rows), memory_mib()
    records = [endpoint_record(number) for number in range(rows)]
    began = time.perf_counter()
    for one in records:
        writer.put(one)
    put, kept = time.perf_counter() - began, memory_mib() - before
    records.clear()
    async with stalls() as late:
        began, cpu = time.perf_counter(), time.process_time()
        left = await writer.flush(120)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    assert not left, f"{left} rows were not written in two minutes"
    number = partial(Number, n=rows)
    return [
        number(what="Writer.put", value=put / rows * 1e6, unit="us/record", how="wall"),
        number(what="memory of the backlog", value=kept / rows * 1024, unit="KiB/record", how="growth of RSS"),
        number(what="written", value=rows / seconds, unit="rows/s", how="Writer.flush, in batches of 1,000"),
        number(what="written, CPU", value=cpu / rows * 1e6, unit="us/row", how="the process"),
        Number(what="loop late meanwhile", value=median(late) * 1e3, unit="ms", n=len(late), how="1 ms ticker, median"),
        Number(what="loop late meanwhile, most", value=max(late) * 1e3, unit="ms", n=len(late), how="1 ms ticker, worst"),
    ]


def _read(store: SqlStore) -> Iterator[Number]:
    began = time.perf_counter()
    states = store.states()
    yield Number(what="latest states", value=(time.perf_counter() - began) * 1e3, unit="ms", n=len(states), how="wall, all")
    began = time.perf_counter()
    found = store.observations("vendor7/endpoint/3", limit=10)
    took = (time.perf_counter() - began) * 1e3
    yield Number(what="observations of a target", value=took, unit="ms", n=len(found), how="wall, so many of them")
