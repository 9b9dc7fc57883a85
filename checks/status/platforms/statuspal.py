"""StatusPal, by ``/api/v2/status_pages/<subdomain>/summary`` of statuspal.io or, for European customers, statuspal.eu.

Source: StatusPal's API documentation (statuspal.io/api-docs, version 2) and pages of 2023 to 2025. A page on a domain of its
own does not tell its subdomain: ``page_id`` has to, and both servers are asked for it. The word for a page or service is the
type of the worst event on it, null when there is none; an ``info`` is no trouble. Services stand in services: a component
here is one that holds no other, and its group is the one right around it. An incident names the service and those around it,
so that a group means all of its services only where none of them is named beside it. Times have no offset; pages have been
seen to mean their own ``time_zone``, against the documentation. ``maintenances`` are under way, upcoming ones have a list
of their own.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from urllib.parse import quote, urlsplit

from checks.model import Claim, Reason, Unseen
from checks.network import Answer, Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

_SERVERS = ("statuspal.io", "statuspal.eu")
_API_PATH = re.compile(r"/api/v\d/status_pages/([^/]+)")
_DEPTH_LIMIT = 6
_SERVICE_LIMIT = 1000
_LEAF_LIMIT = 2000
_EVENT_LIMIT = 100
_TOUCHED_LIMIT = 500

_CLAIMS = {
    "info": Claim.OPERATIONAL,
    "minor": Claim.DEGRADED,
    "performance": Claim.DEGRADED,
    "major": Claim.MAJOR_OUTAGE,
    "emergency-maintenance": Claim.MAJOR_OUTAGE,
    "scheduled": Claim.MAINTENANCE,
}
_IMPACTS = {
    "info": Impact.NONE,
    "minor": Impact.MINOR,
    "performance": Impact.MINOR,
    "major": Impact.CRITICAL,
    "emergency-maintenance": Impact.CRITICAL,
    "scheduled": Impact.MAINTENANCE,
}

Leaves = Mapping[str, list[str]]
"""The ids of the components that each service holds, however deep, by the service's own id."""


def converse(page: Page) -> Conversation:
    """Read the page's summary from the server that has it."""
    *others, last = _addresses(page)
    for address in others:
        try:
            return _report((yield from _ask(address)))
        except Unseen as unseen:
            if unseen.failure.reason is not Reason.MOVED:
                raise
    return _report((yield from _ask(last)))


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


def _ask(url: str) -> Generator[Request, Answer, Node]:
    return read_object((yield Request(url=url)), url)


def _report(root: Node) -> Report:
    page = root["status_page"]
    services = tuple(islice(_walk(_parts(root, "services")), _LEAF_LIMIT))
    if len(services) == _LEAF_LIMIT:
        root.notes.cut.append(f"no more than {_LEAF_LIMIT} services are read")
    events, leaves = replace(root, notes=Notes()), _leaves(services)
    zone = page.text_of("time_zone")
    return Report(
        page_id=page["subdomain"].text(),
        page_name=page["name"].text(),
        url=root.source,
        indicator=_claim(page),
        indicator_word=page.text_of("current_incident_type"),
        components=tuple(_component(row, around) for row, around in services),
        component_count=len(services),
        incidents=tuple(_incidents(events, leaves, zone)),
        maintenances=tuple(_maintenances(events, leaves, zone)),
        unknown_words=(*root.notes.unknown, *events.notes.unknown),
        cut=tuple(root.notes.cut),
        cut_events=tuple(events.notes.cut),
    )


def _parts(node: Node, name: str, limit: int = _SERVICE_LIMIT) -> list[Node]:
    """The services in the list *name*; an empty one, as the documentation has it in its example, is none."""
    return [row for row in node[name].items(limit) if row.require(dict)]


def _walk(rows: Iterable[Node], around: tuple[Node, ...] = ()) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """Each service that holds no other, with those it stands in, the outermost first.

    What stands deeper than anybody nests is noted as cut, and the service around it speaks for it.
    """
    for row in rows:
        parts = _parts(row, "children", _SERVICE_LIMIT if len(around) < _DEPTH_LIMIT else 0) if row.get("children") else []
        if parts:
            yield from _walk(parts, (*around, row))
        else:
            yield row, around


def _component(row: Node, around: tuple[Node, ...]) -> Component:
    name = row["name"].text()
    return Component(
        id=_id(row),
        name=name,
        claim=_claim(row, name),
        word=row.text_of("current_incident_type"),
        group=around[-1]["name"].text() if around else "",
        group_id=_id(around[-1]) if around else "",
    )


def _id(row: Node) -> str:
    return str(row["id"].require(int))


def _claim(node: Node, about: str = "") -> Claim:
    """What a page or service says of itself: null is well, and without the member nobody knows."""
    if "current_incident_type" not in node.require(dict):
        return Claim.UNKNOWN
    kind = node.get("current_incident_type")
    return Claim.OPERATIONAL if kind is None else kind.word(_CLAIMS, Claim.UNKNOWN, about)


def _leaves(services: Iterable[tuple[Node, tuple[Node, ...]]]) -> Leaves:
    leaves: dict[str, list[str]] = {}
    for row, around in services:
        for holder in (*around, row):
            leaves.setdefault(_id(holder), []).append(_id(row))
    return leaves


def _incidents(root: Node, leaves: Leaves, zone: str) -> Iterator[Incident]:
    """The incidents that have no end; one without a type counts as minor, since it is open."""
    for row in root.each("incidents", _EVENT_LIMIT):
        name, kind = row["title"].text(), row.get("type")
        if row.get("ends_at") is None:
            yield Incident(
                id=_id(row),
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
                id=_id(row),
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
