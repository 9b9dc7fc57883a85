"""What every writer of a review says alike of a vendor's word: what its page said beside what we measured, and of outages.

Nothing here is markup.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.wording import lasting, percent
from monitor.history import Tally
from monitor.outage import Outage
from monitor.review.details import Claimed
from monitor.review.values import VendorReview
from monitor.review.wording import exact, seconds

OUTAGES = (
    "An outage lasts from the first look that failed to the first that saw it well again. Seconds of it that nobody saw, or "
    "that work excused, are not among those that it was down: so it may be longer."
)


def disagreement(claimed: Claimed | None, tally: Tally) -> str:
    """What the vendor's page said beside what we measured. That they never parted is only said of what was seen of both."""
    if claimed is None or not claimed.compared:
        return "no status page was read" if claimed is None else "its page and how it was were never seen together"
    times = (
        (claimed.denied, "it said all is well for {} while we measured it down"),
        (claimed.belittled, "it told of less than we measured for {}"),
        (claimed.feared, "it admitted trouble for {} while we measured it up"),
    )
    apart = [sentence.format(seconds(count)) for count, sentence in times if count]
    said = f"its page says {percent(claimed.tally.availability)}, we measured {percent(tally.availability)}"
    return "; ".join([said, *(apart or [f"they never parted in the {seconds(claimed.compared)} in which both were seen"])])


def admitted(outage: Outage, vendor: VendorReview) -> str:
    """When the page of *vendor* admitted *outage*, counted from the first look that failed."""
    if outage.lead is None:
        return silence(outage, vendor)
    if round(outage.lead.total_seconds()) == 0:
        return "at once"
    return f"{lasting(-outage.lead)} before" if outage.lead < timedelta() else f"after {lasting(outage.lead)}"


def silence(outage: Outage, vendor: VendorReview) -> str:
    """Why nothing is known of *vendor* admitting *outage*: that it did not is only said if its page was read meanwhile."""
    if outage in vendor.unread or not vendor.has_page:
        return wordless(vendor)
    return "not yet" if outage.is_open else "never"


def wordless(vendor: VendorReview) -> str:
    """Why there is no word of *vendor* itself: that it has no page is not said of one that was only not read."""
    return "page not read" if vendor.has_page or vendor.names_page else "no page"


def lasted(outage: Outage, ends: datetime) -> str:
    """How long *outage* was; of one that goes on, until the end of the review."""
    if outage.closed_at is None:
        return f"{lasting(max(ends - outage.opened_at, timedelta()))}, goes on"
    return lasting(outage.closed_at - outage.opened_at)


def look_up(outage: Outage) -> str:
    """The command that shows the looks behind *outage*."""
    key = next(iter(outage.targets), f"{outage.vendor}/…")
    return f"vendorwatch looks {key} --at {exact(outage.opened_at)}"
