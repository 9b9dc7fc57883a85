"""What every writer of a review says alike: numbers, times and the sentences that carry them. Nothing here is markup."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import assert_never

from checks.wording import lasting
from monitor.history import Tally
from monitor.outage import Outage
from monitor.review.details import CertificateSeen, Claimed, Latency, Looks, Rows, Why, Zone
from monitor.review.objective import Judged, Verdict
from monitor.review.values import Account, Review, TargetReview
from monitor.review.zones import offset

POOR_COVERAGE = 0.9
"""Of a time that was seen less than this, every number is told with how little was seen."""

WHY = {
    Why.UNSEEN: "nobody looked",
    Why.UNKNOWN: "nobody could tell",
    Why.MAINTENANCE: "maintenance",
}
"""Why a time does not count, in a word."""

TRACING = (
    "Every number is counted of stored rows: a stretch says how a vendor or target was from when on, a presence when we "
    "could see, a day how often was looked and how long it took. `vendorwatch report --format json` names the rows of each "
    "number; `vendorwatch looks TARGET --at TIME` shows what the looks around a time saw, as long as they are kept."
)
CERTIFICATES = (
    "For good is kept how each changed its state, and of certificates the newest and the fingerprint of the one before. "
    "What a renewal looked like that changed no state is only in the looks, as long as they are kept."
)
RULES = (
    "Availability is the share of the counted time in which the vendor was not down: (counted - down) / counted. Counted is "
    "what was up, degraded or down by our own measurement; what was unknown, and maintenance, is not. Seen is the share of "
    "the time that is not unknown. Times are in seconds, each counted once."
)


def counted(number: int, one: str) -> str:
    """So many of something."""
    return f"{number:,} {one}{'s' * (number != 1)}"


def percent(share: float | None, digits: int = 3) -> str:
    """A share of one as percent, never rounded up to what it is not: 0.99999 is ``99.999 %``; a dash for None."""
    if share is None:
        return "-"
    scale = 10**digits
    return f"{int(share * 100 * scale + 1e-6) / scale:.{digits}f} %"


def seconds(count: int) -> str:
    """A number of seconds, as people say it."""
    return f"-{lasting(timedelta(seconds=-count))}" if count < 0 else lasting(timedelta(seconds=count))


def clock(at: datetime, zone: Zone) -> str:
    """A time on the clock of *zone*, to the minute."""
    return f"{at.astimezone(zone.info):%Y-%m-%d %H:%M}"


def clock_to_second(at: datetime, zone: Zone) -> str:
    """A time on the clock of *zone*, to the second."""
    return f"{at.astimezone(zone.info):%Y-%m-%d %H:%M:%S}"


def exact(at: datetime) -> str:
    """A time in UTC as the store keeps it, to the microsecond where it has any: the key of a row."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def zone_named(review: Review) -> str:
    """The zone that times are in, with how far it is from UTC at the end of the review."""
    return f"{review.zone.name} (UTC{offset(review.zone, review.ends)})"


def headline(review: Review) -> str:
    """From when to when the review is."""
    zone = review.zone
    return f"{clock(review.begins, zone)} to {clock(review.ends, zone)}, {zone_named(review)}"


def arithmetic(tally: Tally) -> str:
    """How availability was worked out: ``(2,592,000 - 1,260) / 2,592,000 s = 99.951 %``."""
    if not tally.counted:
        return "nothing was counted"
    return f"({tally.counted:,} - {tally.down:,}) / {tally.counted:,} s = {percent(tally.availability)}"


def reservations(account: Account, zone: Zone) -> Iterator[str]:
    """What to know before a number of *account* is believed: that little was seen, that it began late, that it goes on."""
    if not account.tally.elapsed:
        yield "not watched"
        return
    coverage = account.tally.coverage or 0.0
    if coverage < POOR_COVERAGE:
        yield f"seen only {percent(coverage, 0)} of the time"
    if account.since:
        yield f"watched since {clock(account.since, zone)}"
    if account.until:
        yield f"watched until {clock(account.until, zone)}"
    month = account.month
    if month and month.is_running:
        yield f"still running, until {clock(month.ends, zone)}"
    elif month and not month.is_whole:
        yield f"not the whole month: {clock(month.begins, zone)} to {clock(month.ends, zone)}"


