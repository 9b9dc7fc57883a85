"""What is found out about a database: each thing that can be wrong with it, and nothing where nothing is."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from checks.model import State
from monitor.history import Presence, Stretch
from monitor.store.health import MOST_TROUBLES, Health, examine
from monitor.store.sql import SqlStore, open_store
from monitor.store.store import Aside, Consequences, Kept, Store, StoreUnavailable
from tests.support import stored
from tests.support.consequences import after, aside, outage
from tests.support.records import record

HOUR = 3_600


def live_on(store: Store) -> None:
    """Three days of a target that fails now and then, seen by a daemon that is away now and then, and all of it counted."""
    chance, key = random.Random(7), "acme/endpoint/api"  # noqa: S311 - it guards nothing
    for hour in range(72):
        presence = Presence(after(HOUR * hour + chance.randrange(600)), after(HOUR * (hour + 1) - chance.randrange(600)))
        state = chance.choice([State.UP, State.UP, State.DOWN, State.MAINTENANCE, State.UNKNOWN])
        since = after(HOUR * hour + chance.randrange(HOUR))
        stretches = Consequences(stretches=(Stretch(key, since, state), Stretch("acme", since, state)))
        store.write([Aside(at=presence.since, presence=presence), Aside(at=since, consequences=stretches)])
        store.write([record(key, second=HOUR * hour + minute * 60 + 1) for minute in range(0, 60, 10)])
    at = after(72 * HOUR + 3 * 86_400)
    store.write([Aside(at=at, presence=Presence(after(72 * HOUR + 900), at))])
    kept = Kept(observations_since=at - timedelta(days=30), hours_since=at - timedelta(days=90), bytes=10**9)
    for _ in range(10_000):
        if store.compact(at, kept).is_done:
            return
    raise AssertionError


def looked(url: str, sample: int | None = None) -> Health:
    return examine(url, lambda _: None, sample=sample)


def troubles(url: str) -> dict[str, tuple[str, ...]]:
    return {part.name: part.troubles for part in looked(url).parts if part.troubles}


def test_what_was_written_here_is_sound(store: SqlStore, url: str) -> None:
    stored.fill(store)
    live_on(store)
    found = looked(url)
    assert found.is_sound, found
    counts = {part.name: part.looked_at for part in found.parts}
    assert (counts["hours"] >= 140, counts["days"] >= 4, counts["packs"] >= 70) == (True, True, True), counts


def test_it_is_sound_while_it_is_counted(store: SqlStore, url: str) -> None:
    """After each step of compaction, and beside the daemon, which has it open."""
    stored.fill(store)
    at = after(40 * HOUR)
    store.write([Aside(at=at, presence=Presence(after(20_100), at))])
    kept = Kept(observations_since=at - timedelta(hours=3), hours_since=at - timedelta(hours=9), bytes=10**9)
    for _ in range(10_000):
        is_done = store.compact(at, kept).is_done
        assert looked(url).is_sound
        if is_done:
            return
    raise AssertionError


@pytest.fixture(scope="module")
def three_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("three-days")
    with closing(open_store("sqlite:///store.db", folder)) as opened:
        stored.fill(opened)
        live_on(opened)
    return folder / "store.db"


@pytest.fixture
def path(three_days: Path, tmp_path: Path) -> Path:
    """A database file of three days."""
    return Path(shutil.copy(three_days, tmp_path / "store.db"))


@pytest.mark.parametrize(
    ("change", "part", "told"),
    [
        ("UPDATE hour SET up = up + 1 WHERE probes > 0 AND hour % 24 = 3", "hours", "its states were"),
        ("UPDATE hour SET unknown = 0, down = 3600 WHERE hour % 24 = 5", "hours", "it says down 3600 s; its states were"),
        ("UPDATE day SET down = down + 60", "days", "acme/endpoint/api: from 2026-03-0"),
        ("UPDATE day SET probes = probes + 1", "days", "looks, its hours"),
        ("UPDATE stretch SET state = 'maintenance' WHERE state = 'up'", "hours", "its states were"),
        ("DELETE FROM presence WHERE since = (SELECT min(since) FROM presence)", "hours", "its states were unknown"),
        ("UPDATE presence SET until = since - 1", "presences", "ends before it begins"),
        ("UPDATE presence SET until = until + 7200000000", "presences", "overlap"),
        ("UPDATE pack SET packed = x'00112233'", "packs", "are not observations that were pressed together"),
        ("UPDATE pack SET hour = hour + 5000", "packs", "is of another time"),
        ("UPDATE target_state SET state = 'well'", "states", "cannot be read: 'well' is not a valid State"),
        ("UPDATE transition SET after = 'well'", "states", "cannot be read: 'well' is not a valid State"),
        ("UPDATE judgement SET findings = '[]['", "judgements", "holds what cannot be read: Extra data"),
        ("UPDATE judgement SET findings = '{}'", "judgements", "is no list of findings"),
        ("UPDATE judgement SET findings = '[{\"code\": 1}]'", "judgements", "is no list of findings"),
        ("UPDATE outage SET closed_at = NULL, vendor = 'acme'", "outages", "acme: 2 outages go on at once"),
        ("UPDATE outage SET closed_at = opened_at - 1", "outages", "an outage ended 2026-03-01 12:0"),
        ("UPDATE alert SET labels = '[]['", "messages", "holds what cannot be read: Extra data"),
        (
            "DELETE FROM target WHERE key = 'bolt'",
            "references",
            "a row of stretch belongs to a row of target that is not there",
        ),
        (
            "DELETE FROM pack WHERE target_id = 1 AND is_kept",
            "transitions",
            "the observation is gone by which it became down",
        ),
    ],
)
def test_each_disagreement_is_found(path: Path, change: str, part: str, told: str) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.executescript(change)
    found = troubles(f"sqlite:///{path}")
    assert part in found, found
    assert told in " ".join(found[part])


def test_only_so_much_is_told_of_a_part(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.executescript("UPDATE hour SET up = up + 1")
    assert len(troubles(f"sqlite:///{path}")["hours"]) == MOST_TROUBLES


def test_a_page_that_is_broken_is_found_and_the_rest_is_looked_at(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for at in range(8 * 4096, len(content) - 4096, 8 * 4096):
        content[at : at + 64] = b"\xff" * 64
    path.write_bytes(content)
    found = looked(f"sqlite:///{path}")
    assert not found.is_sound
    assert next(part for part in found.parts if part.name == "pages").troubles


def test_of_a_sample_fewer_are_looked_at(path: Path) -> None:
    some, every = (sum(part.looked_at for part in looked(f"sqlite:///{path}", many).parts) for many in (1, None))
    assert some < every


def test_an_old_schema_is_sound_as_far_as_that_is_looked_at(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "old.db")) as old:
        old.executescript((Path(__file__).parent / "schemas" / "0002.sql").read_text())
    found = looked(f"sqlite:///{tmp_path / 'old.db'}")
    assert (found.is_sound, found.is_current, found.schema) == (True, False, "0002")


def test_what_is_not_there_or_another_programs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="there is no database yet"):
        looked(f"sqlite:///{tmp_path / 'none.db'}")
    with closing(sqlite3.connect(tmp_path / "foreign.db")) as foreign:
        foreign.execute("CREATE TABLE dashboard (id INTEGER)")
    with pytest.raises(StoreUnavailable, match="the database of another program"):
        looked(f"sqlite:///{tmp_path / 'foreign.db'}")


def test_nothing_is_changed(path: Path) -> None:
    before = path.read_bytes()
    looked(f"sqlite:///{path}")
    assert path.read_bytes() == before
    with closing(open_store(f"sqlite:///{path}")) as store:
        store.write([aside(outages=(outage("later", opened=9),))])
        assert looked(f"sqlite:///{path}").is_sound
