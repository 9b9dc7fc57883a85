"""Status.io, by its public API (``https://api.status.io/1.0/status/<page id>``).

A component's containers are the places it runs in: each (component, container) is a component of its own here, with the
container as its region and the component as its group, so that a reference to the component means all of its places.
Codes, not words, are read: 100 operational, 200 maintenance, 300 degraded, 400 partial outage, 500 outage, 600 security
event (which counts as an outage and is told apart). A page that does not exist is a 200 that holds an ``error``.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import urlsplit

from checks.foreign import quoted
from checks.model import Claim, Reason, Unseen
from checks.network import Answer, Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_body, read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

_API = "https://api.status.io/1.0/status/"
_API_PATH = re.compile(r"/1\.0/status/([0-9A-Za-z]+)/?$")
_PAGE_ID = re.compile(r"[0-9a-f]{24}")
_PAGE_LINK = re.compile(rb"/pages/(?:history/|incident/|maintenance/)?([0-9a-f]{24})\b")
_COMPONENT_LIMIT = 1000
_LEAF_LIMIT = 2000
_CONTAINER_LIMIT = 100
_EVENT_LIMIT = 1000
_OPEN_LIMIT = 100
_TOUCHED_LIMIT = 500
_MESSAGE_LIMIT = 200
_SECURITY_EVENT = 600
_RESOLVED = 400
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

_CLAIMS = {
    100: Claim.OPERATIONAL,
    200: Claim.MAINTENANCE,
    300: Claim.DEGRADED,
    400: Claim.PARTIAL_OUTAGE,
    500: Claim.MAJOR_OUTAGE,
    _SECURITY_EVENT: Claim.MAJOR_OUTAGE,
}
_IMPACTS = {
    100: Impact.NONE,
    200: Impact.MAINTENANCE,
    300: Impact.MINOR,
    400: Impact.MAJOR,
    500: Impact.CRITICAL,
    _SECURITY_EVENT: Impact.CRITICAL,
}
_PHASES = {100: "investigating", 200: "identified", 300: "monitoring", _RESOLVED: "resolved"}


Leaves = Mapping[str, list[str]]
"""The ids of a component in each of its places, by the component's own id."""


def converse(page: Page) -> Conversation:
    """Find the page's id where the configuration does not give it, then read the page's status."""
    path = _API_PATH.search(urlsplit(page.url).path)
    page_id = path[1] if path else page.page_id or (yield from _learn_id(page.url))
    url = page.url if path else _API + page_id
    root = read_object((yield Request(url=url)), url)
    error = root.get("error")
    if error is not None:
        raise Unseen(Reason.MOVED, f"Status.io has no page {page_id}: {quoted(error.text())}")
    return _report(root["result"], page_id, root.source)


def _learn_id(url: str) -> Generator[Request, Answer, str]:
    """The id of the page at *url*, from its header or its links. Setting ``page_id`` saves this request."""
    answer = yield Request(url=url)
    body = read_body(answer, url, html=True)
    header = answer.headers.get("x-status-page-id", "")
    if _PAGE_ID.fullmatch(header):
        return header
    link = _PAGE_LINK.search(body)
    if not link:
        raise Unseen(Reason.PARSE, f"{url} shows no Status.io page id: set page_id:, or check platform:")
    return link[1].decode()


def _report(result: Node, page_id: str, url: str) -> Report:
    overall = result["status_overall"]
    code = overall["status_code"]
    components = tuple(islice(_components(result), _LEAF_LIMIT))
    leaves = _leaves(components)
    events = replace(result, notes=Notes())
    incidents = _open_incidents(events, leaves)
    maintenances = tuple(_maintenances(events, leaves))
    return Report(
        page_id=page_id,
        page_name="",
        url=url,
        indicator=code.code(_CLAIMS, Claim.UNKNOWN),
        indicator_word=overall.text_of("status"),
        components=components,
        component_count=len(components),
        incidents=incidents,
        maintenances=maintenances,
        updated_at=overall.instant_of("updated"),
        security=code.value == _SECURITY_EVENT,
        unknown_words=(*result.notes.unknown, *events.notes.unknown),
        cut=(*result.notes.cut, *_cut_leaves(components)),
        cut_events=tuple(events.notes.cut),
    )


