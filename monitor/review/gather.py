"""A review, put together out of the store: what is read is `monitor.review.stored`'s, and all else here is arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from checks.foreign import one_line
from checks.model import State
from checks.vendor import Vendor
from monitor.history import LAG, seen_until, watched_in
from monitor.outage import Outage, harmless
from monitor.review.accounts import Told, accounts, added, day_rows, joined, looks_of, reached
from monitor.review.details import Change, Month, Run, Zone
from monitor.review.excuses import explained
from monitor.review.months import months_in
from monitor.review.periods import excused, pieces, runs, second, unwatched, worst
from monitor.review.stored import Stored, read, reads_claim
from monitor.review.targets import change, target_review
from monitor.review.values import Review, VendorReview
from monitor.review.zones import changes_offset
from monitor.store.store import Store

MOST_PERIODS = 40
"""So many of a vendor's times that do not count are listed for each reason, the longest of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a review is to be about: the vendors *slugs* from *begins* to *ends*, in *zone*, as it is known *made_at* a time.

    *files* are the vendors that have one. *day_by_day* asks for what only charts need, *timed* for
    latency. *database* says where the rows are.
    """

    slugs: Sequence[str]
    files: Mapping[str, Vendor]
    begins: datetime
    ends: datetime
    zone: Zone
    made_at: datetime
    database: str
    day_by_day: bool = False
    timed: bool = True

    @property
    def is_running(self) -> bool:
        """Whether it ends as it is made."""
        return self.ends == self.made_at


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the reviews of all vendors have in common."""

    asked: Asked
    months: Sequence[Month]
    stored: Stored
    watched: Sequence[tuple[int, int]]


def unheard(slug: str) -> None:
    """Tell nobody of a vendor that is done."""
    del slug


def gather(store: Store, asked: Asked, done: Callable[[str], None] = unheard) -> Review:
    """The review that was *asked* for. Blocks, and may raise `StoreUnavailable`. *done* hears of each vendor."""
    is_running, asked = asked.is_running, _settled(store, asked)
    months = months_in(asked.begins, asked.ends, asked.zone, asked.ends if is_running else asked.made_at)
    stored = read(store, asked.slugs, months, day_by_day=asked.day_by_day, timed=asked.timed)
    frame = _Frame(asked, months, stored, watched_in(stored.presences, asked.begins, asked.ends))
    found = []
    for slug in asked.slugs:
        found.append(_vendor(slug, frame))
        done(slug)
    return Review(
        made_at=asked.made_at,
        begins=asked.begins,
        ends=asked.ends,
        zone=asked.zone,
        months=months,
        vendors=found,
        database=asked.database,
    )


def _settled(store: Store, asked: Asked) -> Asked:
    """*asked*, with the mark of its zone. One that ends as it is made ends when we saw last, if that is not long ago."""
    zone = replace(asked.zone, shows_offset=changes_offset(asked.zone, asked.begins, asked.ends))
    since = max(asked.begins, asked.ends - LAG)
    ends = seen_until(store.presences(since, asked.ends), asked.ends) if asked.is_running else asked.ends
    return replace(asked, zone=zone, ends=ends)


def _vendor(slug: str, frame: _Frame) -> VendorReview:
    stored, months, keys = frame.stored, frame.months, frame.stored.keys[slug]
    file = frame.asked.files.get(slug)
    told = _told(slug, file.objective if file else None, frame)
    totals = [[(key, total) for key in keys if (total := stored.totals[month.name].get(key))] for month in months]
    mine = list(zip(months, totals, strict=True))
    reach = reached(total for some in totals for _, total in some)
    looks = [looks_of([total for _, total in some], month, reach) for month, some in mine]
    rows = [day_rows(some, month) for month, some in mine]
    *by_month, in_all = accounts(told, months, [*looks, added(looks)], [*rows, joined(rows)])
    periods, rest = excused(told.pieces, told.unwatched, MOST_PERIODS)
    outages = tuple(map(harmless, stored.outages.get(slug, ())))
    read = [run for run in told.said if run[2] is not State.UNKNOWN]
    return VendorReview(
        slug=one_line(slug),
        name=one_line(file.name if file else slug),
        owner=one_line(file.owner) if file else "",
        objective=told.objective,
        is_listed=file is not None,
        has_page=bool(read),
        names_page=bool(told.said) or (file is not None and file.status is not None),
        months=tuple(by_month),
        in_all=in_all,
        outages=outages,
        unread=tuple(each for each in outages if each.claimed_at is None and not _is_read(each, read, frame.asked.ends)),
        periods=tuple(explained(periods, _changes(keys, stored), file.maintenance if file else ())),
        rest=rest,
        targets=tuple(target_review(key, stored, months) for key in keys),
        measured=tuple(told.measured) if frame.asked.day_by_day else (),
        said=tuple(told.said) if frame.asked.day_by_day else (),
    )


def _told(slug: str, objective: float | None, frame: _Frame) -> Told:
    stored, begins, ends = frame.stored, frame.asked.begins, frame.asked.ends
    stretches = stored.stretches.get(slug, ())
    pages = [stored.stretches[key] for key in stored.keys[slug] if key in stored.stretches and reads_claim(key)]
    found = list(pieces(stretches, frame.watched, begins, ends))
    return Told(
        slug=slug,
        objective=objective,
        stretches=stretches,
        pages=pages,
        presences=stored.presences,
        watched=stored.watched,
        pieces=found,
        measured=runs(found),
        said=worst([runs(pieces(page, frame.watched, begins, ends)) for page in pages]),
        unwatched=list(unwatched(stretches, begins, ends)),
    )


def _is_read(outage: Outage, read: Sequence[Run], ends: datetime) -> bool:
    """Whether the vendor's page was read in any second of *outage*; *read* is when it was."""
    first, last = second(outage.opened_at), second(outage.closed_at or ends)
    return any(since <= last and first < until for since, until, _ in read)


def _changes(keys: Sequence[str], stored: Stored) -> list[Change]:
    """What the targets *keys* went through, oldest first."""
    found = [change(each) for key in keys for each in stored.changes.get(key, ())]
    return sorted(found, key=lambda each: each.since)
