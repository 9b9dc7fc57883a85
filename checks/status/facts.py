"""What is kept of one look at a status page, and how the reader is found where the vendor's file names none.

A page without a configured platform is read by the platform it was last found to be of. When that reader does not understand
it any more, or the page shows another platform's id, it is looked at anew; that it moved is then a fact of the look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from checks.model import Claim, Reason, Unseen
from checks.network import Network
from checks.status.detect import Found, detect
from checks.status.platform import Page, all_platforms, hold
from checks.status.report import Report
from checks.status.scope import find_missing, focus, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFacts:
    """A *report* with the components that matter, and *nearest*: what a reference that matched nothing may have meant.

    *platform* is the reader that made it. *tally* is how many of all the page's components say what.
    """

    platform: str
    report: Report
    tally: Mapping[Claim, int] = field(default_factory=dict)
    nearest: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


async def observe(page: Page, network: Network) -> StatusFacts:
    """Read the page by its platform, finding that first where it is not known. Raises `Unseen` when it cannot be read."""
    if page.platform:
        return _facts(page, page.platform, await _read(page, page.platform, network))
    if page.found not in all_platforms():
        return await _recognise(page, network)
    try:
        report = await _read(page, page.found, network)
    except Unseen as unseen:
        if unseen.failure.reason not in {Reason.PARSE, Reason.MOVED}:
            raise
        return await _recognise(page, network, unseen)
    return await _recognise(page, network) if report.looks_like else _facts(page, page.found, report)


async def _recognise(page: Page, network: Network, unreadable: Unseen | None = None) -> StatusFacts:
    """Read the page by the platform it turns out to be of; *unreadable* is why the last one does not do any more.

    The search may go by answers of the last hour, the reading may not: what made the search find the last platform again
    is from before it became *unreadable*.
    """
    found = (await _find(page, network)).platform.name
    if unreadable and found == page.found:
        raise unreadable
    return _facts(page, found, await _read(page, found, network))


async def _read(page: Page, name: str, network: Network) -> Report:
    platforms = all_platforms()
    if name not in platforms:
        detail = f"there is no reader named {name!r} (known: {', '.join(platforms)}): check status.platform"
        raise Unseen(Reason.CONFIG, detail)
    return await hold(platforms[name].converse(replace(page, platform=name)), network)


async def _find(page: Page, network: Network) -> Found:
    """The platform of the page, which is still where the vendor's file says: another host's page may be another vendor's."""
    found = await hold(detect(page.url, page.scope, page.page_id), network)
    if _host(found.page.url) != _host(page.url):
        detail = f"{page.url} leads to {found.page.url}, which may be somebody else's: check status.url"
        raise Unseen(Reason.MOVED, detail)
    return found


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _facts(page: Page, platform: str, report: Report) -> StatusFacts:
    missing = find_missing(report.components, page.scope) if report.lists_all else ()
    return StatusFacts(
        platform=platform,
        report=focus(report, page.scope),
        tally=Counter(component.claim for component in report.components),
        nearest=nearest(report.components, missing),
    )


def remember(facts: StatusFacts) -> str:
    """What the next look should know: which platform the page is of."""
    return facts.platform


def recall(page: Page, platform: str) -> Page:
    """The settings of the next look: *page*, last found to be of *platform*."""
    return replace(page, found=platform)
