"""What is kept of one look at a status page, and how the reader is found where the vendor's file names none.

A page without a configured platform is read by the platform it was last found to be of. When that reader does not understand
it any more, or the page shows another platform's id, it is looked at anew, and that it moved is then a fact of every look.
A reader of last resort understands too much to succeed another by itself, and what it reads is looked at anew each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from checks.model import Claim, Reason, Unseen
from checks.network import Answer, Network, Request
from checks.relay import Relay
from checks.status.detect import Found, detect
from checks.status.entries import read_time
from checks.status.known import Known
from checks.status.platform import Page, all_platforms, hold
from checks.status.report import Report
from checks.status.scope import find_missing, focus, nearest
from checks.values import Url


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFacts:
    """A *report* with the components that matter, and *nearest*: what a reference that matched nothing may have meant.

    *platform* is the reader that made it, *known* what the next look should know where no file names one. *tally* is how
    many of all the page's components say what.
    """

    platform: str
    report: Report
    known: Known | None = None
    tally: Mapping[Claim, int] = field(default_factory=dict)
    nearest: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


async def observe(page: Page, network: Network) -> StatusFacts:
    """Read the page by its platform, finding that first where it is not known. Raises `Unseen` when it cannot be read."""
    if page.platform:
        return _facts(page, page.platform, await _read(page, network))
    known = page.found
    if known is None or known.platform not in all_platforms() or _is_last_resort(known.platform):
        return await _recognise(page, network)
    try:
        report = await _read(_as_known(page, known), network)
    except Unseen as unseen:
        if unseen.failure.reason not in {Reason.PARSE, Reason.MOVED}:
            raise
        return await _recognise(page, network, unseen)
    if report.looks_like:
        return await _recognise(page, network)
    if not page.page_id:
        _refuse_another(report, known)
    return _facts(page, known.platform, report, known)


def _as_known(page: Page, known: Known) -> Page:
    return replace(page, platform=known.platform, url=Url(known.address))


async def _recognise(page: Page, network: Network, unreadable: Unseen | None = None) -> StatusFacts:
    """Read the page by the platform it turns out to be of; *unreadable* is why the one known does not do any more.

    The search may go by answers that are minutes old, the reading may not.
    """
    found = await _find(page, network, without=page.found.platform if page.found and unreadable else "")
    if unreadable and found.platform.is_last_resort:
        raise unreadable
    report = await _read(found.page, network)
    known = Known(
        platform=found.platform.name,
        url=page.url,
        address=found.page.url,
        host=_host(report.url),
        page_id=report.page_id,
        before=_before(page.found, found.platform.name),
    )
    return _facts(page, known.platform, report, known)


def _before(known: Known | None, platform: str) -> str:
    """The platform a page was of before it is of *platform*; what a reader of last resort made of it does not count."""
    if known is None or known.platform == platform or _is_last_resort(known.platform):
        return known.before if known else ""
    return known.platform


def _is_last_resort(name: str) -> bool:
    platform = all_platforms().get(name)
    return platform is not None and platform.is_last_resort


async def _find(page: Page, network: Network, without: str) -> Found:
    """The platform of the page, which is still where the vendor's file says: another host's page may be another vendor's."""
    found = await hold(detect(page.url, page.scope, page.page_id, without=without), network)
    if _host(found.page.url) != _host(page.url) and not page.page_id:
        detail = f"{page.url} leads to {found.page.url}, which may be somebody else's: check status.url, or set page_id:"
        raise Unseen(Reason.MOVED, detail)
    return found


async def _read(page: Page, network: Network) -> Report:
    platforms = all_platforms()
    if page.platform not in platforms:
        detail = f"there is no reader named {page.platform!r} (known: {', '.join(platforms)}): check status.platform"
        raise Unseen(Reason.CONFIG, detail)
    dated = _Dated(network)
    report = await hold(platforms[page.platform].converse(page), dated)
    return replace(report, updated_at=report.updated_at or dated.newest)


@dataclass(slots=True)
class _Dated(Relay):
    """A network that notes when what it brings was last changed (RFC 9110, section 8.8.2).

    A page that does not say it itself may be a file that nobody touches any more.
    """

    newest: datetime | None = None

    async def send(self, request: Request) -> Answer:
        """Send, and note the newest time of change."""
        answer = await self.network.send(request)
        at = read_time(answer.headers.get("last-modified", ""))
        if request.max_age is None:  # what may be old is no part of the page: a catalogue
            self.newest = max(filter(None, (self.newest, at)), default=None)
        return answer


def _refuse_another(report: Report, known: Known) -> None:
    """Raise `Unseen` when the address of a page that nobody pinned leads to another host, and there to another id."""
    if _host(report.url) != known.host and report.page_id != known.page_id:
        name = f" ({report.page_name})" if report.page_name else ""
        detail = f"the page is at {report.url}{name} now, which may be somebody else's: check status.url, or set page_id:"
        raise Unseen(Reason.MOVED, detail)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _facts(page: Page, platform: str, report: Report, known: Known | None = None) -> StatusFacts:
    missing = find_missing(report.components, page.scope) if report.lists_all else ()
    return StatusFacts(
        platform=platform,
        report=focus(report, page.scope),
        known=known,
        tally=Counter(component.claim for component in report.components),
        nearest=nearest(report.components, missing),
    )


def remember(facts: StatusFacts) -> str:
    """The word for the next look; ``""`` where the vendor's file says what there is to know."""
    return str(facts.known) if facts.known else ""


def recall(page: Page, word: str) -> Page:
    """The settings of the next look: *page*, with what *word* knows of it, if anything."""
    known = None if page.platform else Known.read(word)
    return replace(page, found=known if known and known.url == page.url else None)


def platform_of(page: Page, word: str) -> str:
    """The platform that *page* is of by its file, or by the *word* that a look left; ``""`` where nobody knows."""
    found = recall(page, word).found
    return page.platform or (found.platform if found else "")
