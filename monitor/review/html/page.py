"""The document: its head with the policy that shuts all else out, the overview, the vendors, and how it came about."""

from __future__ import annotations

from checks.wording import counted
from monitor.hypertext.document import stylesheet, written
from monitor.hypertext.markup import EMPTY, element
from monitor.hypertext.states import patterns
from monitor.hypertext.tables import paragraph
from monitor.review.html.method import legend, method
from monitor.review.html.overview import overview, worst_first
from monitor.review.html.vendor import vendor_part
from monitor.review.html.words import edge, moment
from monitor.review.values import Review
from monitor.review.wording import zone_named


def document(review: Review) -> str:
    """*review* as a document of HTML, to be written in UTF-8."""
    vendors = worst_first(review.vendors)
    parts = [vendor_part(review, vendor, number) for number, vendor in enumerate(vendors, 1)]
    return written(
        f"Vendor review, {_days(review)}",
        stylesheet(__package__) + _margins(review),
        patterns(),
        element("header", element("h1", "Vendor review"), paragraph(*_range(review)), legend(review), class_="first"),
        element("main", overview(vendors) if len(vendors) != 1 else EMPTY, *parts),
        element("footer", method(review), paragraph("Written by vendorwatch, ", moment(review.made_at, review.zone), ".")),
    )


def _range(review: Review) -> tuple[str, ...]:
    zone = review.zone
    return (
        element("b", edge(review.begins, zone), " to ", edge(review.ends, zone)),
        f"; times are those of {zone_named(review)}. ",
        f"{counted(len(review.vendors), 'vendor')}, measured by us and compared with what their own status pages said.",
    )


def _margins(review: Review) -> str:
    """What stands at the head of each printed page (CSS Paged Media 3, section 5)."""
    return f'@page{{@top-left{{content:"{_quotable(f"Vendor review, {_days(review)} in {zone_named(review)}")}"}}}}\n'


def _days(review: Review) -> str:
    zone = review.zone.info
    return f"{review.begins.astimezone(zone):%Y-%m-%d} to {review.ends.astimezone(zone):%Y-%m-%d}"


def _quotable(text: str) -> str:
    """*text* within a string of CSS in an element of HTML: all that is neither a letter nor a digit by its number."""
    return "".join(each if each.isascii() and each.isalnum() else f"\\{ord(each):x} " for each in text)
