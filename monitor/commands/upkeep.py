"""``db``: bringing the database up to date, finding out whether it is sound and how it grows, and copying it."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from checks.model import Severity
from checks.plain import plain
from checks.wording import moment
from monitor import show
from monitor.commands.configuring import reading_of
from monitor.commands.ends import OK, UNAVAILABLE, USAGE, complain
from monitor.settings import History
from monitor.store import backup as backups
from monitor.store import figures, health, upkeep
from monitor.store.growth import Growth
from monitor.store.store import StoreUnavailable

_MEGABYTE = 1 << 20
_YEAR_DAYS = 365
_CURE = "stop the daemon and put back a backup; without one, `sqlite3 FILE .recover` reads what can be read"


def upgrade(flags: Namespace) -> int:
    """Bring the schema to today's."""
    try:
        done = upkeep.upgrade(_database(flags))
    except StoreUnavailable as unavailable:
        return _unavailable(unavailable)
    if done.was_needed:
        print(f"{done.database}: from schema {done.found or 'none'} to {done.newest}")
    else:
        print(f"{done.database}: schema {done.newest} is that of this release; there was nothing to do")
    return OK


def check(flags: Namespace) -> int:
    """Find out whether the database is sound."""
    url = _database(flags)
    try:
        with show.progress(len(health.PART_NAMES)) as heard:
            found = health.examine(url, heard, sample=None if flags.all else health.SAMPLE)
    except StoreUnavailable as unavailable:
        return _unavailable(unavailable)
    if flags.format == "json":
        parts = [{"name": part.name, "looked_at": part.looked_at, "troubles": list(part.troubles)} for part in found.parts]
        told = {"database": found.database, "schema": found.schema, "newest_schema": found.newest_schema}
        print(json.dumps({"version": 1, **told, "sound": found.is_sound, "parts": parts}))
    else:
        _show_health(found)
    return OK if found.is_sound else Severity.CRITICAL.exit_code


def _show_health(found: health.Health) -> None:
    for part in found.parts:
        print(f"{part.name}: {_told(part)}")
        for trouble in part.troubles:
            print(f"  {trouble}")
    if not found.is_sound:
        print(f"{found.database} is damaged: {_CURE}")
    elif found.is_current:
        print(f"{found.database} is sound")
    else:
        print(f"{found.database} is sound; of schema {found.schema or 'none'} only the file is looked at: see `db upgrade`")


def _told(part: health.Part) -> str:
    if not part.troubles:
        return f"{part.looked_at:,} looked at, nothing is wrong"
    most = " at least" if len(part.troubles) >= health.MOST_TROUBLES else ""
    return f"{part.looked_at:,} looked at,{most} {len(part.troubles)} wrong"


def stats(flags: Namespace) -> int:
    """Show how large the database is, and how it grows."""
    files = reading_of(flags, "database", "history")
    settings = files.catalogue.settings
    try:
        found = figures.measure(settings.database)
    except StoreUnavailable as unavailable:
        return _unavailable(unavailable)
    if flags.format == "json":
        print(json.dumps(_plain(found, settings.history)))
        return OK
    rows = [
        (
            one.name,
            f"{one.rows:,}",
            "~" * one.is_estimated + _size(one.bytes),
            *(moment(at) if at else "" for at in (one.oldest, one.newest)),
        )
        for one in found.tables
    ]
    show.show_table(("TABLE", "ROWS", "SIZE", "SINCE", "UNTIL"), rows, show.console(), ("UNTIL",))
    for line in _lines(found, settings.history):
        print(line)
    return OK


def _lines(found: figures.Figures, history: History) -> Iterator[str]:
    growth = found.growth
    free = f", {_size(found.free)} of it empty and used again" if found.free else ""
    yield f"{found.database}: {_size(found.bytes)}{free}; schema {found.schema}"
    if any(one.is_estimated for one in found.tables):
        yield "~ is estimated from a sample of rows, without indexes: this SQLite does not count the pages of a table"
    yield from _growth_lines(growth, history)
    for channel, queue in found.queues.items():
        if queue.waiting:
            yield f"{queue.waiting:,} message{'s wait' if queue.waiting > 1 else ' waits'} for {channel}"


def _growth_lines(growth: Growth, history: History) -> Iterator[str]:
    if growth.looks_per_day is None:
        yield "how it grows is known once a full hour was looked at"
        return
    each = f", {growth.look_bytes:,.0f} bytes each once pressed together" if growth.look_bytes else ""
    yield f"{growth.looks_per_day:,.0f} looks a day{each}; {growth.hours_per_day or 0:,.0f} hours of targets a day"
    settles, yearly = _settles(growth, history), _yearly(growth)
    if settles is not None:
        kept = f"looks kept {history.observations / 86_400:g} d and hours {history.hours / 86_400:g} d"
        bound = f", but at most {_size(int(history.size))}" if settles > history.size else ""
        stays = f"; {_size(yearly)} a year stay for good" if yearly else ""
        yield f"with {kept} they come to {_size(round(settles))}{bound}{stays}"


def _plain(found: figures.Figures, history: History) -> dict[str, object]:
    growth, settles = found.growth, _settles(found.growth, history)
    return {
        "version": 1,
        "database": found.database,
        "schema": found.schema,
        "bytes": found.bytes,
        "free_bytes": found.free,
        "tables": [
            {
                "name": one.name,
                "rows": one.rows,
                "bytes": one.bytes,
                "estimated": one.is_estimated,
                "oldest": plain(one.oldest),
                "newest": plain(one.newest),
            }
            for one in found.tables
        ],
        "looks_per_day": growth.looks_per_day,
        "bytes_per_look": growth.look_bytes,
        "settles_at_bytes": settles,
        "limit_bytes": int(history.size),
        "lasting_bytes_per_year": _yearly(growth),
        "waiting": {channel: queue.waiting for channel, queue in found.queues.items()},
    }


def _settles(growth: Growth, history: History) -> float | None:
    return growth.settles_at(timedelta(seconds=history.observations), timedelta(seconds=history.hours))


def _yearly(growth: Growth) -> int | None:
    return round(growth.lasting * _YEAR_DAYS) if growth.lasting else None


def _size(number: int) -> str:
    return f"{number / _MEGABYTE:,.1f} MB" if number >= _MEGABYTE // 10 else f"{number / 1024:,.1f} kB"


def backup(flags: Namespace) -> int:
    """Copy the database file."""
    url = _database(flags)
    try:
        if command := backups.foreign_command(url, flags.file):
            complain(f"a server copies its own databases; say: {command}")
            return USAGE
        with _counted() as heard:
            size = backups.back_up(url, flags.file, heard)
    except StoreUnavailable as unavailable:
        return _unavailable(unavailable)
    print(f"{flags.file}: {_size(size)}, and sound")
    return OK


@contextmanager
def _counted() -> Iterator[backups.Heard]:
    """Pages that are copied, counted on a terminal in hundredths."""
    with show.progress(100) as done:
        shown = 0

        def heard(pages: int, whole: int) -> None:
            nonlocal shown
            while shown < 100 * pages // max(1, whole):
                shown += 1
                done("copied")

        yield heard


def _database(flags: Namespace) -> str:
    return reading_of(flags, "database").catalogue.settings.database


def _unavailable(why: StoreUnavailable) -> int:
    complain(why)
    return UNAVAILABLE
