"""What the stored databases hold, as far as their schema had room for it: a little of everything that is remembered.

``tests/monitor/store/schemas/NNNN.sql`` is such a database as the code of that schema wrote it, as SQL. The newest is made
by `python -m tests.support.stored > tests/monitor/store/schemas/NNNN.sql`, once its migration is there and before it is
released; after that it is never written anew, because only then it is what people have.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from checks.model import Failure, Finding, Reason, Severity, State
from monitor.history import Presence, Stretch
from monitor.state import Held
from monitor.store.sql import SqlStore, open_store
from monitor.store.store import Aside, Consequences, Kept, Mute, Record
from tests.support.consequences import after, alert, aside, message, outage
from tests.support.records import record

API, PAGE, MAIL = "acme/endpoint/api", "acme/status/page", "bolt/tls/smtp"

REFUSED = Failure(Reason.REFUSED, "by 192.0.2.7")
FACTS = {"status": 200, "phases": {"dns": 0.01, "tls": 0.05}, "address": "192.0.2.7", "server": "nginx"}
FASTER = {**FACTS, "phases": {"dns": 0.001, "tls": 0.04}}
PARTS = {"components": ["API", "Сайт — „Shop“"], "indicator": "minor"}
FINDING = Finding(code="status.degraded", severity=Severity.WARNING, message="API is degraded", implies=State.DEGRADED)

WELL = Held(State.UP, after(0), "ok")
SHAKEN = replace(WELL, pending=1, pending_down=1, pending_since=after(120), pending_falls=True)
DOWN = Held(State.DOWN, after(120), "refused: by 192.0.2.7")
DEGRADED = Held(State.DEGRADED, after(10), "API is degraded: „Störung“", memo="statuspage")
RESTLESS = Held(
    State.DEGRADED,
    after(20),
    "changes all the time",
    transient=True,
    looks="uUudDuU",
    flapping=True,
    believed_since=after(20),
    bad_since=after(15),
)

OUTAGES = (outage(opened=120), outage("bolt", opened=20, claimed=50, closed=3_600))
ALERTS = (alert("bolt", starts=20, ends=3_600), alert(starts=120))
MUTE = Mute(vendor="bolt", since=after(30), until=after(7_200), why="their move, „announced“")
PRESENCES = (Presence(after(-60), after(7_300)), Presence(after(7_600), after(20_000)))
STRETCHES = (
    Stretch(API, after(0), State.UP),
    Stretch(PAGE, after(10), State.DEGRADED),
    Stretch("acme", after(0), State.UP),
    Stretch("bolt", after(20), State.DEGRADED),
    Stretch(MAIL, after(20), State.DEGRADED),
    Stretch(API, after(120), State.DOWN),
    Stretch("acme", after(120), State.DOWN),
    Stretch("bolt", after(3_600), None),
)


def probes() -> Iterable[Record]:
    """What was seen, oldest first."""
    yield record(API, facts=FACTS, held=WELL, moved_from=State.UNKNOWN)
    yield record(PAGE, second=10, facts=PARTS, findings=(FINDING,), held=DEGRADED, moved_from=State.UNKNOWN)
    yield record(MAIL, second=20, facts={"version": "TLSv1.3"}, held=RESTLESS, moved_from=State.UNKNOWN)
    yield record(API, second=60, facts=FASTER, held=WELL)
    yield record(API, second=120, failure=REFUSED, held=SHAKEN)
    yield record(API, second=135, failure=REFUSED, held=DOWN, moved_from=State.UP)


def fill(store: SqlStore) -> None:
    """Write everything, and press together what is old by then."""
    for each in probes():
        store.write([each])
    store.write([aside(*(message(number) for number in range(3)), outages=OUTAGES, alerts=ALERTS)])
    store.write([aside(message(3, "chat"), message(4, "pager"))])
    store.mute(MUTE)
    _send(store)
    store.write([Aside(at=each.since, presence=each) for each in PRESENCES])
    store.write([Aside(at=each.since, consequences=Consequences(stretches=(each,))) for each in STRETCHES])
    _compact(store, after(20_000))


def _send(store: SqlStore) -> None:
    """Of the channel "ops" one message is sent, one is given up and one waits; "chat" is tried again, "pager" refuses."""
    for channel, says in (("ops", "sent"), ("ops", "dead"), ("chat", "again"), ("pager", "refused")):
        batch = store.claim(channel, after(200), gathered=after(200), until=after(260), most=1)
        assert batch
        match says:
            case "sent":
                store.sent(batch, after(201))
            case "refused":
                store.refused(batch, after(201), detail="400 what is that")
            case _:
                again = after(300) if says == "again" else None
                store.failed(batch, after(201), again=again, detail="503 not now", is_doubtful=True)


def _compact(store: SqlStore, at: datetime) -> None:
    kept = Kept(observations_since=at - timedelta(days=7), hours_since=at - timedelta(days=90), bytes=10**9)
    while not store.compact(at, kept).is_done:
        pass


def dump(path: Path) -> Iterator[str]:
    """The database at *path* as SQL."""
    with closing(sqlite3.connect(path)) as connection:
        yield from connection.iterdump()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        with closing(open_store("sqlite:///store.db", Path(folder))) as filled:
            fill(filled)
        sys.stdout.writelines(f"{line}\n" for line in dump(Path(folder) / "store.db"))
