"""Whether a database is sound: its pages, what refers to what, and whether what was counted agrees with what it was of.

Nothing is changed, and the daemon is in nobody's way. What is wrong is told in lines for people, a bounded number of each
part; a part that cannot be read to its end says so, and the next is looked at all the same. Of a schema that is not today's
only the file itself is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat

from sqlalchemy import Engine

from checks.foreign import one_line
from monitor.store.agreement import PARTS, subject
from monitor.store.engine import name_of, translated
from monitor.store.migrations import revisions
from monitor.store.store import Fault, Operation, StoreUnavailable
from monitor.store.upkeep import existing

MOST_TROUBLES = 20
"""How many troubles of a part are told."""
SAMPLE = 100
"""Of how many series what is remembered is looked at, where not all are asked for."""

_LONGEST_TROUBLE = 300

Verdicts = Iterator[str | None]
"""Of each thing that is looked at, what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was looked at, how many there were of it, and what is wrong with them."""

    name: str
    looked_at: int
    troubles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a *database* is. *schema* is its revision, None where nothing is in it or it cannot be read."""

    database: str
    schema: str | None
    newest_schema: str | None
    parts: tuple[Part, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong with it."""
        return not any(part.troubles for part in self.parts)

    @property
    def is_current(self) -> bool:
        """Whether its schema is today's."""
        return self.schema is not None and self.schema == self.newest_schema


def examine(url: str, heard: Callable[[str], object], *, sample: int | None = SAMPLE) -> Health:
    """Look at the database at *url*, at all series or at *sample* of them; *heard* is told what is looked at next.

    Raises `StoreUnavailable` where it cannot be opened: it is not there, or another program's, or of a newer release.
    """
    with existing(url) as engine:
        parts = [_part(name, looks(engine), engine, heard) for name, looks in _FILE[engine.dialect.name].items()]
        found, newest = _schema(engine)
        if found and found == newest:
            parts += _remembered(engine, sample, heard)
        return Health(database=name_of(engine), schema=found, newest_schema=newest, parts=tuple(parts))


def _schema(engine: Engine) -> tuple[str | None, str | None]:
    """The revision of the database and the newest one; nothing where it is too damaged to say."""
    try:
        with translated(Operation.OPEN, engine):
            return revisions(engine)
    except StoreUnavailable as unavailable:
        if unavailable.fault is not Fault.CORRUPT:
            raise
        return None, None


def _remembered(engine: Engine, sample: int | None, heard: Callable[[str], object]) -> Iterable[Part]:
    try:
        with translated(Operation.READ, engine), subject(engine, sample) as of:
            return [_part(name, looks(of), engine, heard) for name, looks in PARTS.items()]
    except StoreUnavailable as unavailable:
        if unavailable.fault is not Fault.CORRUPT:
            raise
        return [Part("series", 0, (unavailable.detail,))]


def _part(name: str, verdicts: Verdicts, engine: Engine, heard: Callable[[str], object]) -> Part:
    looked_at, troubles = 0, list[str]()
    heard(name)
    try:
        with translated(Operation.READ, engine):
            for trouble in verdicts:
                looked_at += 1
                troubles += [one_line(trouble, _LONGEST_TROUBLE)] if trouble else []
                if len(troubles) >= MOST_TROUBLES:
                    break
    except StoreUnavailable as unavailable:
        if unavailable.fault is not Fault.CORRUPT and unavailable.fault is not Fault.OTHER:
            raise
        troubles.append(unavailable.detail)
    return Part(name, looked_at, tuple(troubles))


def _pages(engine: Engine) -> Verdicts:
    """See https://www.sqlite.org/pragma.html#pragma_integrity_check: pages, indexes and constraints."""
    with engine.connect() as connection:
        for (found,) in connection.exec_driver_sql(f"PRAGMA integrity_check({MOST_TROUBLES})"):
            if found != "ok":
                yield str(found)
        yield from repeat(None, int(connection.exec_driver_sql("PRAGMA page_count").scalar_one()))


def _references(engine: Engine) -> Verdicts:
    """Rows that belong to a target which is not there."""
    with engine.connect() as connection:
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield f"a row of {row[0]} belongs to a row of {row[2]} that is not there"
        for (name,) in connection.exec_driver_sql(_REFERRING).all():
            quoted = name.replace('"', '""')
            rows = connection.exec_driver_sql(f'SELECT count(*) FROM "{quoted}"').scalar_one()  # noqa: S608 - it is quoted
            yield from repeat(None, int(rows))


_REFERRING = "SELECT DISTINCT own.name FROM sqlite_schema AS own, pragma_foreign_key_list(own.name) WHERE own.type = 'table'"
"""The tables whose rows belong to rows of others."""


_FILE: Mapping[str, Mapping[str, Callable[[Engine], Verdicts]]] = {
    "sqlite": {"pages": _pages, "references": _references},
    "postgresql": {},
}
"""What is looked at of the file itself. A server sees to its own."""

PART_NAMES = (*_FILE["sqlite"], *PARTS)
