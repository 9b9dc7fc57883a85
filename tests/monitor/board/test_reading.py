"""What is read of the past: what a review counts, each time as if all of it had been read, and nothing that harms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from checks.model import State
from checks.vendor import Vendor
from monitor.board import reading
from monitor.board.reading import MOST_OUTAGES, Known, read
from monitor.board.strips import DAYS, first_day, midnight
from monitor.history import Presence, Stretch
from monitor.outage import Outage
from monitor.review.details import Zone
from monitor.review.gather import Asked, gather
from monitor.store.sql import SqlStore, open_store
from monitor.store.store import Aside, Consequences
from tests.support.compacting import compacted, present, stretch
from tests.support.postgres import Server, server

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_store("sqlite:///store.db", tmp_path)) as opened:
        yield opened


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    with server(synchronous_commit="off") as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """A store in each kind of database."""
    url = "sqlite:///store.db"
    if request.param == "postgresql":
        running: Server = request.getfixturevalue("postgres")
        url = running.url(running.create())
    with closing(open_store(url, tmp_path)) as opened:
        yield opened


def outage(vendor: str = "acme", began: timedelta = HOUR, lasted: timedelta | None = None, cause: str = "503") -> Outage:
    """One that began so long before noon."""
    opened = NOON - began
    closed = opened + lasted if lasted is not None else None
    return Outage(
        vendor=vendor,
        opened_at=opened,
        confirmed_at=opened,
        closed_at=closed,
        targets=(f"{vendor}/endpoint/api",),
        cause=cause,
    )


def put(store: SqlStore, *outages: Outage) -> None:
    store.write([Aside(at=NOON, consequences=Consequences(outages=outages))])


def story(chance: Random, store: SqlStore) -> Iterator[datetime]:
    """A daemon's life, with gaps, corrections of the last day and a clock that is set back; each moment of it is told of."""
    now, since = NOON, NOON
    store.write([stretch(slug, NOON, State.UP) for slug in ("acme", "bolt", "calm")])
    for _ in range(40):
        gap = chance.choice((5 * SECOND, 50 * SECOND, HOUR, 20 * HOUR, 3 * DAY, -10 * HOUR, -4 * DAY))
        if chance.random() < 0.3 or gap < timedelta():
            since = now + gap  # nobody watched in between
        now += gap
        entries: list[Aside] = [present(min(since, now), now)]
        for slug in chance.sample(("acme", "bolt", "calm"), 2):
            late = chance.choice((SECOND, HOUR, 20 * HOUR))
            entries.append(stretch(slug, now - late, chance.choice([*State, None])))
            closed = chance.choice((None, HOUR))
            entries.append(Aside(at=now, consequences=Consequences(outages=(outage(slug, NOON - now + late, closed),))))
        store.write(entries)
        yield now + chance.choice((SECOND, 30 * SECOND, 5 * HOUR))


