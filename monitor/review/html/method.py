"""What the document's pictures and words mean, and how its numbers come about."""

from __future__ import annotations

from checks.model import State
from monitor.review.html.markup import Markup, element, together
from monitor.review.html.strips import COLUMNS, NARROW
from monitor.review.html.tables import listed, paragraph
from monitor.review.html.words import STATE_WORDS, span
from monitor.review.values import Review
from monitor.sketch import ERROR

_ORDER = (State.UP, State.DEGRADED, State.DOWN, State.UNKNOWN, State.MAINTENANCE)


def legend(review: Review) -> Markup:
    """What the strips show, and what is too short for them."""
    keys = (element("li", _swatch(state), STATE_WORDS[state]) for state in _ORDER)
    column = (review.ends.timestamp() - review.begins.timestamp()) / COLUMNS
    return together(
        (
            element("ul", *keys, class_="legend"),
            paragraph(
                f"Strips are to scale down to {span(column)}; what changed faster is drawn as the worst of it. "
                f"Trouble shorter than {span(NARROW * column)} also has a tick that stands out, wider than it lasted. "
                "Numbers are never taken from pictures.",
                kind="small",
            ),
        )
    )


def _swatch(state: State) -> Markup:
    drawn = element("path", d=Markup("M0 6h24"), class_=f"fill {state} swatch")
    return element("svg", drawn, width=24, height=12, aria_hidden="true")


def method(review: Review) -> Markup:
    """How the numbers of this document come about."""
    told = [
        ("Available", "up or degraded, as a share of the seconds that count: up, degraded and down."),
        ("Down", "measured by us and confirmed by a second look; counted from the first look that failed."),
        ("Unknown", "nobody looked, or what came back says nothing of the vendor. It counts for nobody."),
        ("Maintenance", "work that the vendor announced, or that its agreement excuses. It counts for nobody."),
        ("Seen", "the share of the time that is not unknown. A month that was seen in part says in how much."),
        ("Objective", "judged twice more, as if all unknown time had been down, and up: where both agree, it is certain."),
        (
            "Scale by month",
            "a mark where it was measured, a band for what unknown time leaves open, broken: the objective.",
        ),
        (
            "Page told",
            "when the vendor's own status page first admitted trouble, against the first look of ours that failed.",
        ),
        (
            "p50, p95, p99",
            f"half, 95 % and 99 % of the answers were faster; right to {100 * ERROR:g} % of the value. By day of UTC.",
        ),
        ("Rows", f"in {review.database}; their times are in UTC. The same rows give the same numbers again."),
    ]
    body = listed(told, "method")
    return element("section", element("h2", "How these numbers come about", id="method"), body, aria_labelledby="method")
