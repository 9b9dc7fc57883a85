"""Whether the vendor says that work is under way, so that its failing now was announced. Pure.

Who is told of an outage depends on this, so that it is narrower than what the page says of maintenance:

- Work counts where it touches a component in scope. With the page as a whole in scope it counts where the page has no word
  for the whole, or where it touches more than half of what the page lists: a large page always has some work somewhere.
- Work that the page calls under way counts until the end it was announced with; without an end, while it is called so.
- Work that is still only announced counts from its announced beginning to its announced end, since a page is read once in a
  while and not every vendor minds its page by night. Of what is announced for longer than `LONGEST` nobody knows when in
  that time the work is done: it counts when the page says so.
- A word we do not know counts for nothing: the work may have been called off.

And maintenance as the whole of what the vendor says counts, whatever it announced.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.model import Claim
from checks.status.events import Scope, touches
from checks.status.facts import StatusFacts
from checks.status.platform import Page
from checks.status.report import Maintenance, Progress, Report
from checks.status.scope import find
from checks.status.verdict import claim, is_other_page, scope_of

LONGEST = timedelta(days=3)
"""A long weekend."""


def under_maintenance(facts: StatusFacts, page: Page, at: datetime) -> bool:
    """Whether the vendor says that work on what is in scope is under way *at* an aware time."""
    report = facts.report
    if is_other_page(report, page):
        return False
    works = [work for work in report.maintenances if is_under_way(work, at)]
    scope = scope_of(find(report.components, page.scope), page) if works else None
    return any(_is_ours(work, report, scope) for work in works) or claim(facts, page) is Claim.MAINTENANCE


def is_under_way(work: Maintenance, at: datetime) -> bool:
    """Whether *work* is under way *at* an aware time, by what is said of it and by the times it was announced for."""
    starts, ends = work.starts, work.ends
    match work.progress:
        case Progress.ACTIVE:
            return ends is None or at < ends
        case Progress.PLANNED:
            return starts is not None and ends is not None and starts <= at < ends <= starts + LONGEST
        case Progress.DONE | Progress.UNKNOWN:
            return False


def _is_ours(work: Maintenance, report: Report, scope: Scope) -> bool:
    if scope is not None:
        return touches(work, scope)
    listed = (
        component.id in work.component_ids or component.group_id in work.component_ids for component in report.components
    )
    return report.indicator is None or 2 * sum(listed) > report.component_count
