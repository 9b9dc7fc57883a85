"""What is remembered: every probe, every transition, and the latest state of every target.

- `store` has the words: the `Store` protocol and its values. The rest of the program knows only these.
- `writer` is the one task that writes, `backlog` what waits for it.
- `sql` keeps a `Store` in a database: `tables` is the schema, `facts` how facts are kept small, `sqlite` the database file,
  `migrations` the schema's history.

The rules of this package:

- ``sql``, ``tables``, ``sqlite`` and ``migrations`` alone know SQLModel, SQLAlchemy and Alembic. Rows never leave them.
- A probe, the state it led to and the transition between them are written in one transaction: all three or none.
- Everything is only ever added, but for the latest state of a target. What a vendor's file no longer has keeps its history.
- Whatever is shown can be followed to a stored probe: a state and a transition name the time of the observation behind them.
- Times are aware and in UTC outside, microseconds since 1970 inside.
- A text from outside is cut to a bounded length and cannot fail to be written.
- A database that cannot be used is `StoreUnavailable`, with the cure where there is one; it stops no probe.
"""
