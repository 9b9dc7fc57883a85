"""The targets of a vendor, month by month. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from checks.foreign import one_line
from monitor.history import Rollup, Tally, tallied
from monitor.review.accounts import added, day_rows, joined, looks_of, stretch_rows
from monitor.review.details import Change, Latency, Month
from monitor.review.periods import within
from monitor.review.stored import UNTIMED, Stored, check_of, reads_claim
from monitor.review.values import TargetMonth, TargetReview
from monitor.sketch import Sketch
from monitor.state import Transition

SHOWN_CHANGES = frozenset({"certificate", "tls"})
"""The checks whose changes of state are shown as such; what others went through are outages."""
_LONGEST_TEXT = 300


def target_review(key: str, stored: Stored, months: Sequence[Month]) -> TargetReview:
    """What became of the target *key*."""
    found = [_month(key, stored, month) for month in months]
    sketches = [total.latency for month in months if (total := stored.totals[month.name].get(key))]
    in_all = TargetMonth(
        month=None,
        tally=sum((each.tally for each in found), Tally()),
        looks=added([each.looks for each in found]),
        latency=latency(_merged(sketches)),
        rows=(*stretch_rows(stored.stretches.get(key, ())), joined([each.rows[-1] for each in found])),
    )
    is_shown = check_of(key) in SHOWN_CHANGES
    return TargetReview(
        key=one_line(key),
        check=one_line(check_of(key)),
        name=one_line(key.split("/", 2)[-1]),
        reads_claim=reads_claim(key),
        months=tuple(found),
        in_all=in_all,
        changes=tuple(map(change, stored.changes.get(key, ()))) if is_shown else (),
        days=tuple(_days(stored.days.get(key, ()) if check_of(key) not in UNTIMED else (), months)),
    )


def latency(sketch: Sketch) -> Latency | None:
    """The quantiles that people ask for; None of nothing."""
    p50, p95, p99 = (sketch.quantile(share) for share in (0.5, 0.95, 0.99))
    return None if p50 is None or p95 is None or p99 is None else Latency(sketch.count, p50, p95, p99)


def change(transition: Transition) -> Change:
    """A stored *transition*, its cause in one line."""
    return Change(
        series=one_line(transition.key),
        before=transition.before,
        after=transition.after,
        since=transition.since,
        at=transition.at,
        cause=one_line(transition.cause, _LONGEST_TEXT),
    )


def _month(key: str, stored: Stored, month: Month) -> TargetMonth:
    total = stored.totals[month.name].get(key)
    mine = within(stored.stretches.get(key, ()), month.begins, month.ends)
    return TargetMonth(
        month=month,
        tally=tallied(mine, stored.watched[month.name], month.begins, month.ends),
        looks=looks_of([total] if total else [], month.first, month.last),
        latency=latency(total.latency) if total else None,
        rows=(*stretch_rows(mine), day_rows([(key, total)] if total else [], month)),
    )


def _merged(sketches: Iterable[Sketch]) -> Sketch:
    counts = Counter[int]()
    for each in sketches:
        counts.update(each.counts)
    return Sketch(counts)


def _days(rollups: Sequence[Rollup], months: Sequence[Month]) -> Iterator[tuple[date, Latency | None]]:
    """Every day of *months*, with the latency of *rollups*; none where days were not asked for."""
    found = {each.begins.date(): latency(each.latency) for each in rollups}
    first, last = months[0].first, months[-1].last
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return ((day, found.get(day)) for day in days) if found else iter(())
