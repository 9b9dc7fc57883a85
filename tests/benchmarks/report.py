"""How long a review of vendors takes: fifty of five targets and a year, and a month of ten thousand series."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from checks.model import State
from monitor.clock import SYSTEM_CLOCK
from monitor.history import Presence, Stretch, tallied, watched_in
from monitor.outage import Outage
from monitor.sketch import Sketch
from monitor.state import Held, Transition
from monitor.store.dialect import add
from monitor.store.rows import Columns
from monitor.store.sql import SqlStore, open_existing, open_store
from monitor.store.store import Aside, Consequences
from monitor.store.tables import DayRow
from tests.benchmarks.measuring import Number

COMMAND = str(Path(sys.executable).with_name("vendorwatch"))
CHECKS = ("endpoint/api", "status/page", "dns/api.test", "certificate/api.test", "tls/api.test")
LOOKS_A_DAY = {"endpoint": 1440, "status": 1440, "dns": 288, "certificate": 24, "tls": 24}
SECONDS = {"up": 86_340, "degraded": 0, "down": 0, "unknown": 60, "maintenance": 0}
VENDORS = 50
SERIES = 10_000
DAY = timedelta(days=1)
OUTAGE = timedelta(minutes=17)


def measure(*, quick: bool) -> Iterator[Number]:
    """The whole command in each format, and what a month of many series costs."""
    days = 61 if quick else 365
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        since = _fill(folder, VENDORS, days)
        for format_ in ("text", "html", "json"):
            yield _command(folder, since, format_, days)
    with tempfile.TemporaryDirectory() as name:
        yield _month(Path(name), SERIES // 10 if quick else SERIES)


def _command(folder: Path, since: datetime, format_: str, days: int) -> Number:
    arguments = [COMMAND, "report", "--from", f"{since:%Y-%m-%d}", "--format", format_, "--zone", "Europe/Berlin"]
    times = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run(arguments, cwd=folder, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"COLUMNS": "100"})
        times.append(time.perf_counter() - began)
    what, how = f"report of {VENDORS} vendors, {days} days, {format_}", "wall, the whole command"
    return Number(what=what, value=median(times), unit="s", n=len(times), how=how)


def _month(folder: Path, series: int) -> Number:
    """A month's availability of so many series, read and added up."""
    ends = SYSTEM_CLOCK.now()
    begins = ends - 31 * DAY
    _fill(folder, series // 6, 31, with_days=False)
    with closing(open_existing("sqlite:///vendorwatch.db", folder)) as store:
        began = time.perf_counter()
        found = store.stretches(begins, ends)
        watched = watched_in(store.presences(begins, ends), begins, ends)
        for mine in found.values():
            tallied(mine, watched, begins, ends)
        took = time.perf_counter() - began
    return Number(what="a month's availability", value=took, unit="s", n=len(found), how="wall, of so many series")


def _fill(folder: Path, vendors: int, days: int, *, with_days: bool = True) -> datetime:
    """A folder with the files of so many vendors, and a store with so many days of each; returns when these begin."""
    dice, now = random.Random(7), SYSTEM_CLOCK.now()  # noqa: S311 - the same store each time
    since = (now - days * DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    slugs = [f"vendor{number:04}" for number in range(vendors)]
    (folder / "config" / "vendors").mkdir(parents=True)
    for slug in slugs:
        page = "status: {url: 'https://status.test', platform: statuspage}"
        (folder / "config" / "vendors" / f"{slug}.yaml").write_text(f"name: {slug}\nobjective: 99.9\n{page}\n")
    with closing(open_store("sqlite:///vendorwatch.db", folder)) as store:
        store.write([_present(since + day * DAY) for day in range(days)])
        for slug in slugs:
            store.write([*_begun(slug, since), *_troubles(slug, since, days, dice)])
        if with_days:
            _put_days(store, slugs, since, days, dice)
    return since


def _present(day: datetime) -> Aside:
    """A day, but for a restart at four."""
    four = day + timedelta(hours=4)
    begins, ends = four + timedelta(minutes=1), four + DAY
    return Aside(at=ends, presence=Presence(begins, ends))


def _begun(slug: str, since: datetime) -> Iterator[Aside]:
    for series in (slug, *(f"{slug}/{check}" for check in CHECKS)):
        stretch = Stretch(series, since, State.UP)
        held = Held(State.UP, since) if "/" in series else None
        yield Aside(at=since, key=series if held else "", held=held, consequences=Consequences(stretches=(stretch,)))


def _troubles(slug: str, since: datetime, days: int, dice: random.Random) -> Iterator[Aside]:
    """An outage a week that the page admits every other time, and a look at it that says nothing now and then."""
    for week in range(days // 7):
        opened = since + timedelta(days=7 * week, seconds=dice.randrange(5 * 86_400))
        closed, key, page = opened + OUTAGE, f"{slug}/{CHECKS[0]}", f"{slug}/{CHECKS[1]}"
        claimed_at = opened + timedelta(minutes=6) if dice.random() < 0.5 else None
        moves = [(slug, opened, State.DOWN), (key, opened, State.DOWN), (slug, closed, State.UP), (key, closed, State.UP)]
        moves += [(page, claimed_at, State.DEGRADED), (page, closed, State.UP)] if claimed_at else []
        moves += [(page, closed + OUTAGE, State.UNKNOWN), (page, closed + 2 * OUTAGE, State.UP)]
        stretches = tuple(Stretch(*move) for move in moves)
        outage = Outage(
            vendor=slug,
            opened_at=opened,
            confirmed_at=opened + timedelta(seconds=15),
            claimed_at=claimed_at,
            closed_at=closed,
            targets=(key,),
            cause="timeout: no answer within 10 s",
        )
        at = outage.confirmed_at
        change = Transition(key=key, before=State.UP, after=State.DOWN, since=opened, at=at, cause=outage.cause)
        found = Consequences(stretches=stretches, outages=(outage,))
        yield Aside(at=change.at, key=key, held=Held(State.UP, closed), transition=change, consequences=found)


def _put_days(store: SqlStore, slugs: list[str], since: datetime, days: int, dice: random.Random) -> None:
    """What compaction leaves of each day; it is written by rows, because it would take days of looks to come about."""
    sketches = {check: [_sketch(looks, dice) for _ in range(20)] for check, looks in LOOKS_A_DAY.items()}
    series = [f"{slug}/{check}" for slug in slugs for check in CHECKS]
    with store._engine.begin() as connection:
        numbers: dict[str, int] = {row.key: row.id for row in connection.exec_driver_sql("SELECT key, id FROM target")}
        for day in range(days):
            rows: list[Columns] = []
            for key in series:
                check = key.split("/")[1]
                names = {"day": since + day * DAY, "target_id": numbers[key]}
                failures = '{"timeout": 3}' if check == "endpoint" else None
                counts = {"probes": LOOKS_A_DAY[check], "failures": failures, "latency": dice.choice(sketches[check])}
                rows.append(names | SECONDS | counts)
            add(connection, DayRow, rows)


def _sketch(looks: int, dice: random.Random) -> bytes:
    return Sketch.of([dice.lognormvariate(-2, 0.25) for _ in range(looks)]).to_bytes()
