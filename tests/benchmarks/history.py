"""What the past costs: bytes and CPU of a look, the size of ninety days of 10,000 targets, and how soon they are read.

The ninety days are written as the daemon's compaction leaves them: rollups by SQL in the order in which it writes them, the
last hours and what then goes for want of room by the compaction itself. Packs are those of an endpoint, as many as there is
room for. Phases of a look are differences of a clock of the machine, because that is what makes them hard to press.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from checks.model import Finding, Severity, State
from monitor.history import Presence, Stretch, tally
from monitor.sketch import Sketch
from monitor.store.sql import SqlStore, open_store
from monitor.store.store import Aside, Compacted, Consequences, Kept, Record
from monitor.threads import in_thread
from tests.benchmarks.measuring import Number, percentile, stalls
from tests.support.records import NOON, record

TARGETS, DAYS = 10_000, 90
QUICK_TARGETS, QUICK_DAYS = 500, 5
SHAPE_TARGETS, SHAPE_HOURS = 100, 2
UPTIME_SECONDS = 137_000.0
"""What a monotonic clock shows: how fine a float can be there is how fine its differences are."""
GIB = 1 << 30
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)

Shape = Callable[[random.Random, int], Any]


def _measured(chance: random.Random, seconds: float) -> float:
    began = UPTIME_SECONDS + 1_000 * chance.random()
    return began + chance.lognormvariate(0, 0.3) * seconds - began


def endpoint(chance: random.Random, number: int) -> dict[str, Any]:
    """What an endpoint check sees: its phases differ each time."""
    del number
    shares = {"resolve": 0.001, "connect": 0.01, "tls": 0.02, "first_byte": 0.03, "transfer": 0.0002}
    phases = {name: _measured(chance, seconds) for name, seconds in shares.items()}
    fixed = {"status": 200, "address": "203.0.113.5", "ip_family": "ipv4", "http_version": "HTTP/1.1", "json": None}
    page = {"url": "https://api.vendor.example/v1/health", "hops": (), "content_type": "application/json"}
    return {"seconds": sum(phases.values()), "phases": phases, **fixed, **page, "body_bytes": 512, "headers": {}}


def page(chance: random.Random, number: int) -> dict[str, Any]:
    """What a status check sees: forty components, one of which changes now and then, and how long the page took."""
    components = [{"name": f"Component {each}", "state": "up", "group": None, "id": f"c{each:04d}"} for each in range(40)]
    components[3]["state"] = "degraded" if number % 50 > 45 else "up"
    return {"platform": "statuspage", "components": components, "incidents": [], "seconds": _measured(chance, 0.08)}


def tls(chance: random.Random, number: int) -> dict[str, Any]:
    """What a quick scan of TLS sees: the same each time, but for how long it took."""
    del number
    suites = [f"TLS_ECDHE_RSA_WITH_AES_{each}_GCM_SHA256" for each in range(12)]
    found = {"versions": ["TLS 1.2", "TLS 1.3"], "suites": suites, "groups": ["x25519", "secp256r1"], "resumption": True}
    return {"grade": "A", **found, "seconds": _measured(chance, 0.4), "handshakes": 14}


@dataclass(frozen=True)
class Kind:
    """Looks of one shape, so many seconds apart."""

    name: str
    shape: Shape
    every: int


KINDS = (Kind("endpoint", endpoint, 60), Kind("status", page, 60), Kind("tls", tls, 3_600))


def measure(*, quick: bool) -> Iterator[Number]:
    """Looks before and after they are packed, and the whole past of many targets."""
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as name, closing(open_store("sqlite:///bench.db", Path(name))) as store:
            yield from _packed(store, Path(name) / "bench.db", kind)
    targets, days = (QUICK_TARGETS, QUICK_DAYS) if quick else (TARGETS, DAYS)
    with tempfile.TemporaryDirectory() as name, closing(open_store("sqlite:///bench.db", Path(name))) as store:
        yield from Past(store, Path(name) / "bench.db", targets, days).measure()


def looks(kind: Kind, targets: int, begins: datetime, ends: datetime) -> Iterator[Record]:
    """Looks at so many targets, in the order of time."""
    chance = random.Random(7)  # noqa: S311 - it guards nothing
    rounds = int((ends - begins).total_seconds()) // kind.every
    for number in range(rounds):
        for target in range(targets):
            at = (begins - NOON).total_seconds() + kind.every * (number + target / targets) + chance.random() / 500
            facts = kind.shape(chance, number)
            found = Finding(f"{kind.name}.well", Severity.OK, f"answered in {facts['seconds']:.3f} s")
            yield record(_key(target, kind.name), second=at, facts=facts, findings=(found,))


def _key(target: int, check: str = "endpoint") -> str:
    return f"vendor{target // 10:04d}/{check}/{target % 10}"


def _packed(store: SqlStore, file: Path, kind: Kind) -> Iterator[Number]:
    """Bytes of a look in the database before it is packed and in packs after, and the CPU of packing it."""
    empty = _used(file)
    hours = SHAPE_HOURS * max(1, kind.every // 1_800)
    ends = NOON + hours * HOUR
    count = _write(store, looks(kind, SHAPE_TARGETS, NOON, ends))
    before = _used(file) - empty
    cpu = time.process_time()
    _compact(store, ends + HOUR, Kept(observations_since=NOON, hours_since=NOON, bytes=GIB))
    cpu = time.process_time() - cpu
    packed = _ask(file, "SELECT sum(length(packed)) FROM pack")
    number = partial(Number, n=count, how=f"{SHAPE_TARGETS} targets at {kind.every} s, {hours} hours")
    yield number(what=f"{kind.name}: a look before it is packed", value=before / count, unit="bytes")
    yield number(what=f"{kind.name}: a look in a pack", value=packed / count, unit="bytes")
    yield number(what=f"{kind.name}: packing and counting a look, CPU", value=cpu / count * 1e6, unit="us")


def _write(store: SqlStore, records: Iterator[Record]) -> int:
    count, batch = 0, list[Record]()
    for each in records:
        batch.append(each)
        if len(batch) == 1_000:
            store.write(batch)
            count, batch = count + len(batch), []
    store.write(batch)
    return count + len(batch)


def _compact(store: SqlStore, at: datetime, kept: Kept) -> list[tuple[float, Compacted]]:
    """Every step until nothing is left to do, and its seconds."""
    steps = list[tuple[float, Compacted]]()
    while not steps or not steps[-1][1].is_done:
        began = time.perf_counter()
        step = store.compact(at, kept)
        steps.append((time.perf_counter() - began, step))
    return steps


def _used(file: Path) -> int:
    return _ask(file, _USED)


def _ask(file: Path, query: str) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute(query).fetchone()[0] or 0)


class Past:
    """The past of so many *targets* in so many *days* until noon, in *store*, whose file is *file*."""

    def __init__(self, store: SqlStore, file: Path, targets: int, days: int) -> None:
        self.store = store
        self.file = file
        self.targets = targets
        self.days = days
        self.begins = NOON - days * DAY
        self.size = GIB * targets // TARGETS
        self.kept = Kept(observations_since=NOON - 7 * DAY, hours_since=self.begins, bytes=self.size)

    def measure(self) -> Iterator[Number]:
        """Fill the store, and read from it."""
        yield from self._fill()
        yield from self._fold_an_hour()
        yield from self._fill_up()
        yield from self._read()

    def _fill(self) -> Iterator[Number]:
        """A few states and presences, and the rollups they lead to, as the compaction would have written them."""
        moves = [self._move(target, day) for target in range(self.targets) for day in range(0, self.days, 10)]
        for first in range(0, len(moves), 1_000):
            self.store.write(moves[first : first + 1_000])
        self.store.write([Aside(at=NOON, presence=Presence(self.begins, NOON))])
        states = _used(self.file)
        chance = random.Random(7)  # noqa: S311 - it guards nothing
        latency = Sketch.of(endpoint(chance, each)["seconds"] for each in range(1_440)).to_bytes()
        first_hour = int(self.begins.timestamp()) // 3_600
        with closing(sqlite3.connect(self.file)) as connection:
            for hour in range(first_hour, first_hour + 24 * self.days):
                connection.execute(_HOURS, (hour,))
            connection.commit()
            hours = _used(self.file)
            for day in range(first_hour // 24, first_hour // 24 + self.days + 1):
                connection.execute(_DAYS, (day, latency))
            connection.execute("UPDATE target SET accounted_until = ?", (int(NOON.timestamp()) * 1_000_000,))
            connection.commit()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        rows = self.targets * 24 * self.days
        number = partial(Number, n=rows, how=f"{self.targets:,} targets, {self.days} days")
        yield number(what="an hour of a target", value=(hours - states) / rows, unit="bytes")
        yield number(what="all hours", value=(hours - states) / 2**20, unit="MiB")
        yield number(what="all days", value=(_used(self.file) - hours) / 2**20, unit="MiB")

    def _move(self, target: int, day: int) -> Aside:
        state = State.DOWN if (target + day) % 7 == 0 else State.UP
        since = self.begins + day * DAY + timedelta(seconds=target)
        return Aside(at=since, consequences=Consequences(stretches=(Stretch(_key(target), since, state),)))

    def _fold_an_hour(self) -> Iterator[Number]:
        """An hour of looks at all targets, folded beside an event loop that has a millisecond's work."""
        endpoints = KINDS[0]
        count = _write(self.store, looks(endpoints, self.targets, NOON, NOON + HOUR))
        self.store.write([Aside(at=NOON, presence=Presence(self.begins, NOON + HOUR))])
        yield Number(
            what="looks of an hour", value=_ask(self.file, _LOOSE) / 2**20, unit="MiB", n=count, how="before they are packed"
        )
        steps, late, cpu = asyncio.run(self._beside_a_loop(NOON + HOUR + timedelta(minutes=6)))
        number = partial(Number, n=count, how="all targets, beside an event loop")
        assert sum(step.packed for _, step in steps) == count
        seconds = [took for took, _ in steps]
        yield number(what="folding an hour, CPU", value=cpu, unit="s")
        yield number(what="folding a look and rolling up, CPU", value=cpu / count * 1e6, unit="us")
        yield Number(what="a step", value=median(seconds) * 1e3, unit="ms", n=len(steps), how="wall, median")
        yield Number(what="a step, most", value=max(seconds) * 1e3, unit="ms", n=len(steps), how="wall, worst")
        yield Number(what="loop late meanwhile", value=median(late) * 1e3, unit="ms", n=len(late), how="1 ms ticker, median")
        yield Number(
            what="loop late meanwhile, p99", value=percentile(late, 99) * 1e3, unit="ms", n=len(late), how="1 ms ticker"
        )
        wal = self.file.with_name(self.file.name + "-wal").stat().st_size
        yield Number(what="write-ahead log", value=wal / 2**20, unit="MiB", n=1, how="its file, after that")

    async def _beside_a_loop(self, at: datetime) -> tuple[list[tuple[float, Compacted]], list[float], float]:
        async with stalls() as late:
            cpu = time.process_time()
            steps = await in_thread(_compact, self.store, at, self.kept)
            return steps, late, time.process_time() - cpu

    def _fill_up(self) -> Iterator[Number]:
        """Packs until the file is as large as it may be and an hour more; then what goes, goes."""
        packed = _ask(self.file, "SELECT count(*) FROM pack")
        hour = int(NOON.timestamp()) // 3_600
        copied = 0
        with closing(sqlite3.connect(self.file)) as connection:
            while copied < 24 * 7 and _used(self.file) < self.size + packed * 4_000:
                copied += 1
                connection.execute(_COPY, (copied, hour))
                connection.commit()
        steps = _compact(self.store, NOON + HOUR + timedelta(minutes=6), self.kept)
        gone = sum(step.removed for _, step in steps)
        left = _ask(self.file, "SELECT count(*) FROM pack") / packed
        worst = max(took for took, _ in steps)
        yield Number(what="all in all", value=_used(self.file) / 2**20, unit="MiB", n=1, how=f"of {self.size / 2**20:,.0f}")
        yield Number(what="the file", value=self.file.stat().st_size / 2**20, unit="MiB", n=1, how="with free pages")
        yield Number(
            what="hours of looks that there is room for", value=left, unit="h", n=int(left), how=f"{gone:,} rows went"
        )
        yield Number(what="a step of removing, most", value=worst * 1e3, unit="ms", n=len(steps), how="wall, worst")

    def _read(self) -> Iterator[Number]:
        month = NOON - min(30, self.days) * DAY
        yield self._timed("a month's availability of all, by states", partial(self._availability, month))
        yield self._timed("a month of all added up, by days", lambda: self.store.totals(month, NOON))
        yield self._timed("a month of one target, by days", lambda: self.store.days(month, NOON, [_key(7)]))
        yield self._timed("a month of one target, by hours", lambda: self.store.hours(month, NOON, [_key(7)]))
        yield self._timed("a month of one target, by states", lambda: self.store.stretches(month, NOON, [_key(7)]))
        yield self._timed("a hundred looks of one target", lambda: self.store.observations(_key(7), 100))

    def _availability(self, month: datetime) -> list[float | None]:
        presences = self.store.presences(month, NOON)
        found = self.store.stretches(month, NOON)
        return [tally(stretches, presences, month, NOON).availability for stretches in found.values()]

    def _timed(self, what: str, act: Callable[[], Any]) -> Number:
        times, found = list[float](), act()
        for _ in range(3):
            began = time.perf_counter()
            act()
            times.append(time.perf_counter() - began)
        return Number(what=what, value=min(times) * 1e3, unit="ms", n=len(found), how="wall, best of 3")


_HOURS = """
INSERT INTO hour (hour, target_id, up, degraded, down, unknown, maintenance, probes)
SELECT ?, id, 3600, 0, 0, 0, 0, 60 FROM target ORDER BY id
"""
_DAYS = """
INSERT INTO day (day, target_id, up, degraded, down, unknown, maintenance, probes, latency)
SELECT ?, id, 86400, 0, 0, 0, 0, 1440, ? FROM target ORDER BY id
"""
_COPY = """
INSERT INTO pack (hour, target_id, first_at, is_kept, packed)
SELECT hour - ?, target_id, first_at, 0, packed FROM pack WHERE hour = ?
"""
_LOOSE = """
SELECT sum(pgsize) FROM dbstat
WHERE name IN ('observation', 'facts', 'sqlite_autoindex_observation_1', 'sqlite_autoindex_facts_1') AND aggregate = TRUE
"""
_USED = """
SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size
"""
