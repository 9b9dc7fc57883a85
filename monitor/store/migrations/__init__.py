"""The history of the schema, and the one act upon it: `upgrade`. Who may not act asks `revisions`, or `refuse_old`.

To change the schema, change ``tables.py`` and add ``versions/vNNNN_what_changes.py`` with the next revision; a test fails
until the two agree. A migration that was released is never edited. There is no way back: ``downgrade`` raises.

Every command asks which revision there is, and few ever upgrade. So which there are is told by the names of the files, and
Alembic, which takes as long to load as all rows take to be read, is loaded by who upgrades.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from checks.foreign import one_line
from monitor.store.engine import name_of
from monitor.store.store import Operation, StoreUnavailable

_VERSIONS = "alembic_version"
"""The table that Alembic keeps the revision in (its documentation, EnvironmentContext.configure, version_table)."""


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision; writes nothing when it is there already.

    Raises `StoreUnavailable` for a database of a newer release, and for one that another program filled.
    """
    found, newest = revisions(engine)
    if found != newest:
        _migrate(engine)
        engine.dispose()  # The connection that migrated waits for locks longer than others should.


def refuse_old(engine: Engine) -> None:
    """Raise `StoreUnavailable` for a database that `upgrade` would change or refuse."""
    found, newest = revisions(engine)
    if found != newest:
        cure = "start the daemon of this release once, or say `vendorwatch db upgrade`"
        raise _refusal(engine, f"the database is empty or of an older release; {cure}")


def revisions(engine: Engine) -> tuple[str | None, str]:
    """The revision of the database, None where nothing is in it yet, and the newest. Raises as `upgrade` does."""
    with engine.connect() as connection:
        # Tables first: another daemon may migrate in between, and then there is a revision as well.
        tables = inspect(connection).get_table_names()
        rows = _rows(connection) if _VERSIONS in tables else []
    found = rows[0] if rows else None
    if len(rows) > 1:
        raise _refusal(engine, "is of several schemas at once, as it says; put back a backup")
    if tables and found is None:
        raise _refusal(engine, "this is the database of another program; name another file as database: in monitor.yaml")
    if found and found not in known():
        cure = "install that release again, or put back a backup from before it"
        raise _refusal(engine, f"a newer release of vendorwatch wrote this database (schema {one_line(found, 40)}); {cure}")
    return found, known()[-1]


@cache
def known() -> tuple[str, ...]:
    """All revisions, the oldest first: the digits that the names of their files begin with."""
    files = Path(__file__).parent.joinpath("versions").glob("v[0-9]*_*.py")
    return tuple(sorted(file.name[1:].partition("_")[0] for file in files))


def _rows(connection: Connection) -> list[str]:
    """The revisions that the database says it is of: one, or it was tampered with."""
    return [row[0] for row in connection.execute(text(f"SELECT version_num FROM {_VERSIONS}"))]  # noqa: S608 - our own name


def _migrate(engine: Engine) -> None:
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config(attributes={"engine": engine})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")


def _refusal(engine: Engine, detail: str) -> StoreUnavailable:
    return StoreUnavailable(Operation.OPEN, f"{name_of(engine)}: {detail}")
