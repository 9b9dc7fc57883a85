"""The times that count neither for a vendor nor against it: its maintenance, and what nobody knows, each in its table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import tzinfo

from checks.wording import lasting
from monitor.review.details import Period, Why
from monitor.review.html.markup import EMPTY, Markup, element, foreign, together
from monitor.review.html.tables import Column, paragraph, table
from monitor.review.html.words import moment
from monitor.review.values import Review, VendorReview
from monitor.review.wording import WHY, counted

MOST = 60
"""So many periods are listed of one kind, the longest."""
_COLUMNS = (Column("From"), Column("Until"), Column("Lasted", "number"), Column("Why", "words"))


def periods(review: Review, vendor: VendorReview) -> Markup:
    """Both tables of a *vendor*, or a sentence for each that has nothing in it."""
    zone = review.zone.info
    untold = paragraph(f"{counted(vendor.untold, 'shorter time')} are not listed.", kind="small") if vendor.untold else EMPTY
    return together(
        (
            element("h4", "Maintenance"),
            _listed(vendor, {Why.MAINTENANCE}, "Maintenance", zone) or paragraph("None that excused anything."),
            element("h4", "Unknown"),
            _listed(vendor, {Why.UNSEEN, Why.UNKNOWN}, "Unknown", zone) or paragraph("Nothing to list."),
            untold,
        )
    )


def _listed(vendor: VendorReview, kinds: Collection[Why], caption: str, zone: tzinfo) -> Markup:
    found = [each for each in vendor.periods if each.why in kinds]
    longest = sorted(sorted(found, key=lambda each: each.lasted)[-MOST:], key=lambda each: each.begins)
    cut = f", the {MOST} longest of {len(found):,}" if len(found) > MOST else ""
    return table(f"{caption}{cut}", _COLUMNS, [_cells(each, zone) for each in longest], "" if cut else "quiet")


def _cells(each: Period, zone: tzinfo) -> Sequence[str]:
    said = together((": ", foreign(each.cause))) if each.cause else EMPTY
    return (
        moment(each.begins, zone),
        moment(each.ends, zone),
        lasting(each.lasted),
        together((WHY[each.why], said)),
    )
