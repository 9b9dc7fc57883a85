"""What every writer of a review says alike: numbers, times and the sentences that carry them. Nothing here is markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import assert_never

from checks.wording import counted, lasting, percent
from monitor.history import Tally
from monitor.review.details import Latency, Looks, Rest, Rows, Why, Zone
from monitor.review.objective import Judged, Verdict
from monitor.review.values import Account, Review, VendorReview
from monitor.review.zones import offset
from monitor.sketch import ERROR

POOR_COVERAGE = 0.9
"""Of a time that was seen less than this, every number is told with how little was seen."""

WHY = {
    Why.UNSEEN: "nobody looked",
    Why.UNKNOWN: "nobody could tell",
    Why.MAINTENANCE: "maintenance",
    Why.UNWATCHED: "not watched",
}
"""Why a time does not count, in a word."""

TRACING = (
    "Every number is counted of stored rows: a stretch says how a vendor or target was from when on, a presence when we "
    "could see, a day how often was looked and how long it took. `vendorwatch report --format json` names the rows of each "
    "number; `vendorwatch looks TARGET --at TIME` shows what the looks around a time saw, as long as they are kept."
)
RULES = (
    "Availability is the share of the counted time in which the vendor was not down: (counted - down) / counted. Counted is "
    "what was up, degraded or down by our own measurement; what was unknown, and maintenance, is not. Seen is the share of "
    "the time in which it was watched that is not unknown. Times are in seconds, each counted once."
)
QUANTILES = f"Half, 95 % and 99 % of the looks took at most so long, right to {100 * ERROR:g} % of each."


def seconds(count: int) -> str:
    """A number of seconds, as people say it."""
    return f"-{lasting(timedelta(seconds=-count))}" if count < 0 else lasting(timedelta(seconds=count))


def objective(value: float) -> str:
    """An objective in percent, with as many digits as it was written with."""
    return f"{value:.12g} %"


def clock(at: datetime, zone: Zone) -> str:
    """A time on the clock of *zone*, to the minute; with how far that is from UTC where it is not always as far."""
    return f"{at.astimezone(zone.info):%Y-%m-%d %H:%M}{_marked(at, zone)}"


def clock_to_second(at: datetime, zone: Zone) -> str:
    """A time on the clock of *zone*, to the second; with how far that is from UTC where it is not always as far."""
    return f"{at.astimezone(zone.info):%Y-%m-%d %H:%M:%S}{_marked(at, zone)}"


def _marked(at: datetime, zone: Zone) -> str:
    return offset(zone, at) if zone.shows_offset else ""


def exact(at: datetime) -> str:
    """A time in UTC as the store keeps it, to the microsecond where it has any: the key of a row."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def zone_named(review: Review) -> str:
    """The zone that times are in, with how far it is from UTC at the beginning of the review, and at its end."""
    first, last = (f"UTC{offset(review.zone, at)}" for at in (review.begins, review.ends))
    return f"{review.zone.name} ({first} to {last})" if first != last else f"{review.zone.name} ({last})"


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
        yield f"seen only {percent(coverage, 1)} of the time"
    if account.unwatched:
        yield f"not watched for {seconds(account.unwatched)} in between"
    if account.since:
        yield f"watched since {clock(account.since, zone)}"
    if account.until:
        yield f"watched until {clock(account.until, zone)}"
    month = account.month
    if month and month.is_running and not account.until:
        yield f"still running, until {clock(month.ends, zone)}"
    elif month and not month.is_whole and not month.is_running:
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
        case Verdict.UNDECIDED if not judged.counted:
            return "cannot be said"
        case Verdict.UNDECIDED:
            return f"cannot be said ({'met' if judged.is_met_as_seen else 'missed'} as seen)"
    assert_never(judged.verdict)


def outcome_in_all(vendor: VendorReview) -> str:
    """Whether the objective was met in all of the time, and in how many of several months it was not."""
    told, months = verdict(vendor.in_all.judged), missed(vendor)
    joint = ", but" if told == Verdict.MET else ","
    return f"{told} in all{joint} {months}" if months else told


def missed(vendor: VendorReview) -> str:
    """In how many of several months an objective was missed: what was met in all may have been. Nothing where in none."""
    if not vendor.missed_months or vendor.judged_months == 1:
        return ""
    return f"missed in {vendor.missed_months} of {vendor.judged_months} months"


def budget(judged: Judged) -> str:
    """The arithmetic of an objective, and both bounds where what was not seen decides."""
    if not judged.counted:
        return f"objective {objective(judged.objective)}: nothing was counted that it could be held against"
    over = f"{seconds(judged.left)} left" if judged.left >= 0 else f"{seconds(-judged.left)} too many"
    told = (
        f"objective {objective(judged.objective)}: of {judged.counted:,} s counted {judged.allowed:,} s may be down, "
        f"{judged.used:,} s were, {over}"
    )
    if judged.verdict is not Verdict.UNDECIDED:
        return told
    return (
        f"{told}; {seconds(judged.unseen)} were not seen: had all of it been down the availability would be "
        f"{percent(judged.least)}, had all of it been up {percent(judged.most)}"
    )


def looked(looks: Looks) -> str:
    """How often was looked, and why looks failed."""
    if not looks.count:
        return "no looks are counted yet" if looks.until is None else "no looks"
    failures = ", ".join(f"{count:,} {reason}" for reason, count in looks.failures.items())
    return f"{looks.count:,} looks, {f'{looks.failed:,} failed: {failures}' if looks.failed else 'none failed'}"


def looks_until(looks: Looks, zone: Zone) -> str:
    """What the looks were counted of: days of UTC, and how far, if that is not to the end of the last."""
    days = f"day {looks.first}" if looks.first == looks.last else f"days {looks.first} to {looks.last}"
    if looks.until is None or looks.until.astimezone(UTC).date() > looks.last:
        return f"{days} of UTC"
    return f"{days} of UTC, counted until {clock(looks.until, zone)}; later looks are not counted yet"


def timed(latency: Latency | None) -> str:
    """The quantiles of a latency."""
    if latency is None:
        return "-"
    return f"{milliseconds(latency.p50)} / {milliseconds(latency.p95)} / {milliseconds(latency.p99)} ms"


def milliseconds(seconds: float) -> str:
    """So many seconds in milliseconds, with as many digits as a sketch knows."""
    number = seconds * 1000
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}"  # noqa: PLR2004 - two digits


def not_listed(rest: Sequence[Rest]) -> str:
    """What there is beside the periods that are listed, with its sums."""
    told = (f"{WHY[each.why]} {each.count:,} times, {each.seconds:,} s together" for each in rest)
    return f"Shorter, and not listed: {'; '.join(told)}."


def counted_of(rows: Rows) -> str:
    """Of which rows a number was counted: ``12 rows in stretch of stripe (first 2026-01-…, last …)``."""
    whose = f" of {rows.series[0]}" if len(rows.series) == 1 else f" of {len(rows.series)} targets" if rows.series else ""
    keys = f"first {exact(rows.begins)}, last {exact(rows.ends)}" if rows.count != 1 else exact(rows.begins)
    return f"{counted(rows.count, 'row')} in {rows.table}{whose} ({keys})"
