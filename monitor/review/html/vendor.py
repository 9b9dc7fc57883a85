"""A vendor's part of the document: a sentence that says it all, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.history import Tally
from monitor.review.claimwording import disagreement
from monitor.review.html.certificates import certificates
from monitor.review.html.latency import latency
from monitor.review.html.markup import EMPTY, Markup, element, foreign, together
from monitor.review.html.months import months
from monitor.review.html.outages import outages
from monitor.review.html.periods import periods
from monitor.review.html.sources import sources
from monitor.review.html.tables import listed, paragraph
from monitor.review.html.timelines import timeline
from monitor.review.html.words import edge, judgement, missed, outcome, some
from monitor.review.objective import Judged, Verdict
from monitor.review.values import Review, VendorReview
from monitor.review.wording import arithmetic, budget, objective, percent, seconds, zone_named


def vendor_part(review: Review, vendor: VendorReview, number: int) -> Markup:
    """All of one *vendor*, which is the one of this *number* in the document."""
    name = f"vendor-{number}"
    parts = (
        _known(review, vendor, number)
        if vendor.is_known
        else [paragraph("Nothing of this time is stored.", kind="headline")]
    )
    return element("section", _head(review, vendor, name), *parts, class_="vendor", id=name, aria_labelledby=f"{name}-name")


def _head(review: Review, vendor: VendorReview, name: str) -> Markup:
    owner = together((", looked after by ", foreign(vendor.owner))) if vendor.owner else EMPTY
    listing = EMPTY if vendor.is_listed else ", no longer in the catalogue"
    zone = review.zone
    return element(
        "header",
        element("h2", foreign(vendor.name), id=f"{name}-name"),
        paragraph(
            *(element("code", vendor.slug), owner, listing, " · "),
            *(edge(review.begins, zone), " to ", edge(review.ends, zone)),
            f" in {zone_named(review)}",
            kind="small",
        ),
    )


def _known(review: Review, vendor: VendorReview, number: int) -> Iterator[Markup]:
    yield paragraph(_headline(vendor), kind="headline")
    yield from (paragraph(told) for told in _arithmetic(vendor))
    yield _figures(vendor)
    yield timeline(review, vendor, number)
    yield _topic("Month by month", months(review, vendor))
    yield _topic("Outages", outages(review, vendor))
    yield _topic("Latency", latency(review, vendor))
    yield _topic("Certificates and TLS", certificates(review, vendor))
    yield _topic("Time that does not count", periods(review, vendor))
    yield _topic("Where these numbers come from", sources(vendor))


def _topic(head: str, content: Markup) -> Markup:
    return element("section", element("h3", head), content)


def _headline(vendor: VendorReview) -> Markup:
    tally, judged = vendor.in_all.tally, vendor.in_all.judged
    if tally.availability is None:
        return together(("How ", foreign(vendor.name), " was is not known: no second of this time counts."))
    down = f", and down for {seconds(tally.down)}" if tally.down else ""
    met = f"; its objective of {objective(judged.objective)} was {_met(vendor, judged)}" if judged else ""
    told = f" was available {percent(tally.availability)} of the time that counts{down}{met}."
    return together((foreign(vendor.name), told, _seen(tally)))


def _met(vendor: VendorReview, judged: Judged) -> str:
    """The outcome in all of the time, and what that hides of its months."""
    told, months = outcome(judged, "as far as we saw"), missed(vendor)
    if not months:
        return told
    return f"{told} in all, {'and' if judged.verdict is Verdict.MISSED else 'but'} {months}"


def _seen(tally: Tally) -> str:
    return f" We saw {percent(tally.coverage)} of the time." if tally.unknown else " We saw all of the time."


def _arithmetic(vendor: VendorReview) -> Iterator[str]:
    tally, judged = vendor.in_all.tally, vendor.in_all.judged
    yield f"Availability: {arithmetic(tally)}. {_left_out(tally)}"
    if judged:
        yield f"Against the {budget(judged)}."
    yield f"Its word against ours: {disagreement(vendor.in_all.claimed, tally)}."


def _left_out(tally: Tally) -> str:
    left = [f"{seconds(tally.maintenance)} of maintenance"] if tally.maintenance else []
    left += [f"{seconds(tally.unknown)} unknown"] if tally.unknown else []
    return f"Not counted: {' and '.join(left)}." if left else "All of the time counts."


def _figures(vendor: VendorReview) -> Markup:
    tally, claimed = vendor.in_all.tally, vendor.in_all.claimed
    figures: list[tuple[str, str]] = [
        ("Available", percent(tally.availability)),
        ("Objective", _objective(vendor)),
        ("Down", some(tally.down)),
        ("Outages", _counted(vendor)),
        ("Down, page said well", some(claimed.denied) if claimed else element("span", "no page", class_="none")),
        ("Seen", percent(tally.coverage)),
    ]
    return listed(figures, "figures")


def _objective(vendor: VendorReview) -> Markup:
    if vendor.objective is None:
        return element("span", "none set", class_="none")
    return together((f"{objective(vendor.objective)} ", judgement(vendor)))


def _counted(vendor: VendorReview) -> Markup:
    silent = len(vendor.unadmitted)
    note = element("span", f"{silent:,} never admitted", class_="note") if silent else EMPTY
    return together((f"{len(vendor.outages):,}", note))
