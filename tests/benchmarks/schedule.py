"""How late probes begin and what turning them costs: all of the daemon's loop, but with a network that has no sockets.

The code of the whole daemon is loaded, every target has been looked at and stored before anything is measured, and answers
take `LATENCY_SECONDS`, so that probes overlap as real ones do.
"""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path

from monitor.clock import SYSTEM_CLOCK
from monitor.schedule import Rhythm, Schedule
from monitor.store.sql import open_store
from tests.benchmarks.measuring import Number, apart, memory_mib, percentile
from tests.benchmarks.watching import Watching

SIZES = (1_000, 10_000)
EVERY_SECONDS = 60.0
LATENCY_SECONDS = 0.03
SETTLE_SECONDS = 1.0
"""What the start itself costs is not what goes on all day."""


def measure(*, quick: bool) -> Iterator[Number]:
    """Lateness, CPU share and memory, for each number of targets in a process of its own."""
    for size in SIZES:
        yield from apart(scheduled, size, 8.0 if quick else 30.0)


def scheduled(size: int, seconds: float) -> list[Number]:
    """The numbers for *size* targets, watched for so many *seconds*."""
    import_module("monitor.starting")
    before = memory_mib()
    with tempfile.TemporaryDirectory() as name, closing(open_store("sqlite:///bench.db", Path(name))) as store:
        watching = Watching(size // 10, store)
        return asyncio.run(_watched(watching, seconds, before))


async def _watched(watching: Watching, seconds: float, before: float) -> list[Number]:
    writing = asyncio.create_task(watching.writer.run())
    await watching.look()
    looked = memory_mib()
    watching.network.seconds = LATENCY_SECONDS
    schedule = Schedule(lambda due: watching.watch.due(due.key, due.late), SYSTEM_CLOCK)
    adding = time.perf_counter()
    schedule.replace({target.key: Rhythm(EVERY_SECONDS, target.together) for target in watching.targets})
    adding = time.perf_counter() - adding
    schedule.start()
    await asyncio.sleep(SETTLE_SECONDS)
    watching.waited.clear()
    spent = await _spent(seconds)
    late = list(watching.waited)
    schedule.stop()
    assert not await watching.watch.drain(10), "some did not end"
    writing.cancel()
    assert not await watching.writer.flush(10), "some were not written"
    about, size = f"{len(watching.targets):,} targets every {EVERY_SECONDS:g} s", len(watching.targets)
    collecting = time.perf_counter()
    gc.collect()
    collecting = time.perf_counter() - collecting
    how = "wall: the pause of each full one, whenever the interpreter chooses to"
    collected = Number(what=f"{about}: garbage collection", value=collecting * 1e3, unit="ms", n=1, how=how)
    added = Number(what=f"{about}: a job", value=adding / size * 1e6, unit="us", n=size, how="wall, Schedule.replace")
    return [*_lateness(about, late), *_work(about, spent, len(late)), collected, added, *_memory(about, before, looked)]


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds that passed, CPU seconds of the event loop's thread, and of all threads."""

    wall: float
    loop: float
    every: float


async def _spent(seconds: float) -> Spent:
    """What the next so many *seconds* cost."""
    wall, loop, every = time.perf_counter(), time.thread_time(), time.process_time()
    await asyncio.sleep(seconds)
    return Spent(time.perf_counter() - wall, time.thread_time() - loop, time.process_time() - every)


def _lateness(about: str, late: list[float]) -> Iterator[Number]:
    number = partial(Number, unit="ms", n=len(late), how="from due to begun, the wait for a place included")
    yield number(what=f"{about}: late, p50", value=percentile(late, 50) * 1e3)
    yield number(what=f"{about}: late, p99", value=percentile(late, 99) * 1e3)
    yield number(what=f"{about}: late, most", value=max(late) * 1e3)


def _work(about: str, spent: Spent, probes: int) -> Iterator[Number]:
    number = partial(Number, n=probes)
    share, whole = spent.loop / spent.wall * 100, spent.every / spent.wall * 100
    yield number(what=f"{about}: event loop", value=share, unit="% of a core", how="CPU time of its thread")
    yield number(what=f"{about}: all threads", value=whole, unit="% of a core", how="CPU time of the process")
    yield number(what=f"{about}: CPU", value=spent.every / probes * 1e3, unit="ms/probe", how="all threads, no sockets")


def _memory(about: str, before: float, looked: float) -> Iterator[Number]:
    number = partial(Number, unit="MiB", n=1)
    yield number(what=f"{about}: memory before", value=before, how="RSS with the daemon's code loaded")
    yield number(what=f"{about}: memory, looked at", value=looked, how="RSS when each target was looked at once")
    yield number(what=f"{about}: memory at the end", value=memory_mib(), how="RSS")
    yield number(what=f"{about}: memory, most", value=memory_mib(field_name="VmHWM"), how="VmHWM")
