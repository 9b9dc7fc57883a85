"""Oracle Cloud Infrastructure, by the documents of its status page (``ocistatus.oraclecloud.com/api/v2``).

Sources: the document itself as several programs read it (2023 to 2026), and for what the words mean
https://docs.oracle.com/iaas/Content/General/Concepts/status-service.htm (2026). The addresses are those of an Atlassian
page, which it was until 2022; the shape is not: ``components.json`` has ``regionHealthReports`` with the services of each
region. A service in a region is a component here, the service is its group. Older documents lack the regions' short names
(``us-ashburn-1``) and the services' ids; the names for people stand in then.

The document has no word for the whole. ``status.json`` does, and is asked only when no component is in scope. Incidents
are told in the services' words: what the lists of incidents hold is written nowhere.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from itertools import islice

from checks.model import Claim, Unseen
from checks.network import Answer, Request
from checks.status.node import Node
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Component, Report
from checks.status.scope import find_missing
from checks.status.strange import Catalogue, mark_strange

_ROOT = "https://ocistatus.oraclecloud.com"
_API = "/api/v2"
_REGION_LIMIT = 300
_SERVICE_LIMIT = 500
_COMPONENT_LIMIT = 8000

_CLAIMS = {
    "normalperformance": Claim.OPERATIONAL,
    "informational": Claim.OPERATIONAL,
    "servicedisruption": Claim.PARTIAL_OUTAGE,
    "servicedown": Claim.MAJOR_OUTAGE,
}
_INDICATORS = {
    "none": Claim.OPERATIONAL,
    "minor": Claim.DEGRADED,
    "major": Claim.PARTIAL_OUTAGE,
    "critical": Claim.MAJOR_OUTAGE,
    "maintenance": Claim.MAINTENANCE,
}


def converse(page: Page) -> Conversation:
    """Read the services of all regions, and the word for the whole where nothing narrower is asked for."""
    root = yield from _ask(page, "components.json")
    report = _report(root)
    if not page.scope:
        return (yield from _with_indicator(page, report))
    missing = () if report.cut else find_missing(report.components, page.scope)
    return mark_strange(report, missing, Catalogue(regions=dict(map(_region, _regions(root)))))


def _ask(page: Page, document: str) -> Generator[Request, Answer, Node]:
    """A document of the page; of another host's only where *page* is one of its documents already."""
    root, found, _ = page.url.partition("?")[0].partition(f"{_API}/")
    url = f"{root if found else _ROOT}{_API}/{document}"
    return read_object((yield Request(url=url)), url)


def _with_indicator(page: Page, report: Report) -> Conversation:
    """*report* with the page's word for the whole of it; unknown where there is none to be had."""
    try:
        root = yield from _ask(page, "status.json")
        status = root["status"]
        indicator = status["indicator"].word(_INDICATORS, Claim.UNKNOWN)
        word, updated_at = status.text_of("description") or status["indicator"].text(), root["page"].instant_of("updated_at")
    except Unseen:
        return replace(report, indicator=Claim.UNKNOWN)
    unknown = (*report.unknown_words, *root.notes.unknown)
    return replace(report, indicator=indicator, indicator_word=word, updated_at=updated_at, unknown_words=unknown)


def _report(root: Node) -> Report:
    components = tuple(islice(_components(root), _COMPONENT_LIMIT))
    if len(components) == _COMPONENT_LIMIT:
        root.notes.cut.append(f"no more than {_COMPONENT_LIMIT} services in regions are read")
    return Report(
        page_id=root.text_of("realm") or "OC1",
        page_name="Oracle Cloud Infrastructure",
        url=root.source,
        indicator=None,
        components=components,
        component_count=len(components),
        unknown_words=tuple(root.notes.unknown),
        cut=tuple(root.notes.cut),
    )


def _regions(root: Node) -> Iterator[Node]:
    return root["regionHealthReports"].items(_REGION_LIMIT)


def _region(place: Node) -> tuple[str, str]:
    """What a region is called, and what it is called for people where that is something else."""
    short = place.text_of("regionCanonicalName")
    return (short, place.text_of("regionName")) if short else (place["regionName"].text(), "")


def _components(root: Node) -> Iterator[Component]:
    for place in _regions(root):
        region, _ = _region(place)
        for service in place["serviceHealthReports"].items(_SERVICE_LIMIT):
            yield _component(service, region)


def _component(service: Node, region: str) -> Component:
    """A service in a region."""
    name, status = service["serviceName"].text(), service["serviceStatus"]
    service_id = service.text_of("serviceCanonicalName") or name
    return Component(
        id=f"{service_id}/{region}",
        name=name,
        claim=status.word(_CLAIMS, Claim.UNKNOWN, name),
        word=status.text(),
        group=name,
        group_id=service_id,
        region=region,
    )


PLATFORM = Platform(
    name="oracle",
    title="Oracle Cloud",
    reads="services by region; where none are named, the page as a whole",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("ocistatus.oraclecloud.com",)),
    scope_example="{region: eu-frankfurt-1}",
)
