"""A database of every schema there ever was opens under today's code, with all that it holds, and is written on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.model import State
from checks.plain import plain
from monitor.outbox import Queue
from monitor.state import Held
from monitor.store import migrations
from monitor.store.sql import SqlStore, open_store
from monitor.store.store import Kept
from tests.support import stored
from tests.support.consequences import after, aside, message, outage
from tests.support.moving import move
from tests.support.postgres import Server
from tests.support.records import record
from tests.support.stored import API, DEGRADED, DOWN, MAIL, PAGE, RESTLESS

SCHEMAS = Path(__file__).parent / "schemas"
REVISIONS = sorted(file.stem for file in SCHEMAS.glob("*.sql"))
ALERTING = "0004"
"""The first revision that keeps what follows from probes."""
HISTORY = "0006"
"""The first that accounts for the past."""


def test_there_is_a_stored_database_of_every_schema() -> None:
    known = sorted(file.name[1:5] for file in (Path(migrations.__file__).parent / "versions").glob("v*.py"))
    assert known == REVISIONS, "write the newest: see tests/support/stored.py"


@pytest.fixture(params=REVISIONS)
def revision(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def store(revision: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SqlStore]:
    """The stored database, opened as the daemon does."""
    script = (SCHEMAS / f"{revision}.sql").read_text()
    if request.param == "postgresql":
        postgres: Server = request.getfixturevalue("postgres")
        with postgres.schema(request.getfixturevalue("database")) as url:
            move(script, revision, url)
            with closing(open_store(url)) as opened:
                yield opened
        return
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        connection.executescript(script)
    with closing(open_store("sqlite:///store.db", tmp_path)) as opened:
        yield opened


def as_written_by(revision: str, held: Held) -> Held:
    """*held* as far as a database of that revision can know it."""
    known: dict[str, Any] = {"state": held.state, "since": held.since, "cause": held.cause, "transient": held.transient}
    if revision >= "0002":
        known["memo"] = held.memo
    if revision >= "0003":
        known |= {"looks": held.looks, "flapping": held.flapping}
        known |= {"believed_since": held.believed_since, "bad_since": held.bad_since}
    return Held(**known)


def test_the_states_are_there(store: SqlStore, revision: str) -> None:
    expected = {API: DOWN, PAGE: DEGRADED, MAIL: RESTLESS}
    assert store.states() == {key: as_written_by(revision, held) for key, held in expected.items()}


def test_the_transitions_are_there(store: SqlStore) -> None:
    assert [*reversed(store.transitions())] == [each.transition for each in stored.probes() if each.transition]
    assert [each.after for each in store.transitions(API)] == [State.DOWN, State.UP]


def test_the_observations_are_there_with_their_facts(store: SqlStore) -> None:
    for key in (API, PAGE, MAIL):
        seen = [each for each in stored.probes() if each.key == key]
        found = [*reversed(store.observations(key))]
        assert [each.at for each in found] == [each.observation.at for each in seen]
        assert [each.facts for each in found] == [each.observation.facts for each in seen]
        assert [each.failure for each in found] == [each.observation.failure for each in seen]
        assert [each.findings for each in found] == [plain(each.observation.findings) for each in seen]
        assert [(each.severity, each.seconds) for each in found] == [(each.severity, 0.25) for each in seen]


def test_outages_alerts_and_mutes_are_there(store: SqlStore, revision: str) -> None:
    is_kept = revision >= ALERTING
    assert store.outages() == (list(stored.OUTAGES) if is_kept else [])
    assert store.alerts(after(0)) == (list(stored.ALERTS) if is_kept else [])
    assert store.mutes(after(60)) == ([stored.MUTE] if is_kept else [])


def test_what_waited_waits_and_what_was_given_up_stays_so(store: SqlStore, revision: str) -> None:
    queues = {
        "chat": Queue(waiting=1, oldest=after(3), error="503 not now"),
        "ops": Queue(waiting=1, dead=1, oldest=after(2), error="503 not now"),
        "pager": Queue(dead=1, error="400 what is that"),
    }
    assert store.queues() == (queues if revision >= ALERTING else {})
    if revision < ALERTING:
        return
    again = store.claim("chat", after(300), gathered=after(300), until=after(360), most=5)
    assert again
    assert (again.messages, again.tries) == ((message(3, "chat"),), 1)
    assert again.doubts == (1 if revision >= "0005" else 0)
    store.sent(again, after(301))
    following = store.claim("ops", after(300), gathered=after(300), until=after(360), most=5)
    assert following
    assert following.messages == (message(2),)


def test_the_past_is_accounted_for_since_there_is_an_account(store: SqlStore, revision: str) -> None:
    is_kept = revision >= HISTORY
    assert store.presences(after(-3_600), after(30_000)) == (list(stored.PRESENCES) if is_kept else [])
    living = {API: State.DOWN, PAGE: State.DEGRADED, MAIL: State.DEGRADED, "acme": State.DOWN}
    assert store.living() == (living if is_kept else {})
    (api,) = store.days(after(-86_400), after(86_400), [API]).get(API, ()) or (None,)
    assert (api.probes if api else None) == (4 if is_kept else None)
    assert (api.tally.down if api else None) == ((7_300 - 120) + (18_000 - 7_600) if is_kept else None)


def test_it_is_written_on(store: SqlStore, revision: str) -> None:
    up = Held(State.UP, after(30_000), "ok")
    facts = {**stored.FACTS, "more": True}
    store.write([record(API, second=30_000, facts=facts, held=up, moved_from=State.DOWN)])
    store.write([record("new/dns/a", second=30_000), aside(message(9), outages=(outage("new", opened=30_000),))])
    assert store.states()[API] == up
    assert store.transitions(API)[0].after is State.UP
    assert store.observations(API)[0].facts == facts
    assert store.outages("new") == [outage("new", opened=30_000)]
    assert store.queues()["ops"].waiting == (2 if revision >= ALERTING else 1)


def test_what_is_old_by_now_is_pressed_together_and_there_still(store: SqlStore) -> None:
    seen = {key: store.observations(key) for key in (API, PAGE, MAIL)}
    at = after(0) + timedelta(days=2)
    kept = Kept(observations_since=at - timedelta(days=7), hours_since=at - timedelta(days=90), bytes=10**9)
    for _ in range(1_000):
        if store.compact(at, kept).is_done:
            break
    assert store.compact(at, kept).is_done
    assert {key: store.observations(key) for key in seen} == seen
