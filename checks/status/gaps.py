"""What of a page was not read to its end, or not understood, where an outage may hide. Pure: each is unknown, never well."""

from __future__ import annotations

from collections.abc import Iterator

from checks.foreign import quoted
from checks.model import Claim
from checks.status.events import Scope
from checks.status.report import Report
from checks.status.said import Said, say

_TITLE_LIMIT = 120


def hear_gaps(report: Report, scope: Scope) -> Iterator[Said]:
    """That recent entries have a state nobody can read, and that a list which matters in *scope* was cut."""
    if report.unclear:
        yield say("status.unclear", Claim.UNKNOWN, _unclear(report.unclear))
    cut = (*report.cut_events, *(report.cut if scope is not None else ()))
    if cut:
        more = f" and {len(cut) - 1} more like it" if len(cut) > 1 else ""
        yield say(
            "status.cut", Claim.UNKNOWN, f"not all of the page was read ({cut[0]}{more}): more may be wrong than is told"
        )


def _unclear(titles: tuple[str, ...]) -> str:
    newest = quoted(titles[0], _TITLE_LIMIT)
    if len(titles) == 1:
        return f"the recent entry {newest} does not say whether it is over"
    return f"{len(titles)} recent entries do not say whether they are over, the newest is {newest}"
