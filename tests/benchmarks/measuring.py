"""What benchmarks share: a number and how it came about, clocks, memory, medians of rounds, the stall of an event loop.

Absolute times differ between machines and with their load. What is compared is therefore measured in the same run, in
rounds that take turns, as CPU time of the process that does the work.
"""

from __future__ import annotations

import asyncio
import gc
import re
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A result: *value* in *unit*, from *n* samples, and *how* it was measured."""

    what: str
    value: float
    unit: str
    n: int
    how: str


class Absent(Exception):  # noqa: N818 - a reason to leave a benchmark out, not a fault
    """Something a benchmark needs is not on this machine; the text says what and how to get it."""


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, all of its threads, those that ended included; clock_getcpuclockid(3) on Linux."""
    return time.clock_gettime((~pid << 3) | 2)


def memory_mib(pid: int | str = "self", field_name: str = "VmRSS") -> float:
    """``VmRSS``, what a process has in memory now, or ``VmHWM``, the most it ever had (proc_pid_status(5))."""
    found = re.search(rf"{field_name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found, f"/proc/{pid}/status has no {field_name}"
    return int(found[1]) / 1024


def program(name: str, package: str) -> str:
    """The path of a program, which is in that Debian *package*. Raises `Absent`."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if not found:
        msg = f"{name} is not installed (Debian: apt install {package})"
        raise Absent(msg)
    return found


def percentile(samples: Sequence[float], percent: int) -> float:
    """The smallest of *samples* that is as large as *percent* of them, about."""
    return quantiles(samples, n=100, method="inclusive")[percent - 1]


def apart(act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What *act* returns in a process of its own, whose memory and caches nobody used before."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(act, *args, **kwargs).result()


def measured(topic: str, *, quick: bool) -> list[Number]:
    """The numbers of the module *topic* beside this one; raises `Absent`."""
    return list(import_module(f"{__package__}.{topic}").measure(quick=quick))


@dataclass(frozen=True, slots=True)
class Case:
    """One of several ways to do the same. *look* does it once, *cpu* is the clock of the process that does the work."""

    name: str
    look: Callable[[], Awaitable[object]]
    cpu: Callable[[], float] = time.process_time


@dataclass(frozen=True, slots=True)
class Cost:
    """What a case took, by round: CPU and wall milliseconds of one look."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)


async def interleaved(
    cases: Sequence[Case], *, rounds: int, looks: int, at_once: int = 4, warm: int = 20
) -> dict[str, Cost]:
    """Every case's costs, the cases taking turns in each of the *rounds*."""
    costs = {case.name: Cost() for case in cases}
    for case in cases:
        await _looked(case, warm, at_once)
    for _ in range(rounds):
        for case in cases:
            gc.collect()
            began = case.cpu()
            walls = await _looked(case, looks, at_once)
            costs[case.name].cpu.append((case.cpu() - began) / looks * 1e3)
            costs[case.name].wall.append(median(walls) * 1e3)
    return costs


async def _looked(case: Case, looks: int, at_once: int) -> list[float]:
    """The seconds of each of so many looks, so many of them at once."""
    left, walls = iter(range(looks)), list[float]()

    async def look() -> None:
        for _ in left:
            began = time.perf_counter()
            await case.look()
            walls.append(time.perf_counter() - began)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(look())
    return walls


@asynccontextmanager
async def stalls() -> AsyncIterator[list[float]]:
    """While open, how late a task was that wants to run every millisecond: seconds, one for each time it ran."""
    late = list[float]()

    async def tick() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            late.append(time.perf_counter() - began - 0.001)

    task = asyncio.create_task(tick())
    try:
        yield late
    finally:
        task.cancel()
