"""What is remembered: every probe and transition, the latest state of every target, and what followed from them.

- `store` has the words: the `Store` protocol and its values. The rest of the program knows only these.
- `writer` is the one task that writes, `backlog` what waits for it.
- `sql` keeps a `Store` in a database, `outbox` the messages in it: `tables` is the schema, `rows` and `consequences` are the
  values as rows, `facts` is how facts are kept small, `sqlite` the database file, `migrations` the schema's history.

The rules of this package:

- ``sql``, ``outbox``, ``tables``, ``sqlite`` and ``migrations`` alone know SQLModel, SQLAlchemy and Alembic. Rows never
  leave this package.
- A probe, the state it led to, the transition between them, and the outages, alerts and messages that follow from it are
  written in one transaction: all of them or none. What is sent was read from there.
- Everything is only ever added, but for the latest state of a target, for an outage or alert while it goes on, and for
  messages, which are forgotten a month after they were sent. What a vendor's file no longer has keeps its history.
- Whatever is shown can be followed to a stored probe: a state and a transition name the time of the observation behind them.
- Times are aware and in UTC outside, microseconds since 1970 inside.
- A text from outside is cut to a bounded length and cannot fail to be written.
- A database that cannot be used is `StoreUnavailable`, with the cure where there is one; it stops no probe.
"""
