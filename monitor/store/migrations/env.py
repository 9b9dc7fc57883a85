"""Run by Alembic for each command: all migrations in one transaction that is the writer's from its beginning.

Two daemons that open a new database at once therefore take turns, and the second finds nothing left to do. The transaction
is begun before Alembic looks at the connection: one that it begins itself it ends after each migration.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Engine

from monitor.store.engine import kind_of
from monitor.store.tables import Row

engine: Engine = context.config.attributes["engine"]
with engine.connect() as connection:
    kind_of(engine).begin_patiently(connection)
    context.configure(connection=connection, target_metadata=Row.metadata, render_as_batch=True, transactional_ddl=True)
    context.run_migrations()
    connection.commit()
