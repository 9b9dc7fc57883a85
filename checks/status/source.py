"""What is to be said of the page itself, whatever it says of the service: that it moved, stands still, speaks in new words.

Pure. None of it moves a state: it is for whoever keeps the vendor's file, and for whoever wonders whether to believe a page.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from checks.model import Claim
from checks.plain import instant
from checks.status.facts import StatusFacts
from checks.status.platform import all_platforms
from checks.status.report import Report
from checks.status.said import Said, say

FROZEN_AFTER = timedelta(days=90)
"""How long a page may stand still before that is worth a word: quiet vendors touch theirs for maintenance at least."""
FROZEN = "status.frozen"
"""The code of the finding that a page stands still: a second stage sets it beside what was measured."""
_WORDS_TOLD = 3


def hear_source(facts: StatusFacts, at: datetime) -> Iterator[Said]:
    """What is odd about the page at a time."""
    platform = _title(facts.platform)
    if facts.known and facts.known.before:
        message = f"the page moved from {_title(facts.known.before)} to {platform}"
        yield say("status.platform_moved", Claim.OPERATIONAL, message)
    if other := facts.report.looks_like:
        message = f"the page is one of {_title(other)} in the shape of {platform}: set status.platform to {other}"
        yield say("status.platform_other", Claim.OPERATIONAL, message)
    if facts.report.unknown_words:
        yield say("status.vocabulary", Claim.OPERATIONAL, _vocabulary(facts.report.unknown_words))
    if is_frozen(facts.report, at) and facts.report.updated_at:
        yield say(FROZEN, Claim.OPERATIONAL, _frozen(facts.report.updated_at, at))


def is_frozen(report: Report, at: datetime) -> bool:
    """Whether the page says that it has not been changed for long. One that gives no time says nothing."""
    return report.updated_at is not None and at - report.updated_at > FROZEN_AFTER


def _title(name: str) -> str:
    platform = all_platforms().get(name)
    return platform.title if platform else name


def _vocabulary(words: tuple[str, ...]) -> str:
    more = f" and {len(words) - _WORDS_TOLD} more" if len(words) > _WORDS_TOLD else ""
    return f"the page uses words we do not know: {', '.join(words[:_WORDS_TOLD])}{more}"


def _frozen(updated_at: datetime, at: datetime) -> str:
    since, days = instant(updated_at.replace(microsecond=0)), (at - updated_at).days
    return f"the page has not changed since {since}, {days} days ago: it has nothing to tell, or is abandoned"
