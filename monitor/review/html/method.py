"""What the document's pictures and words mean, and how its numbers come about."""

from __future__ import annotations

from monitor.hypertext import states
from monitor.hypertext.markup import Markup, element, together
from monitor.hypertext.tables import listed, paragraph
from monitor.review.html.strips import COLUMNS, NARROW
from monitor.review.values import Review
from monitor.review.wording import RULES, TRACING, seconds
from monitor.sketch import ERROR


def legend(review: Review) -> Markup:
    """What the strips show, and what is too short for them."""
    column = (review.ends.timestamp() - review.begins.timestamp()) / COLUMNS
    return together(
        (
            states.legend(),
            paragraph(
                f"Strips are to scale down to {seconds(int(column))}; what is shorter is drawn together, as its worst. "
                f"Trouble shorter than {seconds(int(NARROW * column))} also has a tick that stands out, "
                "wider than it lasted. Numbers are never taken from pictures.",
                kind="small",
            ),
        )
    )


def method(review: Review) -> Markup:
    """How the numbers of this document come about."""
    told = [
        ("Availability", RULES),
        (
            "Down",
            "measured by us and confirmed; counted from the first look that failed to the first that saw it well again.",
        ),
        ("Objective", "held against what was seen, and certain only where what was not seen could not change it."),
        (
            "Scale by month",
            "a mark where it was measured, a band for what time unknown or not watched leaves open, broken: the objective.",
        ),
        ("Admitted", "when the vendor's own page first admitted trouble, against the first look of ours that failed."),
        (
            "p50, p95, p99",
            f"half, 95 % and 99 % of the looks were faster; right to {100 * ERROR:g} % of the value. By day of UTC.",
        ),
        ("Rows", f"{TRACING} They are in {review.database}; their times are in UTC."),
    ]
    body = listed(told, "method")
    return element("section", element("h2", "How these numbers come about", id="method"), body, aria_labelledby="method")
