"""A review counts what is stored, says of which rows, and keeps what was not seen apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from checks.model import Failure, Observation, Reason, Severity, State
from checks.values import Seconds
from checks.vendor import Vendor
from checks.vendor.window import WallTime, Window
from monitor.history import Stretch, Tally
from monitor.outage import Outage
from monitor.review.claimwording import admitted, disagreement
from monitor.review.details import Rest, Why, Zone
from monitor.review.gather import MOST_PERIODS, Asked, gather
from monitor.review.objective import Verdict
from monitor.review.periods import counted
from monitor.review.values import Review, VendorReview
from monitor.review.wording import headline, not_listed, reservations
from monitor.state import Held, Transition
from monitor.store.sql import SqlStore, open_store
from monitor.store.store import Aside, Consequences, Record
from tests.support.compacting import compacted, present, stretch
from tests.support.records import target

BERLIN = Zone("Europe/Berlin", ZoneInfo("Europe/Berlin"))
API, PAGE, CERT = "acme/endpoint/api", "acme/status/page", "acme/certificate/api:443"
OCTOBER = datetime(2026, 9, 30, 22, tzinfo=UTC)
NOVEMBER = datetime(2026, 10, 31, 23, tzinfo=UTC)
NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ACME = Vendor(slug="acme", name="Acme\x1b[2J", owner="ops", objective=99.9)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_store("sqlite:///store.db", tmp_path)) as opened:
        yield opened


def moved(*moves: tuple[str, datetime, State | None]) -> Aside:
    """What became of some series."""
    stretches = tuple(Stretch(*move) for move in moves)
    return Aside(at=moves[0][1], consequences=Consequences(stretches=stretches))


def look(key: str, at: datetime, *, failure: Failure | None = None, memo: str = "", moved_to: State | None = None) -> Record:
    """A look at a target, and what it was in by it."""
    held = Held(moved_to or State.UP, at, str(failure or ""), memo=memo)
    seen = Observation(key=key, at=at, seconds=0.2, facts=None if failure else {"a": 1}, failure=failure)
    transition = None
    if moved_to:
        transition = Transition(
            key=key, before=State.UP, after=moved_to, since=at, at=at + timedelta(seconds=9), cause=held.cause
        )
    return Record(target=target(key), observation=seen, severity=Severity.OK, held=held, transition=transition)


def reviewed(store: SqlStore, *slugs: str, begins: datetime = OCTOBER, ends: datetime = NOW, daily: bool = False) -> Review:
    asked = Asked(
        slugs=slugs or ("acme",),
        files={"acme": ACME},
        begins=begins,
        ends=ends,
        zone=BERLIN,
        made_at=NOW,
        database="sqlite:///store.db",
        day_by_day=daily,
    )
    return gather(store, asked)


def only(review: Review) -> VendorReview:
    [vendor] = review.vendors
    return vendor


@pytest.fixture
def watched(store: SqlStore) -> SqlStore:
    """Acme, watched since September, but for six days of October; an hour down of which the page told half."""
    since = OCTOBER - 3 * DAY
    store.write([look(key, since) for key in (API, PAGE, CERT)])
    store.write([present(since, OCTOBER + 2 * DAY), moved(*((key, since, State.UP) for key in ("acme", API, PAGE, CERT)))])
    store.write([present(OCTOBER + 8 * DAY, NOW)])
    fell = OCTOBER + 10 * DAY
    refused = Failure(Reason.REFUSED, "by 192.0.2.7\n" + "x" * 900)
    outage = Outage(
        vendor="acme",
        opened_at=fell,
        confirmed_at=fell + timedelta(seconds=15),
        claimed_at=fell + HOUR / 2,
        closed_at=fell + HOUR,
        targets=(API,),
        cause="refused:\x1b[31m by 192.0.2.7",
    )
    store.write([
        look(API, fell, failure=refused, moved_to=State.DOWN),
        moved(("acme", fell, State.DOWN), (API, fell, State.DOWN)),
        moved((PAGE, fell + HOUR / 2, State.DEGRADED)),
        moved(("acme", fell + HOUR, State.UP), (API, fell + HOUR, State.UP)),
        moved((PAGE, fell + 2 * HOUR, State.UP)),
        Aside(at=fell + HOUR, consequences=Consequences(outages=(outage,))),
    ])  # fmt: skip
    return store


def test_a_month_is_counted_with_its_arithmetic_and_its_rows(watched: SqlStore) -> None:
    vendor = only(reviewed(watched))
    october, november = vendor.months
    # Thirty-one days and the hour that comes twice.
    whole = 31 * 86_400 + 3_600
    assert october.tally == Tally(up=whole - 6 * 86_400 - 3_600, down=3_600, unknown=6 * 86_400)
    assert october.tally.coverage == pytest.approx(1 - 6 * 86_400 / whole)
    assert (october.since, october.until) == (None, None)
    assert november.month
    assert november.month.is_running
    assert november.tally == Tally(up=int((NOW - NOVEMBER).total_seconds()))
    assert vendor.in_all.tally == october.tally + november.tally
    tables = {(each.table, each.series): each for each in october.rows}
    mine = tables["stretch", ("acme",)]
    assert (mine.begins, mine.ends, mine.count) == (OCTOBER - 3 * DAY, OCTOBER + 10 * DAY + HOUR, 3)
    assert tables["stretch", (PAGE,)].count == 3
    assert tables["presence", ()].count == 2
    assert [each.count for each in november.rows] == [1, 1, 1]


def test_where_what_was_not_seen_decides_no_verdict_is_given(watched: SqlStore) -> None:
    october, november = only(reviewed(watched)).months
    assert october.judged
    assert november.judged
    # An hour is more than 0.1 % of what was counted, and of the whole month even with all of it up.
    assert october.judged.verdict is Verdict.MISSED
    assert november.judged.verdict is Verdict.MET
    early = only(reviewed(watched, ends=OCTOBER + 9 * DAY)).in_all
    assert early.judged
    assert early.judged.verdict is Verdict.UNDECIDED
    assert early.judged.is_met_as_seen


def test_what_the_page_said_stands_beside_what_we_measured(watched: SqlStore) -> None:
    vendor = only(reviewed(watched))
    claimed = vendor.months[0].claimed
    assert claimed
    # It said well for half an hour of the outage, and spoke of trouble for an hour after it.
    assert (claimed.denied, claimed.feared) == (1_800, 3_600)
    assert (claimed.tally.degraded, claimed.tally.down, claimed.tally.unknown) == (5_400, 0, 6 * 86_400)
    assert vendor.has_page
    assert not vendor.unadmitted
    assert vendor.outages[0].lead == HOUR / 2


def test_what_is_not_counted_is_listed_with_what_is_known_of_it(store: SqlStore) -> None:
    window = Window(start=WallTime.parse("2026-10-08T02:00"), lasts=Seconds(3_600), zone="UTC", why="their\nmove")
    store.write(
        [look(API, OCTOBER), present(OCTOBER, NOW), stretch("acme", OCTOBER, State.UP), stretch(API, OCTOBER, State.UP)]
    )
    odd = OCTOBER + 4 * DAY
    unsure = Failure(Reason.RESOLVER, "SERVFAIL for api.acme.test")
    store.write([look(API, odd, failure=unsure, moved_to=State.UNKNOWN), stretch("acme", odd, State.UNKNOWN)])
    store.write([stretch("acme", odd + HOUR, State.UP)])
    work = datetime(2026, 10, 8, 2, tzinfo=UTC)
    store.write([stretch("acme", work, State.MAINTENANCE), stretch("acme", work + HOUR, State.UP)])
    asked = Asked(
        slugs=["acme"],
        files={"acme": Vendor(slug="acme", name="Acme", maintenance=(window,))},
        begins=OCTOBER,
        ends=NOW,
        zone=BERLIN,
        made_at=NOW,
        database="",
    )
    vendor = only(gather(store, asked))
    assert [(each.why, each.begins, each.lasted, each.cause) for each in vendor.periods] == [
        (Why.UNKNOWN, odd, HOUR, f"{API}: resolver: SERVFAIL for api.acme.test"),
        (Why.MAINTENANCE, work, HOUR, "a window of our own: their move"),
    ]
    assert not vendor.untold


def test_a_watch_that_began_late_or_ended_says_so(store: SqlStore) -> None:
    began, ended = OCTOBER + 5 * DAY, OCTOBER + 20 * DAY
    store.write(
        [look(API, began), present(began - DAY, NOW), stretch("acme", began, State.UP), stretch("acme", ended, None)]
    )
    october, november = only(reviewed(store)).months
    assert (october.since, october.until) == (began, ended)
    assert october.tally == Tally(up=15 * 86_400)
    assert (november.since, november.until, november.tally) == (None, None, Tally())
    assert november.judged is None


def test_a_gap_in_the_watch_is_told_and_leaves_the_objective_open(store: SqlStore) -> None:
    gone, back = OCTOBER + 2 * DAY, OCTOBER + 29 * DAY
    store.write([look(API, OCTOBER), present(OCTOBER - DAY, NOW), stretch("acme", OCTOBER, State.UP)])
    store.write([stretch("acme", gone - timedelta(seconds=60), State.DOWN), stretch("acme", gone, None)])
    store.write([stretch("acme", back, State.UP)])
    vendor = only(reviewed(store))
    october, november = vendor.months
    assert (october.unwatched, november.unwatched) == (27 * 86_400, 0)
    assert [(each.why, each.begins, each.ends) for each in vendor.periods] == [(Why.UNWATCHED, gone, back)]
    assert october.judged
    assert (october.judged.verdict, october.judged.is_met_as_seen) == (Verdict.UNDECIDED, True)
    assert "not watched for 27 d in between" in list(reservations(october, BERLIN))
    assert vendor.in_all.judged
    assert vendor.in_all.judged.verdict is Verdict.UNDECIDED
    # Of that time alone it is known that it was watched before, and not that it will be again.
    alone = only(reviewed(store, ends=gone + DAY))
    assert (alone.in_all.unwatched, alone.in_all.until) == (0, gone)


def paged(store: SqlStore, *said: tuple[datetime, State | None]) -> None:
    """Acme, down on the tenth of October for an hour, with a page that *said* something from some times on."""
    fell = OCTOBER + 9 * DAY
    over = Outage(vendor="acme", opened_at=fell, confirmed_at=fell, closed_at=fell + HOUR, targets=(API,), cause="x")
    store.write([look(API, OCTOBER), look(PAGE, OCTOBER), present(OCTOBER, NOW), stretch("acme", OCTOBER, State.UP)])
    store.write([stretch("acme", fell, State.DOWN), stretch("acme", fell + HOUR, State.UP)])
    store.write([Aside(at=fell, consequences=Consequences(outages=(over,))), *(stretch(PAGE, *each) for each in said)])


@pytest.mark.parametrize(
    "said",
    [
        ((OCTOBER + 18 * DAY, State.UP),),
        ((OCTOBER, State.UP), (OCTOBER + 9 * DAY - HOUR, State.UNKNOWN), (OCTOBER + 10 * DAY, State.UP)),
    ],
)
def test_a_page_that_could_not_be_read_meanwhile_did_not_deny(
    store: SqlStore, said: tuple[tuple[datetime, State | None], ...]
) -> None:
    paged(store, *said)
    vendor = only(reviewed(store))
    assert vendor.has_page
    assert (len(vendor.unread), vendor.unadmitted) == (1, ())
    assert admitted(vendor.outages[0], vendor) == "page not read"


def test_a_page_that_was_read_meanwhile_and_said_nothing_never_admitted(store: SqlStore) -> None:
    paged(store, (OCTOBER, State.UP))
    vendor = only(reviewed(store))
    assert (vendor.unread, len(vendor.unadmitted)) == ((), 1)
    assert admitted(vendor.outages[0], vendor) == "never"


def test_a_page_that_was_removed_long_ago_accuses_nobody(store: SqlStore) -> None:
    paged(store, (OCTOBER - 300 * DAY, State.UP), (OCTOBER - 299 * DAY, None))
    vendor = only(reviewed(store))
    assert (vendor.has_page, vendor.names_page, vendor.unadmitted) == (False, False, ())
    assert vendor.in_all.claimed is None
    assert admitted(vendor.outages[0], vendor) == "no page"


def test_that_they_never_parted_is_only_said_where_both_were_seen_to_agree(store: SqlStore) -> None:
    fell = OCTOBER + 9 * DAY
    paged(store, (OCTOBER, State.UP), (fell, State.DEGRADED), (fell + HOUR, State.UNKNOWN))
    vendor = only(reviewed(store))
    claimed = vendor.in_all.claimed
    assert claimed
    assert (claimed.denied, claimed.feared, claimed.belittled) == (0, 0, 3_600)
    assert claimed.compared == 9 * 86_400 + 3_600
    assert "it told of less than we measured for 1 h" in disagreement(claimed, vendor.in_all.tally)
    calm = only(reviewed(store, ends=OCTOBER + DAY)).in_all
    assert disagreement(calm.claimed, calm.tally).endswith("they never parted in the 1 d in which both were seen")
    blind = only(reviewed(store, begins=NOVEMBER)).in_all
    assert "never seen together" in disagreement(blind.claimed, blind.tally)


def test_what_runs_ends_where_we_saw_last(store: SqlStore) -> None:
    seen = NOW - timedelta(seconds=14)
    store.write([look(API, OCTOBER), present(OCTOBER, seen), stretch("acme", OCTOBER, State.UP)])
    found = reviewed(store)
    assert found.ends == seen
    assert found.months[-1].is_running
    assert only(found).in_all.tally.unknown == 0
    # A daemon that stopped longer ago is told of.
    assert only(reviewed(store, ends=NOW - HOUR)).in_all.tally.unknown == 0
    store.write([present(OCTOBER, NOW - HOUR)])
    assert only(reviewed(store)).in_all.tally.unknown == 3_600


def test_periods_of_each_reason_are_listed_and_the_rest_summed_up(store: SqlStore) -> None:
    store.write([look(API, OCTOBER), present(OCTOBER, NOW), stretch("acme", OCTOBER, State.UP)])
    for number in range(1, MOST_PERIODS + 3):
        odd = OCTOBER + number * HOUR
        store.write([stretch("acme", odd, State.UNKNOWN), stretch("acme", odd + timedelta(seconds=60 + number), State.UP)])
    work = OCTOBER + 10 * DAY
    store.write([stretch("acme", work, State.MAINTENANCE), stretch("acme", work + timedelta(seconds=5), State.UP)])
    vendor = only(reviewed(store))
    assert [each.why for each in vendor.periods] == [Why.UNKNOWN] * MOST_PERIODS + [Why.MAINTENANCE]
    assert vendor.rest == (Rest(Why.UNKNOWN, 2, 61 + 62),)
    assert not_listed(vendor.rest) == "Shorter, and not listed: nobody could tell 2 times, 123 s together."


def test_a_key_is_whole_however_long(store: SqlStore) -> None:
    long = f"acme/endpoint/{'a' * 300}"
    store.write([look(long, OCTOBER), present(OCTOBER, NOW), stretch("acme", OCTOBER, State.UP)])
    assert [each.key for each in only(reviewed(store)).targets] == [long]


def test_a_time_with_two_offsets_marks_each(watched: SqlStore) -> None:
    both, one = reviewed(watched, ends=NOVEMBER), reviewed(watched, begins=NOVEMBER)
    assert (both.zone.shows_offset, one.zone.shows_offset) == (True, False)
    assert headline(both) == "2026-10-01 00:00+02:00 to 2026-11-01 00:00+01:00, Europe/Berlin (UTC+02:00 to UTC+01:00)"
    assert headline(one) == "2026-11-01 00:00 to 2026-11-10 13:00, Europe/Berlin (UTC+01:00)"


def test_vendors_of_which_nothing_is_stored_and_those_without_a_file(watched: SqlStore) -> None:
    acme, nobody = reviewed(watched, "acme", "nobody").vendors
    assert acme.is_known
    assert acme.name == "Acme [2J"
    assert (nobody.is_known, nobody.is_listed, nobody.name) == (False, False, "nobody")
    assert nobody.in_all.tally == Tally()
    assert nobody.objective is None


def test_looks_and_latency_are_counted_by_days_of_utc(watched: SqlStore) -> None:
    day = OCTOBER.replace(hour=0) + 9 * DAY
    watched.write([look(API, day + timedelta(minutes=minute)) for minute in range(30)])
    watched.write([look(API, day + HOUR, failure=Failure(Reason.TIMEOUT, "after 10 s"))])
    compacted(watched, NOW)
    vendor = only(reviewed(watched))
    october = vendor.months[0]
    # One of them is the look that began the outage, two days later.
    assert (october.looks.count, october.looks.failures) == (32, {Reason.TIMEOUT: 1, Reason.REFUSED: 1})
    assert october.looks.until
    api = next(each for each in vendor.targets if each.key == API)
    assert api.months[0].latency
    assert api.months[0].latency.count == 30
    assert api.months[0].latency.p50 == pytest.approx(0.2, rel=0.02)
    rows = {each.table: each for each in api.months[0].rows}
    # There is no row of the five days of which nothing was seen.
    assert rows["day"].count == 26
    assert api.in_all.looks.count == 32
    assert api.months[1].latency is None


def test_charts_are_given_their_days(watched: SqlStore) -> None:
    compacted(watched, NOW)
    vendor = only(reviewed(watched, daily=True))
    assert counted(vendor.measured, OCTOBER, NOW) == vendor.in_all.tally
    assert [state for _, _, state in vendor.measured] == [State.UP, State.UNKNOWN, State.UP, State.DOWN, State.UP]
    assert [state for _, _, state in vendor.said][-3:] == [State.UP, State.DEGRADED, State.UP]
    api = next(each for each in vendor.targets if each.key == API)
    assert [day for day, _ in api.days] == [date(2026, 10, 1) + number * DAY for number in range(41)]
    plain = only(reviewed(watched))
    assert (plain.measured, plain.said) == ((), ())