@pytest.mark.parametrize("seed", range(4))
def test_what_is_read_again_is_what_all_of_it_would_be(any_store: SqlStore, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a made-up life
    known: Known | None = None
    for at in story(chance, any_store):
        slugs = chance.choice((["acme", "bolt"], ["acme", "bolt", "calm"], ["bolt", "not-watched"]))
        known, whole = read(any_store, slugs, at, known), read(any_store, slugs, at)
        assert known.strips == whole.strips
        assert known.outages == whole.outages
        assert known.until == whole.until


def test_it_is_what_a_report_of_the_same_days_counts(any_store: SqlStore) -> None:
    chance, at = Random(7), NOON  # noqa: S311 - a made-up life
    for moment in story(chance, any_store):
        at = max(at, moment)
    begins = midnight(first_day(at))
    asked = Asked(
        slugs=["acme", "bolt", "calm"],
        files={"acme": Vendor(slug="acme", name="Acme")},
        begins=begins,
        ends=at,
        zone=Zone("UTC", UTC),
        made_at=at,
        database="",
    )
    found = {vendor.slug: vendor for vendor in gather(any_store, asked).vendors}
    for slug, strip in read(any_store, asked.slugs, at).strips.items():
        assert strip.whole == found[slug].in_all.tally
        assert strip.until == found[slug].in_all.ends
        for account in found[slug].months:
            assert account.month
            mine = [day.tally for day in strip.days if f"{day.day:%Y-%m}" == account.month.name]
            assert account.tally.elapsed == sum(each.elapsed for each in mine)
            assert account.tally.down == sum(each.down for each in mine)
            assert account.tally.unknown == sum(each.unknown for each in mine)


def test_what_becomes_of_it_with_time_changes_nothing(store: SqlStore) -> None:
    at = max(story(Random(3), store))  # noqa: S311 - a made-up life
    before = read(store, ["acme"], at)
    compacted(store, at)
    assert read(store, ["acme"], at) == before


def test_what_was_not_stored_yet_is_no_unknown_time(store: SqlStore) -> None:
    store.write([stretch("acme", NOON - DAY, State.UP), present(NOON - DAY, NOON - 15 * SECOND)])
    strip = read(store, ["acme"], NOON).strips["acme"]
    assert strip.until == NOON - 15 * SECOND
    assert strip.whole.unknown == 0
    late = read(store, ["acme"], NOON + 5 * HOUR).strips["acme"]
    assert late.until == NOON + 5 * HOUR
    assert late.whole.unknown == 5 * 3_600 + 15


def test_around_midnight_there_are_as_many_days(store: SqlStore) -> None:
    today = midnight(NOON.date())
    store.write([stretch("acme", NOON - 200 * DAY, State.UP), present(NOON - 200 * DAY, today - 20 * SECOND)])
    known = read(store, ["acme"], today - 5 * SECOND)
    for seconds in (0, 10, 39, 41, 100):
        at = today + seconds * SECOND
        known = read(store, ["acme"], at, known)
        days = known.strips["acme"].days
        assert (len(days), days[-1].day) == (DAYS, known.until.date())


def test_outages_are_the_newest_and_told_once(store: SqlStore) -> None:
    many = [outage(began=number * HOUR, lasted=HOUR / 2) for number in range(1, MOST_OUTAGES + 20)]
    put(store, *many, outage("bolt"), outage("gone"))
    known = read(store, ["acme", "bolt"], NOON)
    assert known.outages["acme"] == tuple(many[:MOST_OUTAGES])
    assert known.outages.keys() == {"acme", "bolt"}
    over = outage("bolt", lasted=HOUR / 4)
    put(store, over)
    assert read(store, ["acme", "bolt"], NOON + HOUR, known).outages == {**known.outages, "bolt": (over,)}


def test_an_outage_of_long_ago_that_goes_on_is_there_and_one_that_is_over_is_not(store: SqlStore) -> None:
    put(store, outage(began=200 * DAY), outage("bolt", began=200 * DAY, lasted=DAY))
    assert read(store, ["acme", "bolt"], NOON).outages == {"acme": (outage(began=200 * DAY),)}


def test_what_a_vendor_said_is_one_harmless_line(store: SqlStore) -> None:
    put(store, outage(cause="a\n\x1b[2J\u202eb" + "c" * 5_000))
    (told,) = read(store, ["acme"], NOON).outages["acme"]
    assert told.cause.startswith("a [2J bccc")
    assert len(told.cause) <= 300


class Counting(SqlStore):
    """A store that notes what is asked of it."""

    asked: list[tuple[str, datetime, int]]

    def told(self) -> list[tuple[str, datetime, int]]:
        """What was asked since this was asked last, but for until when somebody saw."""
        found, self.asked = self.asked, []
        assert found[0][0] == "presences"
        return found[1:]

    def presences(self, begins: datetime, ends: datetime) -> Sequence[Presence]:
        self.asked.append(("presences", begins, 0))
        return super().presences(begins, ends)

    def stretches(self, begins: datetime, ends: datetime, series: Any = None) -> Any:
        self.asked.append(("stretches", begins, len(series)))
        return super().stretches(begins, ends, series)


def test_only_what_may_have_changed_is_read_again_and_of_a_few_vendors_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 2)
    with closing(open_store("sqlite:///store.db", tmp_path)) as plain:
        store = Counting(plain._engine)
        store.asked = []
        store.write([stretch("acme", NOON - DAY, State.UP), present(NOON - DAY, NOON)])
        known = read(store, ["acme", "bolt", "calm"], NOON)
        first, yesterday = midnight(first_day(NOON)), midnight(NOON.date()) - DAY
        assert store.told() == [("presences", first, 0), ("stretches", first, 2), ("stretches", first, 1)]
        known = read(store, ["acme", "bolt"], NOON + 60 * SECOND, known)
        assert store.told() == [("presences", yesterday, 0), ("stretches", yesterday, 2)]
        read(store, ["acme", "new"], NOON + 90 * SECOND, known)
        assert store.told() == [("presences", first, 0), ("stretches", first, 1), ("stretches", yesterday, 1)]


def test_days_that_are_alike_are_kept_once(store: SqlStore) -> None:
    names = [f"vendor-{number}" for number in range(50)]
    store.write([present(NOON - 99 * DAY, NOON), *(stretch(name, NOON - 99 * DAY, State.UP) for name in names)])
    days = [id(day) for strip in read(store, names, NOON).strips.values() for day in strip.days]
    assert (len(days), len(set(days))) == (50 * DAYS, DAYS)


def test_a_series_that_is_no_vendors_is_not_read(store: SqlStore) -> None:
    store.write(
        [Aside(at=NOON, consequences=Consequences(stretches=(Stretch("acme/endpoint/api", NOON - DAY, State.DOWN),)))]
    )
    assert read(store, ["acme"], NOON).strips["acme"].whole.elapsed == 0
