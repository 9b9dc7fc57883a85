"""Better Stack, by ``<page>/index.json``, a document of JSON:API with everything in ``included``.

Source: betterstack.com/docs/uptime/status-pages/subscribing-to-status-updates/subscribing-to-api (2026). Every other path of
a page leads to its front page, or answers with it.

The page's word is that of its worst resource: ``downtime`` is a major outage of the whole only where nothing that is
monitored is left, else a partial one; the same holds for a report. A page on which nothing is monitored calls itself
operational too: that says nothing. A report is over when its state says so, since ``ends_at`` is often missing; past
``ends_at`` it is over whatever its state. Work is announced while its time is to come by the vendor's own clock
(``Date``), or by when the page was last changed. Ids are text on one page and numbers on the next; those of sections and of
resources are counted apart, so that a section's is ``section/<id>`` here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.node import Node
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import answered_at, read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

_PATH = "/index.json"
_INCLUDED_LIMIT = 5000
_OPEN_LIMIT = 100
_TOUCHED_LIMIT = 500

_CLAIMS = {
    "operational": Claim.OPERATIONAL,
    "degraded": Claim.DEGRADED,
    "downtime": Claim.MAJOR_OUTAGE,
    "maintenance": Claim.MAINTENANCE,
    "not_monitored": Claim.UNKNOWN,
}
_IMPACTS = {
    "operational": Impact.NONE,
    "resolved": Impact.NONE,
    "degraded": Impact.MINOR,
    "downtime": Impact.CRITICAL,
    "maintenance": Impact.MAINTENANCE,
}
_OVER = "resolved"


def converse(page: Page) -> Conversation:
    """Read the page's one document."""
    url = page.url.partition("?")[0].rstrip("/").removesuffix(_PATH) + _PATH
    answer = yield Request(url=url)
    root = read_object(answer, url)
    whole = root["data"]
    if whole["type"].text() != "status_page":
        raise Unseen(Reason.PARSE, f"{root.source} is of JSON:API, but no status page: check platform:")
    return _report(root, whole, answered_at(answer) or whole["attributes"].instant_of("updated_at"))


def _report(root: Node, whole: Node, now: datetime | None) -> Report:
    included = _by_type(root.each("included", _INCLUDED_LIMIT))
    components = tuple(_components(included["status_page_resource"], included["status_page_section"]))
    attributes = whole["attributes"]
    indicator, word = _indicator(attributes["aggregate_state"], components)
    everything = frozenset(component.id for component in components)
    reports = [row for row in included["status_report"] if not _is_over(row["attributes"], now)]
    if len(reports) > _OPEN_LIMIT:
        root.notes.cut.append(f"the first {_OPEN_LIMIT} of {len(reports)} open reports")
    return Report(
        page_id=whole.id_of("id"),
        page_name=attributes["company_name"].text(),
        url=root.source,
        indicator=indicator,
        indicator_word=word,
        components=components,
        component_count=len(components),
        incidents=tuple(_incident(row, everything) for row in reports[:_OPEN_LIMIT] if not _is_work(row)),
        maintenances=tuple(_maintenance(row, now) for row in reports[:_OPEN_LIMIT] if _is_work(row)),
        updated_at=attributes.instant_of("updated_at"),
        unknown_words=tuple(root.notes.unknown),
        cut_events=tuple(root.notes.cut),
    )


def _by_type(rows: Iterable[Node]) -> Mapping[str, list[Node]]:
    found: dict[str, list[Node]] = defaultdict(list)
    for row in rows:
        found[row["type"].text()].append(row)
    return found


def _indicator(state: Node, components: tuple[Component, ...]) -> tuple[Claim, str]:
    """The page's word for the whole of it, as far as its resources bear it out."""
    claim, word = state.word(_CLAIMS, Claim.UNKNOWN), state.text()
    monitored = [component.claim for component in components if component.claim is not Claim.UNKNOWN]
    if claim is Claim.OPERATIONAL and not monitored:
        return Claim.UNKNOWN, f"{word}, but nothing on it is monitored"
    if claim is Claim.MAJOR_OUTAGE and any(other is not claim for other in monitored):
        return Claim.PARTIAL_OUTAGE, word
    return claim, word


def _components(rows: Iterable[Node], sections: Iterable[Node]) -> Iterator[Component]:
    """The resources, each in the section that it names; one that names none, or none that is there, stands alone."""
    names = {row.id_of("id"): row["attributes"].text_of("name") for row in sections}
    for row in rows:
        yield _component(row, row["attributes"], names)


def _component(row: Node, attributes: Node, sections: Mapping[str, str]) -> Component:
    name, status = attributes["public_name"].text(), attributes["status"]
    section = attributes.id_of("status_page_section_id")
    return Component(
        id=row.id_of("id") or name,
        name=name,
        claim=status.word(_CLAIMS, Claim.UNKNOWN, name),
        word=status.text(),
        group=sections.get(section, ""),
        group_id=f"section/{section}" if section in sections else "",
    )


def _is_work(report: Node) -> bool:
    return report["attributes"].text_of("report_type") == "maintenance"


def _is_over(attributes: Node, now: datetime | None) -> bool:
    ends = attributes.instant_of("ends_at")
    return attributes.text_of("aggregate_state") == _OVER or (ends is not None and now is not None and ends <= now)


def _incident(row: Node, everything: frozenset[str]) -> Incident:
    attributes, touched = row["attributes"], _touched(row)
    name, state = attributes["title"].text(), attributes.get("aggregate_state")
    impact = Impact.MINOR if state is None else state.word(_IMPACTS, Impact.UNKNOWN, name)
    if impact is Impact.CRITICAL and not everything <= set(touched):
        impact = Impact.MAJOR
    return Incident(
        id=row.id_of("id"),
        name=name,
        impact=impact,
        word=attributes.text_of("aggregate_state"),
        started_at=attributes.instant_of("starts_at"),
        component_ids=touched,
    )


def _maintenance(row: Node, now: datetime | None) -> Maintenance:
    attributes = row["attributes"]
    starts = attributes.instant_of("starts_at")
    is_to_come = starts is not None and now is not None and starts > now
    return Maintenance(
        id=row.id_of("id"),
        name=attributes["title"].text(),
        progress=Progress.PLANNED if is_to_come else Progress.ACTIVE,
        word=attributes.text_of("aggregate_state"),
        starts=starts,
        ends=attributes.instant_of("ends_at"),
        component_ids=_touched(row),
    )


def _touched(row: Node) -> tuple[str, ...]:
    affected = row["attributes"].each("affected_resources", _TOUCHED_LIMIT)
    return tuple(resource for one in affected if (resource := one.id_of("status_page_resource_id")))


PLATFORM = Platform(
    name="betterstack",
    title="Better Stack",
    reads="resources by section, incidents, maintenance, the page as a whole",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("betteruptime.com", "betterstack.com"), marks=(b"betterstack", b"betteruptime"), rank=50),
)
