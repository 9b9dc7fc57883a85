"""The targets of a vendor, month by month. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from checks.foreign import LONGEST_SENTENCE, one_line
from monitor.history import Rollup, Tally, tallied, within
from monitor.outage import LONGEST_KEY
from monitor.review.accounts import added, day_rows, joined, looks_of, reached, stretch_rows
from monitor.review.certificates import CHECK, certificates
from monitor.review.details import Change, Latency, Month
from monitor.review.findings import findings_changes, unjudged
from monitor.review.stored import JUDGED, UNTIMED, Stored, check_of, reads_claim, totals_of
from monitor.review.values import TargetMonth, TargetReview
from monitor.sketch import Sketch
from monitor.state import Transition


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
    review = TargetReview(
        key=one_line(key, LONGEST_KEY),
        check=one_line(check_of(key)),
        name=one_line(key.split("/", 2)[-1], LONGEST_KEY),
        reads_claim=reads_claim(key),
        months=tuple(found),
        in_all=in_all,
        days=tuple(_days(stored.days.get(key, ()) if check_of(key) not in UNTIMED else (), months)),
    )
    return _with_judgements(review, key, stored, months) if check_of(key) in JUDGED else review


def _with_judgements(review: TargetReview, key: str, stored: Stored, months: Sequence[Month]) -> TargetReview:
    judgements, begins, ends = stored.judgements.get(key, ()), months[0].begins, months[-1].ends
    return replace(
        review,
        changes=tuple(map(change, stored.changes.get(key, ()))),
        certificates=tuple(certificates(review.key, judgements, begins)) if check_of(key) == CHECK else (),
        findings=tuple(findings_changes(review.key, judgements, begins)),
        unjudged=unjudged(review.key, judgements, stored.stretches.get(key, ()), begins, ends),
    )


def latency(sketch: Sketch) -> Latency | None:
    """The quantiles that people ask for; None of nothing."""
    p50, p95, p99 = (sketch.quantile(share) for share in (0.5, 0.95, 0.99))
    return None if p50 is None or p95 is None or p99 is None else Latency(sketch.count, p50, p95, p99)


def change(transition: Transition) -> Change:
    """A stored *transition*, its cause in one line."""
    return Change(
        series=one_line(transition.key, LONGEST_KEY),
        before=transition.before,
        after=transition.after,
        since=transition.since,
        at=transition.at,
        cause=one_line(transition.cause, LONGEST_SENTENCE),
    )


def _month(key: str, stored: Stored, month: Month) -> TargetMonth:
    total = stored.totals[month.name].get(key)
    mine = within(stored.stretches.get(key, ()), month.begins, month.ends)
    return TargetMonth(
        month=month,
        tally=tallied(mine, stored.watched[month.name], month.begins, month.ends),
        looks=looks_of([total] if total else [], month, reached(totals_of(key, stored))),
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
