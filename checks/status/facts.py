"""What is kept of one look at a status page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from checks.model import Claim, Reason, Unseen
from checks.network import Network
from checks.status.platform import Page, all_platforms, hold
from checks.status.report import Report
from checks.status.scope import find_missing, focus, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFacts:
    """A *report* with the components that matter, and *nearest*: what a reference that matched nothing may have meant.

    *tally* is how many of all the page's components say what.
    """

    report: Report
    tally: Mapping[Claim, int] = field(default_factory=dict)
    nearest: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


async def observe(page: Page, network: Network) -> StatusFacts:
    """Read the page by its platform. Raises `Unseen` when it cannot be read."""
    platforms = all_platforms()
    platform = platforms.get(page.platform)
    if platform is None:
        detail = f"there is no reader named {page.platform!r} (known: {', '.join(platforms)}): check status.platform"
        raise Unseen(Reason.CONFIG, detail)
    report = await hold(platform.converse(page), network)
    missing = find_missing(report.components, page.scope)
    return StatusFacts(
        report=focus(report, page.scope),
        tally=Counter(component.claim for component in report.components),
        nearest=nearest(report.components, missing),
    )
