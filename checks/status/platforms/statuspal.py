"""StatusPal, by ``/api/v2/status_pages/<subdomain>/summary`` of statuspal.io or, for European customers, statuspal.eu.

Source: StatusPal's API documentation (statuspal.io/api-docs, version 2) and pages of 2023 to 2025. A page on a domain of its
own does not tell its subdomain: ``page_id`` has to, and both servers are asked for it. Services stand in services
(`checks.status.services`). The page's word is the type of the worst event on it; ``current_status_type`` is a second one in
coarser terms: it is *minor* beside an ``info``, and else the worse of both counts. An incident names the service and those
around it, so that a group means all of its services only where none of them is named beside it. Times have no offset; pages
have been seen to mean their own ``time_zone``, against the documentation. An end may be set before it comes: over is what is
over by the vendor's own clock (``Date``). ``maintenances`` are under way, upcoming ones have a list of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, urlsplit

from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import answered_at, read_object
from checks.status.report import Impact, Incident, Maintenance, Progress, Report
from checks.status.services import CLAIMS, Leaves, claim_of, components, id_of, leaves_of, read_services

_SERVERS = ("statuspal.io", "statuspal.eu")
_API_PATH = re.compile(r"/api/v\d/status_pages/([^/]+)")
_EVENT_LIMIT = 100
_TOUCHED_LIMIT = 500
_COARSE_INFO = "minor"

_IMPACTS = {
    "info": Impact.NONE,
    "minor": Impact.MINOR,
    "performance": Impact.MINOR,
    "major": Impact.CRITICAL,
    "emergency-maintenance": Impact.CRITICAL,
    "scheduled": Impact.MAINTENANCE,
}


def converse(page: Page) -> Conversation:
    """Read the page's summary from the server that has it."""
    *others, last = _addresses(page)
    for address in others:
        try:
            return (yield from _read(address))
        except Unseen as unseen:
            if unseen.failure.reason is not Reason.MOVED:
                raise
    return (yield from _read(last))


def _addresses(page: Page) -> list[str]:
    """Where the summary may be. Raises `Unseen` when nothing says what the page's subdomain is."""
    parts = urlsplit(page.url)
    path = _API_PATH.match(parts.path)
    subdomain, _, server = (parts.hostname or "").partition(".")
    if path:
        return [_summary(f"{parts.scheme}://{parts.netloc}", path[1])]
    if server in _SERVERS:
        return [_summary(f"https://{server}", subdomain)]
    if page.page_id:
        return [_summary(f"https://{server}", quote(page.page_id, safe="")) for server in _SERVERS]
    raise Unseen(Reason.CONFIG, f"{page.url} does not say what its StatusPal subdomain is: set page_id: to it")


def _summary(origin: str, subdomain: str) -> str:
    return f"{origin}/api/v2/status_pages/{subdomain}/summary"


def _read(url: str) -> Conversation:
    answer = yield Request(url=url)
    return _report(read_object(answer, url), answered_at(answer))


def _report(root: Node, now: datetime | None) -> Report:
    page = root["status_page"]
    services = read_services(root)
    events, leaves = replace(root, notes=Notes()), leaves_of(services)
    zone, (indicator, word) = page.text_of("time_zone"), _indicator(root, page)
    return Report(
        page_id=page["subdomain"].text(),
        page_name=page["name"].text(),
        url=root.source,
        indicator=indicator,
        indicator_word=word,
        components=tuple(components(services)),
        component_count=len(services),
        incidents=tuple(_incidents(events, leaves, zone, now)),
        maintenances=tuple(_maintenances(events, leaves, zone)),
        unknown_words=(*root.notes.unknown, *events.notes.unknown),
        cut=tuple(root.notes.cut),
        cut_events=tuple(events.notes.cut),
    )


def _indicator(root: Node, page: Node) -> tuple[Claim, str]:
    """What the page says of itself as a whole, by the worse of its two words."""
    claim, word, coarse = claim_of(page), page.text_of("current_incident_type"), root.get("current_status_type")
    is_info = bool(word) and claim is Claim.OPERATIONAL
    if coarse is None or (is_info and coarse.text() == _COARSE_INFO):
        return claim, word
    other = coarse.word(CLAIMS, Claim.UNKNOWN)
    is_told = "current_incident_type" in page.require(dict) and Claim.worst((claim, other)) is claim
    return (claim, word) if is_told else (other, coarse.text())


def _incidents(root: Node, leaves: Leaves, zone: str, now: datetime | None) -> Iterator[Incident]:
    """The incidents that are not over; one without a type counts as minor, since it is open."""
    for row in root.each("incidents", _EVENT_LIMIT):
        name, kind, ends = row["title"].text(), row.get("type"), row.instant_of("ends_at", zone)
        if row.get("ends_at") is None or (ends and now and ends > now):
            yield Incident(
                id=id_of(row),
                name=name,
                impact=Impact.MINOR if kind is None else kind.word(_IMPACTS, Impact.UNKNOWN, name),
                word=row.text_of("type"),
                phase=_phase(row),
                started_at=row.instant_of("starts_at", zone),
                component_ids=_touched(row, leaves),
                url=row.text_of("url"),
            )


def _phase(row: Node) -> str:
    """The type of the newest update, which stands first. That there are older ones is nothing to note."""
    newest = next(replace(row, notes=Notes()).each("updates", 1), None)
    return "" if newest is None else newest.text_of("type")


def _maintenances(root: Node, leaves: Leaves, zone: str) -> Iterator[Maintenance]:
    for kind, progress in (("maintenances", Progress.ACTIVE), ("upcoming_maintenances", Progress.PLANNED)):
        for row in root.each(kind, _EVENT_LIMIT):
            yield Maintenance(
                id=id_of(row),
                name=row["title"].text(),
                progress=progress,
                word=row.text_of("type"),
                starts=row.instant_of("starts_at", zone),
                ends=row.instant_of("ends_at", zone),
                component_ids=_touched(row, leaves),
                url=row.text_of("url"),
            )


def _touched(row: Node, leaves: Leaves) -> tuple[str, ...]:
    """The components that an event's services mean together; a service that is not on the page stands for itself."""
    named = dict.fromkeys(str(service.require(int)) for service in row.each("service_ids", _TOUCHED_LIMIT))
    found: dict[str, None] = {}
    for service_id in named:
        everything = leaves.get(service_id, [service_id])
        found |= dict.fromkeys([leaf for leaf in everything if leaf in named] or everything)
    return tuple(found)


PLATFORM = Platform(
    name="statuspal",
    title="StatusPal",
    reads="the page as a whole, services in groups, incidents, maintenance",
    converse=converse,
    clues=Clues(hosts=_SERVERS, marks=(b"statuspal.io", b"statuspal.eu"), rank=140),
)
