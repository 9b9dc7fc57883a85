"""The past of all vendors, read from the store in few queries, and again only as far as it may have changed.

What is written late changes the past: a look of yesterday is believed today, what a locked database held up is written an
hour later. So whoever reads again reads from the day before the one up to which the past was known. What changes further
back, as where a clock is set back by days, is seen by who reads all of it anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from monitor.board.strips import Span, counted, first_day, joined, midnight, spans
from monitor.board.values import Day, Strip
from monitor.history import LAG, seen_until
from monitor.outage import Outage, harmless
from monitor.store.store import Store

MOST_OUTAGES = 50
"""So many outages of a vendor are kept in mind, the newest of those that touch the days of its strip."""
AT_ONCE = 200
"""Of so many vendors the stretches are in memory at once; a database takes only so many names in a statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The past of vendors by slug, as it is known *until* a time: their strips, and their outages, the newest first."""

    strips: Mapping[str, Strip]
    outages: Mapping[str, Sequence[Outage]]
    until: datetime


def read(store: Store, slugs: Collection[str], at: datetime, before: Known | None = None) -> Known:
    """The past of the vendors *slugs* by *at*, given what was known *before*. Blocks, and may raise `StoreUnavailable`."""
    # Until when we saw is read first: what is written meanwhile is later than that, and in nobody's sum.
    until = seen_until(store.presences(at - LAG, at), at)
    first = first_day(until)
    since = _changing(before, first) if before else first
    kept = before.strips if before and since > first else {}
    new, old = [slug for slug in slugs if slug not in kept], [slug for slug in slugs if slug in kept]
    begins = first if new else since
    days = list(spans(store.presences(midnight(begins), until), begins, until))
    fresh = dict(_days(store, new, days)) | dict(_days(store, old, [each for each in days if each.day >= since]))
    strips = {slug: joined(kept[slug].days if slug in kept else (), fresh[slug], until) for slug in slugs}
    found = store.outages_within(midnight(begins), at)
    earlier = [each for slug in old for each in before.outages.get(slug, ())] if before else []
    lasting = [each for each in earlier if _is_within(each, midnight(first), at)]
    return Known(strips=strips, outages=_newest([*lasting, *found], set(slugs)), until=until)


def _changing(before: Known, first: date) -> date:
    """From which day on the past may be another than it was *before*; from the *first* on where that is all of it."""
    oldest = min((strip.days[0].day for strip in before.strips.values()), default=date.max)
    if oldest > first:  # as it is where the clock was set back by days
        return first
    return max(before.until.astimezone(UTC).date() - timedelta(days=1), first)


def _days(store: Store, slugs: Sequence[str], days: Sequence[Span]) -> Iterator[tuple[str, Sequence[Day]]]:
    """The *days* of each of some vendors. Most of them are alike, and then the same."""
    same = dict[Day, Day]()
    for place in range(0, len(slugs), AT_ONCE):
        some = slugs[place : place + AT_ONCE]
        stretches = store.stretches(days[0].begins, days[-1].ends, some)
        for slug in some:
            yield slug, [same.setdefault(each, each) for each in counted(stretches.get(slug, ()), days)]


def _is_within(outage: Outage, begins: datetime, ends: datetime) -> bool:
    """Whether *outage* overlaps with a time, as `Annals.outages_within` has it."""
    closed_at = outage.closed_at
    return outage.opened_at < ends and (closed_at is None or closed_at > begins or outage.opened_at >= begins)


def _newest(outages: Iterable[Outage], slugs: Collection[str]) -> Mapping[str, Sequence[Outage]]:
    """The newest *outages* of each of *slugs* that has any; what is said of one twice is as it was said last."""
    found = defaultdict[str, dict[datetime, Outage]](dict)
    for each in outages:
        if each.vendor in slugs:
            found[each.vendor][each.opened_at] = harmless(each)
    return {slug: newest(known.values()) for slug, known in found.items()}


def newest(outages: Collection[Outage]) -> tuple[Outage, ...]:
    """The newest of a vendor's *outages*, the newest first."""
    return tuple(sorted(outages, key=lambda each: each.opened_at, reverse=True)[:MOST_OUTAGES])
