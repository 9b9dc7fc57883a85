"""Reviews to write down: made up, but put together as a store would give them. Always the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from checks.model import Severity, State
from monitor.history import Presence, Stretch, Tally, tally
from monitor.outage import Outage
from monitor.review.details import (
    CertificateSeen,
    Change,
    Claimed,
    FindingsChange,
    Found,
    Latency,
    Looks,
    Month,
    Period,
    Rest,
    Rows,
    Run,
    Unjudged,
    Why,
    Zone,
)
from monitor.review.objective import judged
from monitor.review.periods import moment
from monitor.review.values import Account, Review, TargetMonth, TargetReview, VendorReview

BERLIN = Zone("Europe/Berlin", ZoneInfo("Europe/Berlin"))
BEGINS = datetime(2025, 10, 31, 23, tzinfo=UTC)
"""The beginning of November in Berlin."""
EVIL = '<script>alert("1")</script>\u202e\'&\x00\n</style>-->'
"""What a vendor would say that means harm."""
LONG = "W" * 3_000


def months(count: int = 3) -> tuple[Month, ...]:
    """So many months of Berlin's calendar from November 2025 on."""
    edges = [datetime(2025 + (10 + n) // 12, (10 + n) % 12 + 1, 1, tzinfo=BERLIN.info) for n in range(count + 1)]
    return tuple(
        Month(
            name=f"{begins:%Y-%m}",
            begins=begins.astimezone(UTC),
            ends=ends.astimezone(UTC),
            first=begins.date(),
            last=(ends - timedelta(days=1)).date(),
            is_whole=True,
            is_running=False,
        )
        for begins, ends in pairwise(edges)
    )


def runs(changes: Sequence[tuple[datetime, State | None]], ends: datetime) -> tuple[Run, ...]:
    """One for each of *changes* until the next, and the last until *ends*."""
    moments = [*changes, (ends, None)]
    pairs = pairwise((int(at.timestamp()), state) for at, state in moments)
    return tuple((since, until, state) for (since, state), (until, _) in pairs if state is not None)


def review(*vendors: VendorReview, calendar: tuple[Month, ...] | None = None) -> Review:
    """Of these *vendors*, over all months of the *calendar*."""
    calendar = calendar or months()
    return Review(
        made_at=calendar[-1].ends + timedelta(hours=9),
        begins=calendar[0].begins,
        ends=calendar[-1].ends,
        zone=BERLIN,
        months=calendar,
        vendors=vendors,
        database="sqlite:////var/lib/vendorwatch/history.db",
    )


def vendor(
    slug: str = "acme", *, seed: int = 1, troubles: int = 4, calendar: tuple[Month, ...] | None = None
) -> VendorReview:
    """A vendor with as many *troubles*, a page that admits some of them, a week unseen, and two targets."""
    chance, calendar = Random(seed), calendar or months()  # noqa: S311 - made-up examples
    begins, ends = calendar[0].begins, calendar[-1].ends
    outages = tuple(_outages(slug, chance, begins, ends, troubles))
    measured, said = _measured(outages, begins, ends), _said(outages, begins, ends)
    accounts = [_account(slug, measured, said, (begins, ends), month) for month in calendar]
    return VendorReview(
        slug=slug,
        name=slug.title(),
        owner="payments",
        objective=99.9,
        is_listed=True,
        has_page=True,
        months=tuple(accounts),
        in_all=_account(slug, measured, said, (begins, ends)),
        outages=outages,
        periods=tuple(_periods(measured)),
        rest=(Rest(Why.UNSEEN, 3, 95),),
        names_page=True,
        targets=(
            _target(f"{slug}/endpoint/api", chance, begins, ends),
            _target(f"{slug}/tls/api:443", chance, begins, ends),
        ),
        measured=measured,
        said=said,
    )


def _outages(slug: str, chance: Random, begins: datetime, ends: datetime, count: int) -> Iterator[Outage]:
    room = (ends - begins) / (count + 1)
    for number in range(count):
        opened = (begins + room * (number + chance.random() / 2)).replace(microsecond=0)
        told = chance.choice((None, timedelta(minutes=-4), timedelta(minutes=17), timedelta(minutes=52)))
        yield Outage(
            vendor=slug,
            opened_at=opened,
            confirmed_at=opened + timedelta(seconds=chance.randint(10, 90)),
            claimed_at=opened + told if told else None,
            closed_at=opened + min(timedelta(minutes=chance.choice((1, 7, 38, 190, 900))), room / 3),
            targets=(f"{slug}/endpoint/api", f"{slug}/tls/api:443"),
            cause=f"https://api.{slug}.test/health answered 503 Service Unavailable after 1.2 s",
            shared="" if told else "Cloudflare",
        )


def _measured(outages: Sequence[Outage], begins: datetime, ends: datetime) -> tuple[Run, ...]:
    changes: list[tuple[datetime, State | None]] = [(begins, State.UP)]
    for each in outages:
        closed = each.closed_at or ends
        changes += [(each.opened_at, State.DOWN), (closed, State.DEGRADED), (closed + timedelta(minutes=9), State.UP)]
    blind = begins + timedelta(days=4)
    last = max(closed for closed, _ in changes)
    changes += [(last + timedelta(hours=9), State.MAINTENANCE), (last + timedelta(hours=15), State.UP)]
    changes += [(last + timedelta(days=2), State.UNKNOWN), (last + timedelta(days=4), State.UP)]
    kept = [(at, state) for at, state in changes if at < ends]
    return runs(kept, ends) if outages else runs([(begins, State.UNKNOWN), (blind, State.UP)], ends)


def _said(outages: Sequence[Outage], begins: datetime, ends: datetime) -> tuple[Run, ...]:
    changes: list[tuple[datetime, State | None]] = [(begins, State.UP)]
    for each in outages:
        if each.claimed_at and each.closed_at:
            after = max(each.closed_at, each.claimed_at) + timedelta(minutes=30)
            changes += [(each.claimed_at, State.DEGRADED), (after, State.UP)]
    return runs([pair for pair in changes if pair[0] < ends], ends)


def counted(found: Sequence[Run], begins: datetime, ends: datetime) -> Tally:
    """The seconds of *found* between two times."""
    stretches = [Stretch("", moment(since), state) for since, _, state in found]
    return tally(stretches, [Presence(begins, ends)], begins, ends)


def _account(
    slug: str, measured: Sequence[Run], said: Sequence[Run], whole: tuple[datetime, datetime], month: Month | None = None
) -> Account:
    begins, ends = (month.begins, month.ends) if month else whole
    seconds = counted(measured, begins, ends)
    return Account(
        month=month,
        begins=begins,
        ends=ends,
        tally=seconds,
        since=None,
        until=None,
        looks=_looks(begins, ends),
        claimed=Claimed(tally=counted(said, begins, ends), denied=seconds.down // 2, feared=60, compared=seconds.elapsed),
        judged=judged(99.9, seconds),
        rows=(Rows(table="stretch", series=(slug,), begins=begins, ends=ends, count=7),),
    )


def _looks(begins: datetime, ends: datetime) -> Looks:
    failures = {"timeout": 12, "endpoint.status": 3}
    return Looks(count=44_640, failures=failures, first=begins.date(), last=ends.date(), until=ends)


def _target(key: str, chance: Random, begins: datetime, ends: datetime) -> TargetReview:
    check, name = key.split("/")[1:]
    days = [begins.date() + timedelta(days=number) for number in range((ends - begins).days)]
    timed = tuple((at, _latency(chance) if number % 40 else None) for number, at in enumerate(days))
    rows = (Rows(table="day", series=(key,), begins=begins, ends=ends, count=len(days)),)
    in_all = TargetMonth(
        month=None, tally=Tally(up=1), looks=_looks(begins, ends), latency=Latency(44_000, 0.087, 0.212, 1.31), rows=rows
    )
    change = Change(
        series=key,
        before=State.UP,
        after=State.DEGRADED,
        since=begins,
        at=begins,
        cause="the certificate ends in 20 days",
    )
    calm = TargetReview(key=key, check=check, name=name, reads_claim=False, months=(), in_all=in_all, days=timed)
    if check != "tls":
        return calm
    return replace(
        calm,
        changes=(change,),
        certificates=_certificates(key, begins),
        findings=_findings(key, begins),
        unjudged=Unjudged(key=key, until=begins),
    )


def _latency(chance: Random) -> Latency:
    median = 0.08 + chance.random() / 50
    return Latency(1440, median, median * (1.5 + chance.random()), median * 4)


def _periods(measured: Sequence[Run]) -> Iterator[Period]:
    why = {State.MAINTENANCE: Why.MAINTENANCE, State.UNKNOWN: Why.UNSEEN}
    for since, until, state in measured:
        if state in why:
            yield Period(why=why[state], begins=moment(since), ends=moment(until), cause="Database upgrade")


def _certificates(key: str, begins: datetime) -> tuple[CertificateSeen, ...]:
    renewed = begins + timedelta(days=40)
    newest = CertificateSeen(
        key=key,
        sha256="3f" * 32,
        issuer="Let's Encrypt R11",
        key_type="ECDSA P-256",
        ends_on="2026-03-14",
        since=renewed,
        until=None,
    )
    before = replace(newest, sha256="a0" * 32, ends_on="2025-12-20", since=begins - timedelta(days=20), until=renewed)
    return newest, before


def _findings(key: str, begins: datetime) -> tuple[FindingsChange, ...]:
    old = Found(code="tls.version.1_0", severity=Severity.WARNING, message="accepts TLSv1.0")
    first = FindingsChange(
        key=key, since=begins - timedelta(days=3), grade="grade A", grade_before="", came=(), went=(), is_first=True
    )
    later = begins + timedelta(days=9)
    worse = replace(first, since=later, grade="grade C", grade_before="grade A", came=(old,), is_first=False)
    return first, worse
