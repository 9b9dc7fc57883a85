"""A vendor's part of the document: a sentence that says it all, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from checks.wording import percent
from monitor.hypertext.markup import EMPTY, Markup, element, foreign, together
from monitor.hypertext.tables import listed, paragraph
from monitor.review.claimwording import disagreement, wordless
from monitor.review.html.certificates import certificates
from monitor.review.html.latency import latency
from monitor.review.html.months import months
from monitor.review.html.outages import outages
from monitor.review.html.periods import periods
from monitor.review.html.sources import sources
from monitor.review.html.timelines import timeline
from monitor.review.html.words import edge, judgement, some
from monitor.review.objective import Verdict
from monitor.review.values import Account, Review, VendorReview
from monitor.review.wording import arithmetic, budget, objective, outcome_in_all, seconds, zone_named


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
    tally = vendor.in_all.tally
    if tally.availability is None:
        return together(("How ", foreign(vendor.name), " was is not known: no second of this time counts."))
    down = f", and down for {seconds(tally.down)}" if tally.down else ""
    told = f" was available {percent(tally.availability)} of the time that counts{down}{_met(vendor)}."
    return together((foreign(vendor.name), told, _seen(vendor.in_all)))


def _met(vendor: VendorReview) -> str:
    """The outcome in all of the time, and what that hides of its months; nothing where none is judged."""
    judged = vendor.in_all.judged
    if judged is None:
        return ""
    told = f"its objective of {objective(judged.objective)} was"
    if judged.verdict is Verdict.UNDECIDED:
        return f"; whether {told} met {outcome_in_all(vendor)}"
    return f"; {told} {outcome_in_all(vendor)}"


def _seen(account: Account) -> str:
    """How much was seen of the time in which the vendor was watched, and for how long in between it was not."""
    share = percent(account.tally.coverage) if account.tally.unknown else "all"
    if not account.unwatched:
        return f" We saw {share} of the time."
    return f" We saw {share} of the time in which it was watched; for {seconds(account.unwatched)} in between it was not."


def _arithmetic(vendor: VendorReview) -> Iterator[str]:
    tally, judged = vendor.in_all.tally, vendor.in_all.judged
    yield f"Availability: {arithmetic(tally)}. {_left_out(vendor.in_all)}"
    if judged:
        yield f"Against the {budget(judged)}."
    yield f"Its word against ours: {disagreement(vendor.in_all.claimed, tally)}."


def _left_out(account: Account) -> str:
    left = (
        (account.tally.maintenance, "of maintenance"),
        (account.tally.unknown, "unknown"),
        (account.unwatched, "not watched"),
    )
    told = [f"{seconds(number)} {why}" for number, why in left if number]
    return f"Not counted: {' and '.join(told)}." if told else "All of the time counts."


def _figures(vendor: VendorReview) -> Markup:
    tally, claimed = vendor.in_all.tally, vendor.in_all.claimed
    figures: list[tuple[str, str]] = [
        ("Available", percent(tally.availability)),
        ("Objective", _objective(vendor)),
        ("Down", some(tally.down)),
        ("Outages", _counted(vendor)),
        ("Down, page said well", some(claimed.denied) if claimed else element("span", wordless(vendor), class_="none")),
        ("Seen", percent(tally.coverage)),
    ]
    return listed(figures, "figures")


def _objective(vendor: VendorReview) -> Markup:
    if vendor.objective is None:
        return element("span", "none set", class_="none")
    return together((f"{objective(vendor.objective)} ", judgement(vendor)))


def _counted(vendor: VendorReview) -> Markup:
    """How many outages there were, how many of them its page never admitted, and of how many nobody can tell."""
    unread = len(vendor.unread) if vendor.names_page else 0
    notes = ((len(vendor.unadmitted), "never admitted"), (unread, "while its page was not read"))
    told = (element("span", f"{number:,} {why}", class_="note") for number, why in notes if number)
    return together((f"{len(vendor.outages):,}", *told))