def _components(result: Node) -> Iterator[Component]:
    for row in result.each("status", _COMPONENT_LIMIT):
        containers = list(row.each("containers", _CONTAINER_LIMIT))
        for container in containers:
            yield _leaf(row, container)
        if not containers:
            yield _leaf(row, None)


def _leaf(row: Node, container: Node | None) -> Component:
    """A component in one of its places, or as a whole where it has none."""
    component_id, name = row["id"].text(), row["name"].text()
    source = row if container is None else container
    code = source["status_code"]
    return Component(
        id=component_id if container is None else f"{component_id}/{container['id'].text()}",
        name=name,
        claim=code.code(_CLAIMS, Claim.UNKNOWN, name),
        word=source.text_of("status"),
        group="" if container is None else name,
        group_id="" if container is None else component_id,
        region="" if container is None else container["name"].text(),
        since=source.instant_of("updated"),
        security=code.value == _SECURITY_EVENT,
    )


def _cut_leaves(components: tuple[Component, ...]) -> Iterator[str]:
    if len(components) == _LEAF_LIMIT:
        yield f"no more than {_LEAF_LIMIT} places of components are read"


def _leaves(components: tuple[Component, ...]) -> Leaves:
    leaves: dict[str, list[str]] = {}
    for component in components:
        leaves.setdefault(component.group_id or component.id, []).append(component.id)
    return leaves


def _open_incidents(result: Node, leaves: Leaves) -> tuple[Incident, ...]:
    found = tuple(islice(_incidents(result, leaves), _OPEN_LIMIT + 1))
    if len(found) > _OPEN_LIMIT:
        result.notes.cut.append(f"the first {_OPEN_LIMIT} open incidents")
    return found[:_OPEN_LIMIT]


def _incidents(result: Node, leaves: Leaves) -> Iterator[Incident]:
    for row in result.each("incidents", _EVENT_LIMIT):
        messages = list(row.each("messages", _MESSAGE_LIMIT))
        newest = max(reversed(messages), key=lambda message: message.instant_of("datetime") or _LONG_AGO, default=None)
        state = newest.get("state") if newest else None
        if state is None or state.value != _RESOLVED:
            yield _incident(row, newest, leaves)


def _incident(row: Node, newest: Node | None, leaves: Leaves) -> Incident:
    name = row["name"].text()
    code = newest.get("status") if newest else None
    state = newest.get("state") if newest else None
    return Incident(
        id=row["_id"].text(),
        name=name,
        impact=Impact.MINOR if code is None else code.code(_IMPACTS, Impact.UNKNOWN, name),
        word="" if code is None else str(code.value),
        phase="" if state is None else state.code(_PHASES, "unknown", name),
        started_at=row.instant_of("datetime_open"),
        component_ids=_touched(row, leaves),
        security=code is not None and code.value == _SECURITY_EVENT,
    )


def _maintenances(result: Node, leaves: Leaves) -> Iterator[Maintenance]:
    maintenance = result.get("maintenance")
    if maintenance is None:
        return
    for kind, progress in (("active", Progress.ACTIVE), ("upcoming", Progress.PLANNED)):
        for row in maintenance.each(kind, _OPEN_LIMIT):
            yield Maintenance(
                id=row["_id"].text(),
                name=row["name"].text(),
                progress=progress,
                starts=row.instant_of("datetime_planned_start"),
                ends=row.instant_of("datetime_planned_end"),
                component_ids=_touched(row, leaves),
            )


def _touched(row: Node, leaves: Leaves) -> tuple[str, ...]:
    """The ids of the leaves that an incident's components and containers name together."""
    places = set(row.texts_of("containers_affected", "_id", _TOUCHED_LIMIT))
    found: list[str] = []
    for component_id in dict.fromkeys(row.texts_of("components_affected", "_id", _TOUCHED_LIMIT)):
        everywhere = leaves.get(component_id, [component_id])
        here = [leaf for leaf in everywhere if leaf.rpartition("/")[2] in places]
        found += here or everywhere
    return tuple(found)


PLATFORM = Platform(
    name="statusio",
    title="Status.io",
    reads="components by place, incidents, maintenance, security events",
    converse=converse,
    clues=Clues(hosts=("status.io", "hostedstatus.com"), headers=("x-status-page-id",), marks=(b"status.io",), rank=70),
)
