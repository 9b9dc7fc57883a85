"""The times that count neither for a vendor nor against it: its maintenance, and what nobody knows, each in its table."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from checks.wording import lasting
from monitor.hypertext.markup import EMPTY, Markup, element, foreign, together
from monitor.hypertext.tables import Column, paragraph, table
from monitor.review.details import Period, Why, Zone
from monitor.review.html.words import moment
from monitor.review.values import Review, VendorReview
from monitor.review.wording import WHY, not_listed

_COLUMNS = (Column("From"), Column("Until"), Column("Lasted", "number"), Column("Why", "words"))


def periods(review: Review, vendor: VendorReview) -> Markup:
    """Both tables of a *vendor*, or a sentence for each that has nothing in it."""
    return together(
        (
            element("h4", "Maintenance"),
            _listed(vendor, {Why.MAINTENANCE}, "Maintenance", review.zone),
            element("h4", "Unknown, or not watched"),
            _listed(vendor, {Why.UNSEEN, Why.UNKNOWN, Why.UNWATCHED}, "Unknown", review.zone),
        )
    )


def _listed(vendor: VendorReview, kinds: Collection[Why], caption: str, zone: Zone) -> Markup:
    found = [each for each in vendor.periods if each.why in kinds]
    rest = [each for each in vendor.rest if each.why in kinds]
    if not found and not rest:
        return paragraph("None.")
    shown = table(f"{caption}, the longest" if rest else caption, _COLUMNS, [_cells(each, zone) for each in found], "quiet")
    return together((shown, paragraph(not_listed(rest), kind="small") if rest else EMPTY))


def _cells(each: Period, zone: Zone) -> Sequence[str]:
    said = together((": ", foreign(each.cause))) if each.cause else EMPTY
    return (
        moment(each.begins, zone),
        moment(each.ends, zone),
        lasting(each.lasted),
        together((WHY[each.why], said)),
    )
