"""Azure DevOps, by the health interface of its status page (``status.dev.azure.com/_apis/status/health``).

Source: https://learn.microsoft.com/rest/api/azure/devops/status/health (7.1, 2026). Every service is listed with its
geographies, well or not: each pair is a component, with the service as its group and the geography as its region. The
words are ``healthy``, ``advisory``, ``degraded``, ``unhealthy``; ``advisory`` is trouble for some. Incidents have no place
in it, nor has maintenance; it names no time. Azure itself has a status page of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Claim
from checks.network import Request
from checks.status.node import Node
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Component, Report

_HOST = "status.dev.azure.com"
_PATH = "/_apis/status/health"
_SERVICE_LIMIT = 100
_GEOGRAPHY_LIMIT = 100

_CLAIMS = {
    "healthy": Claim.OPERATIONAL,
    "advisory": Claim.DEGRADED,
    "degraded": Claim.DEGRADED,
    "unhealthy": Claim.MAJOR_OUTAGE,
}


def converse(page: Page) -> Conversation:
    """Read the health of all services; from another host only where *page* is that document already."""
    address = page.url.partition("?")[0].rstrip("/")
    url = address if address.endswith(_PATH) else f"https://{_HOST}{_PATH}"
    return _report(read_object((yield Request(url=url)), url))


def _report(root: Node) -> Report:
    health = root["status"]["health"]
    components = tuple(_components(root))
    return Report(
        page_id=_HOST,
        page_name="Azure DevOps",
        url=root.source,
        indicator=health.word(_CLAIMS, Claim.UNKNOWN),
        indicator_word=root["status"].text_of("message") or health.text(),
        components=components,
        component_count=len(components),
        unknown_words=tuple(root.notes.unknown),
        cut=tuple(root.notes.cut),
    )


def _components(root: Node) -> Iterator[Component]:
    for service in root["services"].items(_SERVICE_LIMIT):
        for place in service["geographies"].items(_GEOGRAPHY_LIMIT):
            yield _component(service["id"].text(), place)


def _component(service: str, place: Node) -> Component:
    """A service in one of its geographies."""
    health, region = place["health"], place.text_of("name") or place["id"].text()
    return Component(
        id=f"{service}/{place['id'].text()}",
        name=service,
        claim=health.word(_CLAIMS, Claim.UNKNOWN, f"{service} in {region}"),
        word=health.text(),
        group=service,
        group_id=service,
        region=region,
    )


PLATFORM = Platform(
    name="azuredevops",
    title="Azure DevOps",
    reads="services by geography, the page as a whole",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=(_HOST,)),
)
