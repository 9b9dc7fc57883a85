"""How to read the pages."""

from __future__ import annotations

from monitor.hypertext import states
from monitor.hypertext.markup import Markup, element
from monitor.hypertext.tables import paragraph


def how_to_read() -> Markup:
    """What a strip of days shows, and of what its numbers are."""
    return element(
        "section",
        element("h2", "How to read this", id="legend"),
        states.legend(),
        paragraph(
            "Each bar is a day of UTC, filled by how long the vendor was in which state. Trouble stands out below it, "
            "drawn thicker than it lasted where it would be too thin to be seen. A day with a mark alone was not watched. "
            "The percentage is the share of the time that counts in which the vendor was not down: what is unknown, and "
            "maintenance, does not count. Seen is the share of the time in which it was watched that is not unknown.",
            kind="small",
        ),
        aria_labelledby="legend",
    )
