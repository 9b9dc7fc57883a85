"""Slack, by ``https://slack-status.com/api/v2.0.0/current``.

Source: api.slack.com/docs/slack-status (2026) and what the page sends. It lists what is active and nothing else: a service
that no active incident names is well. The services are fixed and stand in the documentation only; one that an incident
names beside them is taken as another. Each is as bad as the worst incident that names it.

- ``status`` is ``ok`` or ``active``, and ``active`` does not say how bad: the incidents do. An ``active`` page that lists
  nothing is degraded by its own word; one that lists what is over has not been written anew yet.
- ``type`` is how bad an entry is, its own ``status`` how far it has come; in a status nobody knows it may be over.
  ``notice`` is information and no trouble; ``scheduled`` is announced work. That work is under way the page does not say.
- Ids are numbers or text, times have Slack's own offset.
- status.slack.com leads here without the path, so that it is never asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from checks.model import Claim
from checks.network import Request
from checks.status.affected import component, worst_by_component
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

_PATH = "/api/v2.0.0/current"
_API = f"https://slack-status.com{_PATH}"
_EVENT_LIMIT = 100
_SERVICE_LIMIT = 50

_SERVICES = (
    "Login/SSO",
    "Connectivity",
    "Messaging",
    "Posts/Files",
    "Files",
    "Calls",
    "Huddles",
    "Canvases",
    "Apps/Integrations/APIs",
    "Workflows",
    "Notifications",
    "Search",
    "Link Previews",
    "Workspace/Org Administration",
)
_IMPACTS = {"incident": Impact.MINOR, "outage": Impact.CRITICAL, "notice": Impact.NONE}
_PROGRESS = {
    "active": Progress.ACTIVE,
    "scheduled": Progress.PLANNED,
    **dict.fromkeys(("resolved", "completed", "cancelled"), Progress.DONE),
}
_INDICATORS = {"ok": Claim.OPERATIONAL, "active": Claim.DEGRADED}


def converse(page: Page) -> Conversation:
    """Read what is active now."""
    address = page.url.partition("?")[0].rstrip("/")
    url = address if address.endswith(_PATH) else _API
    return _report(read_object((yield Request(url=url)), url))


def _report(root: Node) -> Report:
    events = replace(root, notes=Notes())
    incidents, announced = _events(events)
    components = _components(incidents)
    return Report(
        page_id=urlsplit(root.source).hostname or "",
        page_name="Slack",
        url=root.source,
        indicator=_indicator(root, incidents),
        indicator_word=root["status"].text(),
        components=components,
        component_count=len(components),
        incidents=incidents,
        maintenances=announced,
        updated_at=root.instant_of("date_updated"),
        unknown_words=(*root.notes.unknown, *events.notes.unknown),
        cut=tuple(root.notes.cut),
        cut_events=tuple(events.notes.cut),
    )


def _indicator(root: Node, incidents: Iterable[Incident]) -> Claim:
    """The page's word for the whole, which what it lists explains: what of that is open are the *incidents*."""
    claim = root["status"].word(_INDICATORS, Claim.UNKNOWN)
    if claim is not Claim.DEGRADED or not root.count("active_incidents"):
        return claim
    return Claim.worst(incident.impact.claim for incident in incidents)


def _events(root: Node) -> tuple[tuple[Incident, ...], tuple[Maintenance, ...]]:
    """What is open, and what is announced; an entry that does not say how far it has come is open."""
    incidents: list[Incident] = []
    announced: list[Maintenance] = []
    for row in root["active_incidents"].items(_EVENT_LIMIT):
        status = row.get("status")
        progress = Progress.ACTIVE if status is None else status.word(_PROGRESS, Progress.UNKNOWN)
        if progress is Progress.PLANNED:
            announced.append(_announced(row))
        elif progress is not Progress.DONE:
            incidents.append(_incident(row, progress))
    return tuple(incidents), tuple(announced)


def _incident(row: Node, progress: Progress) -> Incident:
    title, kind = row["title"].text(), row.get("type")
    impact = Impact.MINOR if kind is None else kind.word(_IMPACTS, Impact.UNKNOWN, title)
    is_sure = progress is Progress.ACTIVE or impact is Impact.NONE
    return Incident(
        id=row.id_of("id"),
        name=title,
        impact=impact if is_sure else Impact.UNKNOWN,
        word=row.text_of("type" if is_sure else "status"),
        phase=row.text_of("status"),
        started_at=row.instant_of("date_created"),
        component_ids=_services(row),
        url=row.text_of("url"),
    )


def _announced(row: Node) -> Maintenance:
    return Maintenance(
        id=row.id_of("id"),
        name=row["title"].text(),
        progress=Progress.PLANNED,
        word=row.text_of("status"),
        component_ids=_services(row),
        url=row.text_of("url"),
    )


def _services(row: Node) -> tuple[str, ...]:
    return tuple(service.text() for service in row.each("services", _SERVICE_LIMIT))


def _components(incidents: Sequence[Incident]) -> tuple[Component, ...]:
    worst = worst_by_component(incidents)
    return tuple(component(name, name, worst) for name in dict.fromkeys((*_SERVICES, *worst)))


PLATFORM = Platform(
    name="slack",
    title="Slack",
    reads="active incidents, notices and announced work by service",
    converse=converse,
    clues=Clues(hosts=("slack-status.com", "status.slack.com")),
)
