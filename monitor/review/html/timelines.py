"""What a vendor was in, and beneath it what its page said, over all of the review: where they part is seen at a glance."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import State
from checks.wording import percent
from monitor.history import Tally
from monitor.hypertext.markup import EMPTY, Markup, element
from monitor.review.html.axes import marks
from monitor.review.html.strips import HIGH, framed, shown_again, strip
from monitor.review.values import Review, VendorReview
from monitor.review.wording import seconds

_GAP = 3
_LABELS = 16
_LATE = 0.92
"""From here on a label stands before its time, where it has room."""


def name_of(number: int) -> str:
    """What the strip of the vendor of this *number* is called in the document."""
    return f"strip-{number}"


def timeline(review: Review, vendor: VendorReview, number: int) -> Markup:
    """Both strips of a *vendor* with their axis; only what was measured, where no page was read."""
    measured = framed(strip(vendor.measured, review.begins, review.ends, name_of(number)))
    said = EMPTY
    if vendor.said:
        hung = strip(vendor.said, review.begins, review.ends, f"said-{number}", hangs=True)
        said = framed(hung, y=HIGH + _GAP)
    bottom = HIGH + (HIGH + _GAP) * bool(vendor.said)
    drawn = element(
        "svg",
        element("title", f"{vendor.name} over time"),
        element("desc", _told(vendor)),
        measured,
        said,
        *_axis(review, bottom),
        class_="timeline",
        role="img",
        width="100%",
        height=bottom + _LABELS,
    )
    heads = element("div", element("span", "measured"), element("span", "its page said") if said else "", class_="heads")
    return element("div", heads, drawn, class_="strips")


def glance(number: int, vendor: VendorReview) -> Markup:
    """The upper strip once more, small."""
    told = element("title", f"{vendor.name}: {_shares(vendor.in_all.tally)}")
    return element("svg", told, shown_again(name_of(number)), class_="glance", role="img", width="100%", height=HIGH)


def _axis(review: Review, bottom: float) -> Iterator[Markup]:
    for share, label in marks(review.begins, review.ends, review.zone.info):
        at, late = f"{round(100 * share, 2):g}%", share > _LATE
        yield element("line", class_="axis", x1=at, x2=at, y1=bottom, y2=bottom + 5)
        yield element(
            "text", label, class_="axis", x=at, dx=-4 if late else 4, y=bottom + 12, text_anchor="end" if late else None
        )


def _told(vendor: VendorReview) -> str:
    told = f"Measured: {_shares(vendor.in_all.tally)}."
    return f"{told} Its page said: {_shares(vendor.in_all.claimed.tally)}." if vendor.in_all.claimed else told


def _shares(tally: Tally) -> str:
    """How long in which state, the longest first."""
    spent = sorted((getattr(tally, state.value), state.value) for state in State)[::-1]
    told = [f"{state} {percent(number / tally.elapsed)} ({seconds(number)})" for number, state in spent if number]
    return ", ".join(told) or "never watched"
