"""The outages of a vendor: when each was noticed here, and when the vendor's own page admitted it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from checks.wording import counted, lasting
from monitor.hypertext.markup import EMPTY, Markup, element, foreign, together
from monitor.hypertext.tables import Column, paragraph, table
from monitor.outage import Outage
from monitor.review.claimwording import OUTAGES, lasted, silence
from monitor.review.details import Zone
from monitor.review.html.words import moment
from monitor.review.values import Review, VendorReview

MOST = 200
"""So many outages are listed of one vendor."""
_NAMED = 4
"""So many targets are named of one outage."""
_DENIALS = frozenset({"never", "not yet"})
"""What is said of a page that was read, and told nothing."""
_COLUMNS = (
    Column("Began"),
    Column("Ended"),
    Column("Lasted", "number"),
    Column("Noticed", "number"),
    Column("Admitted"),
    Column("What failed", "words"),
)


def outages(review: Review, vendor: VendorReview) -> Markup:
    """Their table, the newest first; a sentence where there was none."""
    if not vendor.outages:
        return paragraph("No outage was seen in this time.")
    newest = vendor.outages[::-1][:MOST]
    rows = [_cells(each, vendor, review) for each in newest]
    left = len(vendor.outages) - len(newest)
    more = (
        paragraph(f"The {counted(left, 'older outage')} of this time are not listed here.", kind="small") if left else EMPTY
    )
    told = paragraph(OUTAGES, kind="small")
    return together((table("Outages, the newest first", _COLUMNS, rows, "outages"), more, told))


def _cells(outage: Outage, vendor: VendorReview, review: Review) -> Sequence[str]:
    zone = review.zone
    return (
        moment(outage.opened_at, zone),
        moment(outage.closed_at, zone) if outage.closed_at else element("span", "goes on", class_="silent"),
        lasted(outage, review.ends).partition(",")[0],
        f"after {lasting(outage.detection_delay)}",
        _told(outage, vendor, zone),
        _what(outage),
    )


def _told(outage: Outage, vendor: VendorReview, zone: Zone) -> Markup:
    """When the vendor's own page admitted it, and how long after we knew, or before."""
    if outage.claimed_at is None or outage.lead is None:
        word = silence(outage, vendor)
        return element("span", word, class_="silent" if word in _DENIALS else "none")
    lead = outage.lead
    said = f"{lasting(-lead)} before us" if lead < timedelta() else f"{lasting(lead)} after us"
    if round(lead.total_seconds()) == 0:
        said = "as soon as we"
    return together((said, element("span", moment(outage.claimed_at, zone), class_="note")))


def _what(outage: Outage) -> Markup:
    names = [target.removeprefix(f"{outage.vendor}/") for target in outage.targets]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    shared = element("span", "together with others: ", foreign(outage.shared), class_="note") if outage.shared else EMPTY
    named = element("span", ", ".join(names[:_NAMED]) + more, class_="note")
    return together((foreign(outage.cause), named, shared))
