"""When what a page admits began, by its own word. Pure.

A page tells of an incident when somebody comes to it, often after it is over; what it gives as the beginning says which of
our own measurements it is about. That is when it began for those who made the page, not when we read of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from checks.status.events import Scope, concerns
from checks.status.facts import StatusFacts
from checks.status.platform import Page
from checks.status.report import Report
from checks.status.scope import Match, find
from checks.status.verdict import is_other_page, scope_of


def began(facts: StatusFacts, page: Page) -> datetime | None:
    """When the oldest trouble began that the page admits of what is in scope; None where it gives no time for any."""
    report = facts.report
    if is_other_page(report, page):
        return None
    matches = find(report.components, page.scope)
    times = _times(report, matches, scope_of(matches, page))
    return min((time for time in times if time), default=None)


def _times(report: Report, matches: tuple[Match, ...], scope: Scope) -> Iterator[datetime | None]:
    """Those of open incidents, and since when components in scope are as they are."""
    for incident in report.incidents:
        if incident.impact.claim.is_trouble and concerns(incident, scope):
            yield incident.started_at
    for match in matches:
        yield from (one.since for one in match.components if one.claim.is_trouble and not match.is_ambiguous)
