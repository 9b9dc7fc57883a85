"""Times and verdicts as elements; what is said alike in every format is `monitor.review.wording`'s."""

from __future__ import annotations

from datetime import datetime

from monitor.hypertext.markup import Markup, element, together
from monitor.review import wording
from monitor.review.details import Zone
from monitor.review.objective import Judged, Verdict
from monitor.review.values import VendorReview
from monitor.review.wording import clock, clock_to_second, exact, seconds

NONE = "-"
"""What stands where there is no number."""


def moment(at: datetime, zone: Zone) -> Markup:
    """A time to the second on the clock of *zone*; with its offset for machines, and for people where that is not one."""
    return element("time", clock_to_second(at, zone), datetime=at.astimezone(zone.info).isoformat(timespec="seconds"))


def edge(at: datetime, zone: Zone) -> Markup:
    """A time at which a review begins or ends, which is to the minute."""
    return element("time", clock(at, zone), datetime=at.astimezone(zone.info).isoformat(timespec="seconds"))


def stored(at: datetime) -> Markup:
    """A time as the key of a row has it: in UTC, and whole."""
    return element("time", exact(at))


def some(number: int) -> str:
    """A length of time, or the dash for none."""
    return seconds(number) if number else NONE


def verdict(judged: Judged | None) -> Markup:
    """Whether an objective was met, as a sign and a word."""
    if judged is None:
        return element("span", NONE, class_="verdict none")
    sign = {Verdict.MET: "✓", Verdict.MISSED: "✗", Verdict.UNDECIDED: "?"}[judged.verdict]
    return element(
        "span",
        element("span", sign, aria_hidden="true"),
        f" {wording.verdict(judged)}",
        class_=f"verdict {judged.verdict}",
    )


def judgement(vendor: VendorReview) -> Markup:
    """The verdict on all of the time, and beneath it in how many months what was not missed in all was."""
    judged = vendor.in_all.judged
    note = "" if judged and judged.verdict is Verdict.MISSED else wording.missed(vendor)
    return together((verdict(judged), element("span", note, class_="note silent") if note else ""))
