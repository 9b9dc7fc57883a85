"""The status dashboards of Google, by the ``incidents.json`` of each: Cloud, Maps, Workspace, Ads, Play.

Source: https://status.cloud.google.com/incidents.schema.json (2026); the other dashboards send the same shape, Workspace
with fewer members. It is an archive: an incident without ``end`` is open, the others are the past, and no query narrows
it. Maintenance is not published. The page's address says which dashboard is meant.

The products of an open incident are components in each place it affects now. The product is their group, so that its id
or name means all its places; a zone counts as its region. An incident that names no place is everywhere, and one that
names none any more is where it was. ``service_name`` is read only where no products are listed; "Multiple Products" is
then every product. ``status_impact`` says how bad an incident is; ``severity`` does not. ``uri`` is relative to the
dashboard.

Only what is affected is listed. Where a configured product is not, the catalogue beside it, ``products.json``, tells a
healthy product from a misspelt one; it changes rarely and may be an hour old. A region is known by the list of Google's
regions (`checks.status.regions`) or by an incident of the archive; any other is missing: a zone too, and a place by name.
``{id: <product>/<place>}``, the ids that components have here, is as well as its product is there, or everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from checks.model import Reason, Unseen
from checks.network import Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_array, read_object
from checks.status.regions import GOOGLE
from checks.status.report import ANYTHING, EVERYWHERE, Component, Impact, Incident, Report
from checks.status.scope import find_missing
from checks.status.strange import Catalogue, mark_strange

_DASHBOARDS = {
    "status.cloud.google.com/maps-platform": ("https://status.cloud.google.com/maps-platform", "Google Maps Platform"),
    "status.cloud.google.com": ("https://status.cloud.google.com", "Google Cloud"),
    "www.google.com/appsstatus": ("https://www.google.com/appsstatus/dashboard", "Google Workspace"),
    "ads.google.com/status/publisher": ("https://ads.google.com/status/publisher", "Google Ads"),
    "status.play.google.com": ("https://status.play.google.com", "Google Play"),
}
_DOCUMENT = "/incidents.json"
_CATALOGUE = "/products.json"
_CATALOGUE_AGE_SECONDS = 3600.0
_CATALOGUE_SECONDS = 5.0
_INCIDENT_LIMIT = 5000
_OPEN_LIMIT = 100
_PRODUCT_LIMIT = 1000
_PLACE_LIMIT = 200
_COMPONENT_LIMIT = 6000
_ZONE = re.compile(r"(.+\d)-[a-z]")

_IMPACTS = {
    "available": Impact.NONE,
    "available_information": Impact.NONE,
    "service_information": Impact.NONE,
    "service_disruption": Impact.MAJOR,
    "service_outage": Impact.CRITICAL,
}
_ALL_PRODUCTS = "Multiple Products"
_AFFECTED = ("currently_affected_locations", "previously_affected_locations")


def converse(page: Page) -> Conversation:
    """Read the dashboard's incidents, and its catalogue where a product in scope is in none of them."""
    dashboard, title = _dashboard(page.url)
    url = dashboard + _DOCUMENT
    root = read_array((yield Request(url=url)), url)
    if not root.value and not title:
        raise Unseen(Reason.PARSE, f"{root.source} is an empty list, which says nothing on a host that is not Google's")
    report = _report(root, dashboard, title)
    if any(ref.id or ref.name or ref.group for ref in find_missing(report.components, page.scope)):
        report = yield from _with_catalogue(report, dashboard)
    marked = mark_strange(report, page.scope, Catalogue(regions=GOOGLE))
    if marked.strange:
        marked = mark_strange(report, page.scope, Catalogue(regions={**_past_places(root), **GOOGLE}))
    return _with_places(marked, [ref.id for ref in page.scope if ref.id and ref not in marked.strange])


def _with_places(report: Report, wanted: Iterable[str]) -> Report:
    """*report* with the *wanted* places of its products, each as the worst that is open there or everywhere."""
    listed = {component.id for component in report.components}
    places = [place for place_id in wanted if place_id not in listed for place in _place(report.components, place_id)]
    components = (*report.components, *places)
    return replace(report, components=components, component_count=len(components))


def _place(components: Iterable[Component], place_id: str) -> Iterator[Component]:
    """A product in a place, where it is one of those in *components*; nothing for another."""
    product, _, place = place_id.rpartition("/")
    region = _region(place)
    own = [component for component in components if product and component.group_id == product]
    if own:
        calm = _component((product, own[0].name), place, Impact.NONE)
        there = [component for component in own if component.region in {region, EVERYWHERE}]
        worst = max(there, key=lambda one: one.claim.badness, default=calm)
        yield replace(calm, claim=worst.claim, word=worst.word)


def _past_places(root: Node) -> Mapping[str, str]:
    """The regions that the incidents of the archive name."""
    rows = replace(root, notes=Notes()).items(_INCIDENT_LIMIT)
    return {_region(place["id"].text()): "" for row in rows for name in _AFFECTED for place in row.each(name, _PLACE_LIMIT)}


def _dashboard(url: str) -> tuple[str, str]:
    """Where the dashboard that *url* is in has its root, and its title; ``""`` for one that is not known here."""
    address = url.partition("?")[0].rstrip("/")
    place = address.partition("://")[2]
    found = next((known for known in _DASHBOARDS if f"{place}/".startswith(f"{known}/")), None)
    return _DASHBOARDS[found] if found else (address.removesuffix(_DOCUMENT), "")


