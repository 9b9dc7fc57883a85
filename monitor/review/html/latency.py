"""How long answers took: of each target its quantiles and, small beside the others, what became of it with time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.wording import counted
from monitor.hypertext.markup import EMPTY, Markup, element, foreign, together
from monitor.hypertext.tables import listed, paragraph
from monitor.review.details import Latency
from monitor.review.html.sparks import sparks
from monitor.review.values import Review, TargetReview, VendorReview
from monitor.review.wording import QUANTILES, looked, looks_until, milliseconds

_MOST = 24
"""So many targets of one vendor are shown."""


def latency(review: Review, vendor: VendorReview) -> Markup:
    """A small picture of each target of a *vendor* that was timed; a sentence where none was."""
    timed = list(_timed(vendor))
    if not timed:
        return paragraph(_untimed(review, vendor))
    left = len(timed) - _MOST
    more = paragraph(f"{counted(left, 'more target')} are left out here.", kind="small") if left > 0 else EMPTY
    return together((element("div", *timed[:_MOST], class_="multiples"), more, paragraph(QUANTILES, kind="small")))


def _untimed(review: Review, vendor: VendorReview) -> str:
    """Why nothing is shown: looks of the last hours are stored, but not counted yet."""
    looks = vendor.in_all.looks
    if looks.until is None or looks.until < review.ends:
        return f"Nothing is timed yet: {looked(looks)}, {looks_until(looks, review.zone)}."
    return "Nothing was timed in this time."


def _timed(vendor: VendorReview) -> Iterator[Markup]:
    for target in vendor.targets:
        if target.in_all.latency is not None and not target.reads_claim:
            yield _target(target, target.in_all.latency)


def _target(target: TargetReview, timed: Latency) -> Markup:
    quantiles = [
        ("p50", f"{milliseconds(timed.p50)} ms"),
        ("p95", f"{milliseconds(timed.p95)} ms"),
        ("p99", f"{milliseconds(timed.p99)} ms"),
    ]
    return element(
        "figure",
        element("figcaption", element("b", foreign(target.name)), f" {target.check}"),
        _drawn(target),
        listed(quantiles, "quantiles"),
        paragraph(looked(target.in_all.looks), kind="small"),
    )


def _drawn(target: TargetReview) -> Markup:
    """The lines of p50 and p95, with their highest value and the times between which they are."""
    times, timed = _points(target)
    highest = max((each.p95 for each in timed if each), default=0.0)
    if not highest:
        return EMPTY
    told = f"p50 and p95 of {target.key} from {times[0]} to {times[-1]}, p95 at most {milliseconds(highest)} ms"
    lines = sparks([each.p50 if each else None for each in timed], [each.p95 if each else None for each in timed], told)
    top = element("span", f"{milliseconds(highest)} ms", class_="top", title="the highest p95 that is drawn")
    ends = element("span", element("time", times[0]), element("time", times[-1]), class_="ends")
    return together((top, lines, ends))


def _points(target: TargetReview) -> tuple[Sequence[str], Sequence[Latency | None]]:
    """What is drawn, with the name of each day; of each month where a review is too long for days."""
    if target.days:
        return [at.isoformat() for at, _ in target.days], [timed for _, timed in target.days]
    months = [(each.month.name, each.latency) for each in target.months if each.month]
    return [name for name, _ in months], [timed for _, timed in months]
