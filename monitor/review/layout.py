"""A review in the order in which people read it: first where a vendor's word and our measurement part, then every vendor."""

from __future__ import annotations

from collections.abc import Iterator

from checks.wording import counted, percent
from monitor.review import claimwording, wording
from monitor.review.blocks import Block, Grid, Heading, Listing, Paragraph
from monitor.review.sections import certificates, latency, months, not_counted, outages, rows, said
from monitor.review.values import Review, VendorReview

_NOWHERE = "Nowhere: no page said that all is well while we measured its vendor down, nor the reverse."
_UNSEEN = "That cannot be said: no page was read while its vendor was measured."


def blocks(review: Review) -> Iterator[Block]:
    """The whole *review*."""
    yield Heading(1, "Vendor review")
    yield Paragraph(f"{wording.headline(review)}. All times are on that clock, but where UTC is said.")
    yield from _parting(review)
    yield from _in_all(review)
    for vendor in review.vendors:
        yield from _vendor(vendor, review)
    yield Heading(2, "How it is counted")
    yield Paragraph(wording.RULES)
    yield Paragraph(f"{wording.TRACING} The store is {review.database}.")


def _parting(review: Review) -> Iterator[Block]:
    yield Heading(2, "Where word and measurement part")
    found = [(each, parts) for each in review.vendors if (parts := tuple(_parts(each)))]
    if found:
        yield Listing(tuple(f"{vendor.name}: {'; '.join(parts)}" for vendor, parts in sorted(found, key=_denied)))
    else:
        is_known = any(each.in_all.claimed and each.in_all.claimed.compared for each in review.vendors)
        yield Paragraph(_NOWHERE if is_known else _UNSEEN)


def _denied(found: tuple[VendorReview, tuple[str, ...]]) -> tuple[int, str]:
    """The vendor that denied most stands first."""
    claimed = found[0].in_all.claimed
    return -(claimed.denied if claimed else 0), found[0].slug


def _parts(vendor: VendorReview) -> Iterator[str]:
    claimed = vendor.in_all.claimed
    if claimed and (claimed.denied or claimed.feared or claimed.belittled):
        yield claimwording.disagreement(claimed, vendor.in_all.tally)
    if vendor.unadmitted:
        yield f"{len(vendor.unadmitted)} of {counted(len(vendor.outages), 'outage')} never admitted{_unread(vendor)}"


def _unread(vendor: VendorReview) -> str:
    return f", and of {len(vendor.unread)} its page could not be read" if vendor.unread else ""


def _in_all(review: Review) -> Iterator[Block]:
    yield Heading(2, "In all")
    header = ("VENDOR", "AVAILABLE", "SEEN", "DOWN", "OUTAGES", "NEVER ADMITTED", "PAGE SAYS", "OBJECTIVE")
    yield Grid(header, tuple(map(_summed_up, review.vendors)))


def _summed_up(vendor: VendorReview) -> tuple[str, ...]:
    account = vendor.in_all
    judged = account.judged
    return (
        vendor.slug,
        percent(account.tally.availability),
        percent(account.tally.coverage, 1),
        wording.seconds(account.tally.down) if account.tally.counted else "-",
        str(len(vendor.outages)),
        _silent(vendor),
        percent(account.claimed.tally.availability) if account.claimed else "-",
        f"{wording.objective(judged.objective)}: {wording.outcome_in_all(vendor)}" if judged else "-",
    )


def _silent(vendor: VendorReview) -> str:
    """How many outages its page never admitted, and of how many nobody can tell."""
    if not vendor.has_page:
        return claimwording.wordless(vendor)
    return f"{len(vendor.unadmitted)}, {len(vendor.unread)} not read" if vendor.unread else str(len(vendor.unadmitted))


def _vendor(vendor: VendorReview, review: Review) -> Iterator[Block]:
    yield Heading(2, vendor.name if vendor.name == vendor.slug else f"{vendor.name} ({vendor.slug})")
    known_of = [f"owner {vendor.owner}"] if vendor.owner else []
    known_of += [] if vendor.is_listed else ["has no file any more: its name and objective are not known"]
    if known_of:
        yield Paragraph("; ".join(known_of))
    if not vendor.is_known:
        yield Paragraph("Nothing is stored of that time.")
        return
    for section in (months, said, outages, not_counted, latency, certificates, rows):
        yield from section(vendor, review)