def _with_catalogue(report: Report, dashboard: str) -> Conversation:
    """*report* with every product of the catalogue as well in itself; without, where there is no catalogue to be had."""
    url = dashboard + _CATALOGUE
    try:
        asked = Request(url=url, max_age=_CATALOGUE_AGE_SECONDS, within=_CATALOGUE_SECONDS)
        root = read_object((yield asked), url)
        products = [_product(row) for row in root["products"].items(_PRODUCT_LIMIT)]
    except Unseen:
        return report
    components = report.components + tuple(_component(product, EVERYWHERE, Impact.NONE) for product in products)
    cut = (*report.cut, *root.notes.cut)
    return replace(report, components=components, component_count=len(components), lists_all=bool(products), cut=cut)


def _report(root: Node, dashboard: str, title: str) -> Report:
    rows = list(root.items(_INCIDENT_LIMIT))
    changed = [row.instant_of("modified") for row in rows]
    opened = list(islice(filter(_is_open, rows), _OPEN_LIMIT + 1))
    if len(opened) > _OPEN_LIMIT:
        root.notes.cut.append(f"the first {_OPEN_LIMIT} open incidents")
    incidents, components = _read_open(opened[:_OPEN_LIMIT], dashboard)
    if len(components) == _COMPONENT_LIMIT:
        root.notes.cut.append(f"no more than {_COMPONENT_LIMIT} places of products are read")
    worst = _worst_each(components)
    return Report(
        page_id=dashboard.partition("://")[2],
        page_name=title,
        url=root.source,
        indicator=None,
        components=worst,
        component_count=len(worst),
        lists_all=False,
        incidents=tuple(incidents),
        updated_at=max(filter(None, changed), default=None),
        unknown_words=tuple(root.notes.unknown),
        cut_events=tuple(root.notes.cut),
    )


def _is_open(row: Node) -> bool:
    """Whether an incident has no end yet. Raises `Unseen` for what is no incident of Google's."""
    for name in ("id", "begin", "external_desc"):
        row[name].require(str)
    return not row.text_of("end")


def _read_open(rows: Iterable[Node], dashboard: str) -> tuple[list[Incident], list[Component]]:
    """The open incidents, and what they touch, together no more than there is room for."""
    incidents: list[Incident] = []
    components: list[Component] = []
    for row in rows:
        touched = list(islice(_components(row), _COMPONENT_LIMIT - len(components)))
        components += touched
        incidents.append(_incident(row, dashboard, touched))
    return incidents, components


def _incident(row: Node, dashboard: str, touched: Iterable[Component]) -> Incident:
    uri, update = row.text_of("uri"), row.get("most_recent_update")
    return Incident(
        id=row["id"].text(),
        name=row["external_desc"].text(),
        impact=_impact(row),
        word=row.text_of("status_impact"),
        phase=update.text_of("status") if update else "",
        started_at=row.instant_of("begin"),
        component_ids=tuple(component.id for component in touched),
        url=uri if not uri or uri.startswith("https://") else f"{dashboard}/{uri.lstrip('/')}",
    )


def _impact(row: Node) -> Impact:
    """How bad an incident is; one that does not say counts as minor, since it is open."""
    word = row.get("status_impact")
    return Impact.MINOR if word is None else word.word(_IMPACTS, Impact.UNKNOWN, row["external_desc"].text())


def _components(row: Node) -> Iterator[Component]:
    """The products of an incident, in each of its places."""
    products = list(map(_product, row.each("affected_products", _PRODUCT_LIMIT))) or [_service(row)]
    impact, word, places = _impact(row), row.text_of("status_impact"), _places(row)
    for product in products:
        for place in places:
            yield _component(product, place, impact, word)


def _component(product: tuple[str, str], place: str, impact: Impact, word: str = "") -> Component:
    product_id, name = product
    return Component(
        id=f"{product_id}/{place}",
        name=name,
        claim=impact.claim,
        word=word,
        group=name,
        group_id=ANYTHING if name == _ALL_PRODUCTS else product_id,
        region=_region(place),
    )


def _region(place: str) -> str:
    """The region of a *place*, which may be a zone."""
    zone = _ZONE.fullmatch(place)
    return zone[1] if zone else place


def _product(row: Node) -> tuple[str, str]:
    """A product's id and its name of today."""
    name = row.text_of("current_title") or row["title"].text()
    return row.text_of("id") or name, name


def _service(row: Node) -> tuple[str, str]:
    name = row["service_name"].text()
    return row.text_of("service_key") or name, name


def _places(row: Node) -> list[str]:
    """The ids of the places an incident affects, or of those it did."""
    for name in _AFFECTED:
        places = [place["id"].text() for place in row.each(name, _PLACE_LIMIT)]
        if places:
            return places
    return [EVERYWHERE]


def _worst_each(components: Iterable[Component]) -> tuple[Component, ...]:
    """Each of *components* once, as its worst incident has it."""
    ordered = sorted(components, key=lambda one: one.claim.badness)
    worst: Mapping[str, Component] = {one.id: one for one in ordered}
    return tuple(worst.values())


PLATFORM = Platform(
    name="google",
    title="Google",
    reads="open incidents by product and region: Cloud, Maps, Workspace, Ads, Play",
    converse=converse,
    clues=Clues(hosts=("status.cloud.google.com", "www.google.com", "ads.google.com", "status.play.google.com")),
    scope_example="{name: Google Compute Engine, region: europe-west1}",
    is_vast=lambda url: _dashboard(url)[1] == "Google Cloud",
)
