"""Zendesk, by ``https://status.zendesk.com/api/ssp/incidents.json`` and ``services.json`` beside it, which its page reads.

Source: what the page sends (bodies of 2026, JSON:API); the documented interface (developer.zendesk.com, Status API) is
another one, and ``/api/v2`` does not exist there. The incidents are a history of the last days with what is open in it;
services have no state of their own and are as bad as the worst open incident that names them.

- ``resolvedAt`` says whether an incident is over: ``status`` is left at ``monitoring`` on some that ended months ago.
- An incident names records of ``included``, and only these name its services.
- In which pod an incident is stands in its title only. With ``?subdomain=<account>`` behind the address, which the page
  itself asks with, Zendesk answers for the pod of that account.
- A list of services that cannot be read costs those in scope, not the incidents.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from checks.model import Unseen
from checks.network import Answer, Request
from checks.status.affected import component, worst_by_component
from checks.status.node import Node
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Impact, Incident, Report

_PATH = "/api/ssp"
_API = f"https://status.zendesk.com{_PATH}"
_INCIDENT_LIMIT = 500
_INCLUDED_LIMIT = 3000
_SERVICE_LIMIT = 500
_TOUCHED_LIMIT = 100

_IMPACTS = {"none": Impact.NONE, "minor": Impact.MINOR, "major": Impact.CRITICAL, "critical": Impact.CRITICAL}

Names = Mapping[str, str]
"""The names of services by their ids."""


@dataclass(frozen=True, slots=True)
class _Service:
    """A service as an incident names it."""

    id: str
    name: str


def converse(page: Page) -> Conversation:
    """Read the incidents, then the names of all services."""
    root = yield from _ask(page, "incidents.json")
    names, cut = yield from _services(page)
    return _report(root, names, cut)


def _services(page: Page) -> Generator[Request, Answer, tuple[Names, tuple[str, ...]]]:
    """The services of the page, and what of their list could not be read."""
    try:
        services = yield from _ask(page, "services.json")
        return _names(services), tuple(services.notes.cut)
    except Unseen:
        return {}, ("the list of services cannot be read",)


def _ask(page: Page, document: str) -> Generator[Request, Answer, Node]:
    parts = urlsplit(page.url)
    before, found, _ = parts.path.partition(_PATH)
    api = f"{parts.scheme}://{parts.netloc}{before}{_PATH}" if found else _API
    query = f"?{parts.query}" if parts.query.startswith("subdomain=") else ""
    url = f"{api}/{document}{query}"
    return read_object((yield Request(url=url)), url)


def _names(services: Node) -> Names:
    rows = [(row, row["attributes"]) for row in services["data"].items(_SERVICE_LIMIT)]
    return {row.id_of("id"): about["name"].text() for row, about in rows if not about.flag("deprecated")}


def _report(root: Node, names: Names, cut: tuple[str, ...]) -> Report:
    included = _included(root)
    incidents = tuple(_incidents(root, included))
    worst = worst_by_component(incidents)
    named = {service.id: service.name for service in included.values() if service.id in worst}
    components = tuple(component(name, title, worst) for name, title in (named | dict(names)).items())
    return Report(
        page_id=urlsplit(root.source).hostname or "",
        page_name="Zendesk",
        url=root.source,
        indicator=None,
        components=components,
        component_count=len(components),
        incidents=incidents,
        unknown_words=tuple(root.notes.unknown),
        cut=cut,
        cut_events=tuple(root.notes.cut),
    )


def _included(root: Node) -> Mapping[str, _Service]:
    """The services that incidents name, by the id of the record that stands between them."""
    found: dict[str, _Service] = {}
    for row in root.each("included", _INCLUDED_LIMIT):
        if row.text_of("type") == "incidentService":
            about = row["attributes"]
            found[row.id_of("id")] = _Service(about.id_of("serviceId"), about.text_of("serviceName"))
    return found


def _incidents(root: Node, included: Mapping[str, _Service]) -> Iterator[Incident]:
    for row in root["data"].items(_INCIDENT_LIMIT):
        about = row["attributes"]
        name, phase, impact = about["name"].text(), about.text_of("status"), about.get("impact")
        if about.get("resolvedAt") is None and phase.lower() != "resolved":
            yield Incident(
                id=row.id_of("id"),
                name=name,
                impact=Impact.MINOR if impact is None else impact.word(_IMPACTS, Impact.UNKNOWN, name),
                word=about.text_of("impact"),
                phase=phase,
                started_at=about.instant_of("startedAt"),
                component_ids=tuple(_touched(row, included)),
            )


def _touched(row: Node, included: Mapping[str, _Service]) -> Iterator[str]:
    relations = row.get("relationships")
    links = relations.get("incidentServices") if relations else None
    for link in links.each("data", _TOUCHED_LIMIT) if links else ():
        service = included.get(link.id_of("id"))
        if service:
            yield service.id


PLATFORM = Platform(
    name="zendesk",
    title="Zendesk",
    reads="open incidents by service",
    converse=converse,
    clues=Clues(hosts=("status.zendesk.com",)),
)
