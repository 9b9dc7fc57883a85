"""Opening a database to look after it: as it is, whatever its schema, beside the daemon or without one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from monitor.store.engine import kind_of, make_engine, name_of, translated
from monitor.store.migrations import revisions
from monitor.store.sql import open_store
from monitor.store.store import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """The revisions of a schema: that which was found, None of an empty database, and the *newest*, which it has now."""

    database: str
    found: str | None
    newest: str

    @property
    def was_needed(self) -> bool:
        """Whether anything was done."""
        return self.found != self.newest


@contextmanager
def existing(url: str, root: Path = Path()) -> Iterator[Engine]:
    """The database at *url*, which is not made. Raises `StoreUnavailable` where there is none."""
    engine = make_engine(url, root)
    try:
        with translated(Operation.OPEN, engine):
            kind_of(engine).refuse_missing(engine)
        yield engine
    finally:
        engine.dispose()


def upgrade(url: str) -> Upgraded:
    """Bring the database at *url* to the newest schema, as the daemon does when it starts.

    Raises `StoreUnavailable` as `open_store` does, so also for one that a daemon has open, unless nothing is to be done.
    """
    with existing(url) as engine, translated(Operation.OPEN, engine):
        found, newest = revisions(engine)
        upgraded = Upgraded(database=name_of(engine), found=found, newest=newest)
    if upgraded.was_needed:
        with closing(open_store(url)):
            pass
    return upgraded
