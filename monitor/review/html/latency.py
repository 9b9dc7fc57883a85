"""How long answers took: of each target its quantiles and, small beside the others, what became of it from day to day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from monitor.review.html.markup import EMPTY, Markup, element, foreign, together
from monitor.review.html.sparks import sparks
from monitor.review.html.tables import listed, paragraph
from monitor.review.html.words import clock, count
from monitor.review.values import Latency, Looks, TargetReview, VendorReview

_MOST = 24
"""So many targets of one vendor are shown."""


def latency(vendor: VendorReview) -> Markup:
    """A small picture of each target of a *vendor* that was timed; a sentence where none was."""
    timed = list(_timed(vendor))
    if not timed:
        return paragraph("Nothing was timed in this time.")
    left = len(timed) - _MOST
    more = paragraph(f"{count(left, 'more target')} are left out here.", kind="small") if left > 0 else EMPTY
    return together((element("div", *timed[:_MOST], class_="multiples"), more))


def _timed(vendor: VendorReview) -> Iterator[Markup]:
    for target in vendor.targets:
        if target.in_all.latency is not None and not target.reads_claim:
            yield _target(target, target.in_all.latency)


def _target(target: TargetReview, timed: Latency) -> Markup:
    quantiles = [("p50", clock(timed.p50)), ("p95", clock(timed.p95)), ("p99", clock(timed.p99))]
    return element(
        "figure",
        element("figcaption", element("b", foreign(target.name)), f" {target.check}"),
        _daily(target),
        listed(quantiles, "quantiles"),
        paragraph(_looks(target.in_all.looks), kind="small"),
    )


def _daily(target: TargetReview) -> Markup:
    """The lines of p50 and p95, with their highest value and the days between which they are."""
    if not target.days:
        return EMPTY
    highest = max((timed.p95 for _, timed in target.days if timed), default=0.0)
    first, last = target.days[0][0], target.days[-1][0]
    median = [timed.p50 if timed else None for _, timed in target.days]
    slow = [timed.p95 if timed else None for _, timed in target.days]
    drawn = sparks(median, slow, f"p50 and p95 of {target.key} from {first} to {last}, p95 at most {clock(highest)}")
    if not drawn:
        return EMPTY
    top = element("span", f"{clock(highest)}", class_="top", title="the highest p95 of a day")
    return together((top, drawn, element("span", _day(first), _day(last), class_="days")))


def _day(at: date) -> Markup:
    return element("time", at.isoformat(), datetime=at.isoformat())


def _looks(looks: Looks) -> str:
    if not looks.failed:
        return f"{count(looks.count, 'look')}, none failed"
    reasons = sorted(looks.failures.items(), key=lambda pair: -pair[1])
    return f"{count(looks.count, 'look')}, {looks.failed:,} failed: {', '.join(f'{why} {n:,}' for why, n in reasons)}"