def verdict(judged: Judged | None) -> str:
    """Whether the objective was met, in a few words; ``-`` where there is nothing to say."""
    if judged is None:
        return "-"
    match judged.verdict:
        case Verdict.MET:
            return "met"
        case Verdict.MISSED:
            return "missed"
        case Verdict.UNDECIDED:
            return f"cannot be said ({'met' if judged.is_met_as_seen else 'missed'} as seen)"
    assert_never(judged.verdict)


def budget(judged: Judged) -> str:
    """The arithmetic of an objective, and both bounds where what was not seen decides."""
    over = f"{seconds(judged.left)} left" if judged.left >= 0 else f"{seconds(-judged.left)} too many"
    told = (
        f"objective {judged.objective:g} %: of {judged.counted:,} s counted {judged.allowed:,} s may be down, "
        f"{judged.used:,} s were, {over}"
    )
    if judged.verdict is not Verdict.UNDECIDED:
        return told
    return (
        f"{told}; {seconds(judged.unseen)} were not seen: had all of it been down the availability would be "
        f"{percent(judged.least)}, had all of it been up {percent(judged.most)}"
    )


def disagreement(claimed: Claimed | None, tally: Tally) -> str:
    """What the vendor's page said beside what we measured."""
    if claimed is None:
        return "no status page was read"
    apart = [f"it said all is well for {seconds(claimed.denied)} while we measured it down"] if claimed.denied else []
    apart += [f"it admitted trouble for {seconds(claimed.feared)} while we measured it up"] if claimed.feared else []
    said = f"its page says {percent(claimed.tally.availability)}, we measured {percent(tally.availability)}"
    return "; ".join([said, *(apart or ["they never parted"])])


def looked(looks: Looks) -> str:
    """How often was looked, and why looks failed."""
    if not looks.count:
        return "no looks are counted yet" if looks.until is None else "no looks"
    failures = ", ".join(f"{count:,} {reason.value}" for reason, count in looks.failures.items())
    return f"{looks.count:,} looks, {f'{looks.failed:,} failed: {failures}' if looks.failed else 'none failed'}"


def looks_until(looks: Looks, zone: Zone) -> str:
    """What the looks were counted of: days of UTC, and how far."""
    until = f", until {clock(looks.until, zone)}" if looks.until else ""
    return f"days {looks.first} to {looks.last} of UTC{until}"


def timed(latency: Latency | None) -> str:
    """The quantiles of a latency."""
    if latency is None:
        return "-"
    return f"{milliseconds(latency.p50)} / {milliseconds(latency.p95)} / {milliseconds(latency.p99)} ms"


def milliseconds(seconds: float) -> str:
    """So many seconds in milliseconds, with as many digits as a sketch knows."""
    number = seconds * 1000
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}"  # noqa: PLR2004 - two digits


def admitted(outage: Outage, *, has_page: bool) -> str:
    """When the vendor's page admitted *outage*, counted from the first look that failed."""
    if outage.lead is None:
        return ("not yet" if outage.is_open else "never") if has_page else "no page"
    if outage.lead < timedelta():
        return f"{lasting(-outage.lead)} before"
    return f"after {lasting(outage.lead)}"


def lasted(outage: Outage, ends: datetime) -> str:
    """How long *outage* was; of one that goes on, until the end of the review."""
    if outage.closed_at is None:
        return f"{lasting(max(ends - outage.opened_at, timedelta()))}, goes on"
    return lasting(outage.closed_at - outage.opened_at)


def known_by(certificate: CertificateSeen) -> str:
    """A certificate, by what is known of it."""
    if not certificate.is_newest:
        return f"before that sha256 {certificate.sha256}"
    revoked = f", revoked {certificate.revoked}" if certificate.revoked else ""
    issuer = certificate.issuer or "nobody"
    return f"by {issuer}, {certificate.key_type} key, ends {certificate.ends_on}, sha256 {certificate.sha256}{revoked}"


def counted_of(rows: Rows) -> str:
    """Of which rows a number was counted: ``stretch stripe 2026-01-01T00:00:00Z to 2026-01-31T08:00:00Z (12)``."""
    whose = f" {rows.series[0]}" if len(rows.series) == 1 else f" {len(rows.series)} targets" if rows.series else ""
    return f"{rows.table}{whose} {exact(rows.begins)} to {exact(rows.ends)} ({rows.count:,})"


def look_up(outage: Outage, target: TargetReview | None = None) -> str:
    """The command that shows the looks behind *outage*."""
    key = target.key if target else next(iter(outage.targets), f"{outage.vendor}/…")
    return f"vendorwatch looks {key} --at {exact(outage.opened_at)}"
