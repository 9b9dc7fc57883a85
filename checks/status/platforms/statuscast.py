"""StatusCast, by ``/summary.json`` of the page, or ``/status.json`` where that is not there.

No document of the vendor's says which words there are. ``Available`` was met on pages of 2026, the others are those that
other readers of these pages know; what is none of them is unknown. The summary lists incidents without saying how bad they
are: an open one is minor, work among them is work. The status has neither incidents nor a name, only since when it holds,
in a time without a zone. ``/components.json`` is asked for where components are in scope.

Pages on their own domains often sit behind a filter that answers programs with 403; below ``status.page`` they do not. A
path that a page does not have is a web page with 200. Only the host is in both documents' reach to identify a page.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from checks.model import Claim, Reason, Unseen
from checks.network import Answer, Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import looks_like_html, read_array, read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

_MACHINE_PATH = re.compile(r"/(?:summary|status|components)\.json$")
_COMPONENT_LIMIT = 2000
_EVENT_LIMIT = 200
_WORK = "maintenance"

_CLAIMS = {
    "available": Claim.OPERATIONAL,
    "monitoring": Claim.DEGRADED,
    "degraded": Claim.DEGRADED,
    "partialoutage": Claim.PARTIAL_OUTAGE,
    "unavailable": Claim.MAJOR_OUTAGE,
    "maintenance": Claim.MAINTENANCE,
}


def converse(page: Page) -> Conversation:
    """Read the summary or else the status, and the components where some are in scope."""
    base = _MACHINE_PATH.sub("", page.url.partition("?")[0].rstrip("/")).rstrip("/")
    report = yield from _whole(base)
    if not page.scope:
        return report
    url = f"{base}/components.json"
    root = read_array((yield Request(url=url)), url)
    components = tuple(_components(root))
    return replace(
        report,
        components=components,
        component_count=len(components),
        unknown_words=(*report.unknown_words, *root.notes.unknown),
        cut=tuple(root.notes.cut),
    )


def _whole(base: str) -> Conversation:
    """What the page says of itself as a whole, by the better of two documents that it has."""
    root = yield from _ask_summary(f"{base}/summary.json")
    if root is not None:
        return _summary(root)
    url = f"{base}/status.json"
    return _status(read_object((yield Request(url=url)), url))


def _ask_summary(url: str) -> Generator[Request, Answer, Node | None]:
    """The summary; None where the page has none. One that cannot be read is there: it may hold an incident."""
    answer = yield Request(url=url)
    try:
        root = read_object(answer, url)
    except Unseen as unseen:
        reason = unseen.failure.reason
        if reason is Reason.MOVED or (reason is Reason.PARSE and looks_like_html(answer.body)):
            return None
        raise
    return root if root.get("PageName") or root.get("Domain") else None


def _summary(root: Node) -> Report:
    root["Domain"].require(str)
    name, status, events = root["PageName"].text(), root["Status"], replace(root, notes=Notes())
    opened = list(events.each("UnresolvedIncidents", _EVENT_LIMIT))
    works = [_maintenance(row, Progress.ACTIVE) for row in opened if _is_work(row)]
    works += [_maintenance(row, Progress.PLANNED) for row in events.each("UpcomingIncidents", _EVENT_LIMIT)]
    return Report(
        page_id=_host(root),
        page_name=name,
        url=root.source,
        indicator=status.word(_CLAIMS, Claim.UNKNOWN),
        indicator_word=root.text_of("StatusText") or status.text(),
        incidents=tuple(_incident(row) for row in opened if not _is_work(row)),
        maintenances=tuple(works),
        unknown_words=tuple(root.notes.unknown),
        cut_events=tuple(events.notes.cut),
    )


def _status(root: Node) -> Report:
    status = root["Status"]
    return Report(
        page_id=_host(root),
        page_name="",
        url=root.source,
        indicator=status.word(_CLAIMS, Claim.UNKNOWN),
        indicator_word=root["StatusText"].text() or status.text(),
        updated_at=root.instant_of("InEffectSince"),
        unknown_words=tuple(root.notes.unknown),
    )


def _host(root: Node) -> str:
    return urlsplit(root.source).hostname or ""


def _is_work(row: Node) -> bool:
    return _WORK in row.text_of("IncidentType").lower()


def _incident(row: Node) -> Incident:
    return Incident(
        id=row.id_of("Id"),
        name=_title(row),
        impact=Impact.MINOR,
        word=row.text_of("IncidentType"),
        phase=row.text_of("Status"),
        url=row.text_of("ShortUrl"),
    )


def _maintenance(row: Node, progress: Progress) -> Maintenance:
    return Maintenance(
        id=row.id_of("Id"), name=_title(row), progress=progress, word=row.text_of("Status"), url=row.text_of("ShortUrl")
    )


def _title(row: Node) -> str:
    return row.text_of("Title") or row.text_of("Subject") or row.text_of("Name")


def _components(root: Node) -> Iterator[Component]:
    for row in root.items(_COMPONENT_LIMIT):
        name, status = row["text"].text(), row["CurrentStatus"]
        claim = status.word(_CLAIMS, Claim.UNKNOWN, name)
        yield Component(id=row.id_of("id") or name, name=name, claim=claim, word=status.text())


PLATFORM = Platform(
    name="statuscast",
    title="StatusCast",
    reads="the page as a whole, incidents, maintenance; components where some are in scope",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("status.page",), marks=(b"statuscast",), rank=40),
)
