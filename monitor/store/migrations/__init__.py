"""The history of the schema, and the one act upon it: `upgrade`. Who may not act asks `revisions`, or `refuse_old`.

To change the schema, change ``tables.py`` and add ``versions/vNNNN_what_changes.py`` with the next revision; a test fails
until the two agree. A migration that was released is never edited. There is no way back: ``downgrade`` raises.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from checks.foreign import one_line
from monitor.store.engine import name_of
from monitor.store.store import Operation, StoreUnavailable


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision; writes nothing when it is there already.

    Raises `StoreUnavailable` for a database of a newer release, and for one that another program filled.
    """
    found, newest = revisions(engine)
    if found != newest:
        command.upgrade(_config(engine), "head")
        engine.dispose()  # The connection that migrated waits for locks longer than others should.


def refuse_old(engine: Engine) -> None:
    """Raise `StoreUnavailable` for a database that `upgrade` would change or refuse."""
    found, newest = revisions(engine)
    if found != newest:
        cure = "start the daemon of this release once, or say `vendorwatch db upgrade`"
        raise _refusal(engine, f"the database is empty or of an older release; {cure}")


def revisions(engine: Engine) -> tuple[str | None, str]:
    """The revision of the database, None where nothing is in it yet, and the newest. Raises as `upgrade` does."""
    script = ScriptDirectory.from_config(_config(engine))
    with engine.connect() as connection:
        # Tables first: another daemon may migrate in between, and then there is a revision as well.
        tables = inspect(connection).get_table_names()
        rows = MigrationContext.configure(connection).get_current_heads()
    found = rows[0] if rows else None
    if len(rows) > 1:
        raise _refusal(engine, "is of several schemas at once, as it says; put back a backup")
    if tables and found is None:
        raise _refusal(engine, "this is the database of another program; name another file as database: in monitor.yaml")
    known = [revision.revision for revision in script.walk_revisions()]
    if found and found not in known:
        cure = "install that release again, or put back a backup from before it"
        raise _refusal(engine, f"a newer release of vendorwatch wrote this database (schema {one_line(found, 40)}); {cure}")
    return found, known[0]


def _config(engine: Engine) -> Config:
    config = Config(attributes={"engine": engine})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _refusal(engine: Engine, detail: str) -> StoreUnavailable:
    return StoreUnavailable(Operation.OPEN, f"{name_of(engine)}: {detail}")
