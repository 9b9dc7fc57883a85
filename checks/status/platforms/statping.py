"""Statping and its successors, by ``/api/services``: every public service, whether it is online, and its incidents.

Source: statping/statping and statping-ng/statping-ng (``types/services``, ``types/incidents``, ``frontend``), read 2026-11.

- A service is online or not; newer releases also let the vendor declare an outage by hand (``outage_type``), which the page
  shows while the check still succeeds.
- An incident is over when its newest update says "Resolved". Until it is deleted it stays in the list.
- Messages are notices of any kind, and nothing says whether one is about work: they are not read.
- Groups have their names at ``/api/groups``, which is asked where a service is in one. 0 is none. An instance that does
  not have them there costs the names only.
- There is neither a name nor an id of the page; its host stands for both.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from checks.foreign import one_line
from checks.model import Claim, Reason, Unseen
from checks.network import Answer, Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_array
from checks.status.report import Component, Impact, Incident, Report
from checks.status.rollup import roll_up

_PATH = "/api/services"
_SERVICE_LIMIT = 1000
_GROUP_LIMIT = 500
_INCIDENT_LIMIT = 300
_UPDATE_LIMIT = 50
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

_OUTAGES = {
    "none": Claim.OPERATIONAL,
    "": Claim.OPERATIONAL,
    "minor": Claim.DEGRADED,
    "major": Claim.PARTIAL_OUTAGE,
    "critical": Claim.MAJOR_OUTAGE,
}
_IS_OPEN = {"investigating": True, "update": True, "unknown": True, "resolved": False}


def converse(page: Page) -> Conversation:
    """Read the services, then the names of their groups where there are any."""
    root = page.url.partition("?")[0].rstrip("/").removesuffix(_PATH)
    url = root + _PATH
    services = read_array((yield Request(url=url)), url)
    rows = list(services.items(_SERVICE_LIMIT))
    if not rows:
        raise Unseen(Reason.PARSE, f"{one_line(services.source, 160)} lists no service: all are private, or check platform:")
    groups = yield from _group_names(f"{root}/api/groups", rows)
    return _report(services, rows, groups)


def _group_names(url: str, rows: Iterable[Node]) -> Generator[Request, Answer, dict[str, str]]:
    if all(row.id_of("group_id") in {"", "0"} for row in rows):
        return {}
    try:
        groups = read_array((yield Request(url=url)), url)
    except Unseen as unseen:
        if unseen.failure.reason is Reason.MOVED:
            return {}
        raise
    return {group.id_of("id"): group["name"].text() for group in groups.items(_GROUP_LIMIT)}


def _report(services: Node, rows: list[Node], groups: dict[str, str]) -> Report:
    components = tuple(_component(row, groups) for row in rows)
    indicator, word = roll_up(components, "services")
    events = Notes()
    checked = (row.instant_of(name) for row in rows for name in ("last_success", "last_error"))
    return Report(
        page_id=urlsplit(services.source).hostname or "",
        page_name="",
        url=services.source,
        indicator=indicator,
        indicator_word=word,
        components=components,
        component_count=len(services.value),
        incidents=tuple(_open_incidents(replace(row, notes=events) for row in rows)),
        updated_at=max((at for at in checked if at), default=None),
        unknown_words=(*services.notes.unknown, *events.unknown),
        cut=tuple(services.notes.cut),
        cut_events=tuple(events.cut),
    )


def _component(row: Node, groups: dict[str, str]) -> Component:
    name, group_id = row["name"].text(), row.id_of("group_id")
    row["latency"]  # Every release has it, so that a list without it is of something else.
    claim, word = _state(row, name)
    return Component(
        id=row.id_of("id"),
        name=name,
        claim=claim,
        word=word,
        group=groups.get(group_id, ""),
        group_id=f"group-{group_id}" if group_id in groups else "",
    )


def _state(row: Node, name: str) -> tuple[Claim, str]:
    """How a service is: down when its check says so, else as its vendor declares."""
    if not row["online"].require(bool):
        return Claim.MAJOR_OUTAGE, "offline"
    outage = row.get("outage_type")
    return (outage.word(_OUTAGES, Claim.UNKNOWN, name), outage.text()) if outage else (Claim.OPERATIONAL, "online")


def _open_incidents(rows: Iterable[Node]) -> Iterator[Incident]:
    room = _INCIDENT_LIMIT
    for row in rows:
        incidents = list(row.each("incidents", room))
        room -= len(incidents)
        for incident in incidents:
            newest = _newest_update(incident)
            if newest is None or newest.word_of("type", _IS_OPEN, unknown=True):
                yield _incident(incident, newest, row.id_of("id"))


def _newest_update(incident: Node) -> Node | None:
    updates = incident.each("updates", _UPDATE_LIMIT)
    return max(updates, key=lambda update: update.instant_of("created_at") or _LONG_AGO, default=None)


def _incident(incident: Node, newest: Node | None, service_id: str) -> Incident:
    """An open incident of a service; Statping does not say how bad one is."""
    return Incident(
        id=incident.id_of("id"),
        name=incident["title"].text(),
        impact=Impact.MINOR,
        phase=newest.text_of("type").lower() if newest else "",
        started_at=incident.instant_of("created_at"),
        component_ids=(service_id,),
    )


PLATFORM = Platform(
    name="statping",
    title="Statping",
    reads="services by group, their incidents",
    converse=converse,
    experimental=True,
    clues=Clues(marks=(b"statping_container", b"but statping doesn't work"), rank=240),
)
