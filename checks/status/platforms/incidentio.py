"""incident.io, in the first of its three forms that a page has. Which it has is the vendor's choice.

- Statuspage-compatible, ``<page>/api/v2/summary.json`` (`checks.status.summary`): the whole page. Its id is a ULID; a
  page with another id is Atlassian's and refused, since both answer at this address.
- Widget, ``<page>/api/v1/summary`` (docs.incident.io/status-pages/widget-api, 2026): open and coming events and the
  components they name, nothing else. Pages below ``statuspage.incident.io`` have only this one. The sub-pages of a page
  are pages of their own, ``<page>/<sub-page>``; the page above them says nothing by itself.
- Native, ``<origin>/proxy/<host>``: what the page is drawn from; undocumented, and known for whole hosts only. A component
  that ``affected_components`` does not name is operational, a hidden one is not on the page.

Only a form that is not there makes way for the next: a refusal or a login is an answer. Widget and native have no word for
the whole. An incident that names neither a component nor an impact is minor, because it is open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from urllib.parse import urlsplit

from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status import summary
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

_NOT_THERE = frozenset({Reason.MOVED, Reason.PARSE})
_SHARED_HOST = "statuspage.incident.io"
_COMPATIBLE_PATH = "/api/v2"
_WIDGET_PATH = "/api/v1"
_NATIVE_PATH = "/proxy/"
_EVENT_LIMIT = 200
_COMPONENT_LIMIT = 2000
_RESOLVED = "resolved"
_TOUCHED_LIMIT = 500

_IMPACTS = {
    "operational": Impact.NONE,
    "degraded_performance": Impact.MINOR,
    "partial_outage": Impact.MAJOR,
    "full_outage": Impact.CRITICAL,
    "under_maintenance": Impact.MAINTENANCE,
}
_CLAIMS = {word: impact.claim for word, impact in _IMPACTS.items()}
_STATUS = {"id": "current_status", "component_id": "status"}
"""What tells how an affected component is, by what names it: the widget has one pair, the native form the other."""
_PROGRESS = {
    "maintenance_scheduled": Progress.PLANNED,
    "maintenance_in_progress": Progress.ACTIVE,
    "maintenance_complete": Progress.DONE,
}


def converse(page: Page) -> Conversation:
    """Read the page in the first form that it has; where it has none, the first one's failure is told."""
    missing: list[Unseen] = []
    for form in _forms(page):
        try:
            report = yield from form(page)
        except Unseen as unseen:
            if unseen.failure.reason not in _NOT_THERE:
                raise
            missing.append(unseen)
        else:
            if form is summary.converse and not summary.has_ulid(report):
                raise Unseen(Reason.MOVED, f"{report.url} is a page of Atlassian Statuspage: set platform: to statuspage")
            return report
    raise missing[0]


def _forms(page: Page) -> Iterable[Callable[[Page], Conversation]]:
    """The forms in which *page* may be read, in their order; the one alone whose document the address is."""
    path = urlsplit(page.url).path
    if _NATIVE_PATH in path:
        return (_read_native,)
    if _WIDGET_PATH in path or page.url.host == _SHARED_HOST:
        return (_read_widget,)
    if _COMPATIBLE_PATH in path:
        return (summary.converse,)
    if path.strip("/"):
        return (summary.converse, _read_widget)
    return (summary.converse, _read_widget, _read_native)


def _read_widget(page: Page) -> Conversation:
    base, _, _ = page.url.partition("?")[0].partition(_WIDGET_PATH)
    url = f"{base.rstrip('/')}{_WIDGET_PATH}/summary"
    root = read_object((yield Request(url=url)), url)
    if root.count("subpages"):
        raise Unseen(Reason.PARSE, f"{root.source} is divided into sub-pages: set url: to the one you use")
    root["ongoing_incidents"].require(list)
    return _widget_report(root)


def _widget_report(root: Node) -> Report:
    page_id, page_name = root["page_url"].text(), root["page_title"].text()
    opened = [row for row in root.each("ongoing_incidents", _EVENT_LIMIT) if _is_open(row)]
    works = [(row, Progress.ACTIVE) for row in root.each("in_progress_maintenances", _EVENT_LIMIT)]
    works += [(row, Progress.PLANNED) for row in root.each("scheduled_maintenances", _EVENT_LIMIT)]
    incidents = tuple(_incident(row, "id") for row in opened)
    named = list(islice(_named(zip(opened, incidents, strict=True), works), _COMPONENT_LIMIT))
    components = _at_worst(named)
    return Report(
        page_id=page_id,
        page_name=page_name,
        url=root.source,
        indicator=None,
        components=components,
        component_count=len(components),
        lists_all=False,
        incidents=incidents,
        maintenances=tuple(_maintenance(row, progress, "id") for row, progress in works),
        unknown_words=tuple(root.notes.unknown),
        cut_events=(*root.notes.cut, *_cut_components(named)),
    )


def _named(opened: Iterable[tuple[Node, Incident]], works: Iterable[tuple[Node, Progress]]) -> Iterator[Component]:
    """The components that events name; one that does not say how it is, is as its event says."""
    for row, incident in opened:
        yield from _named_by(row, incident.impact.claim)
    for row, progress in works:
        yield from _named_by(row, Claim.MAINTENANCE if progress is Progress.ACTIVE else Claim.OPERATIONAL)


def _at_worst(named: Iterable[Component]) -> tuple[Component, ...]:
    """Each component once, as the event that makes it worst says."""
    found: dict[str, Component] = {}
    for one in named:
        other = found.setdefault(one.id, one)
        if Claim.worst((one.claim, other.claim)) is not other.claim:
            found[one.id] = one
    return tuple(found.values())


def _named_by(event: Node, claim: Claim) -> Iterator[Component]:
    for row in event.each("affected_components", _TOUCHED_LIMIT):
        status, name = row.get("current_status"), row["name"].text()
        yield Component(
            id=row["id"].text(),
            name=name,
            claim=claim if status is None else status.word(_CLAIMS, Claim.UNKNOWN, name),
            word=row.text_of("current_status"),
            group=row.text_of("group_name"),
        )


def _read_native(page: Page) -> Conversation:
    parts = urlsplit(page.url)
    path = parts.path if _NATIVE_PATH in parts.path else f"{_NATIVE_PATH}{parts.hostname}"
    url = f"{parts.scheme}://{parts.netloc}{path}"
    root = read_object((yield Request(url=url)), url)
    return _native_report(root["summary"])


def _native_report(page: Node) -> Report:
    components, events = tuple(islice(_native_components(page), _COMPONENT_LIMIT)), replace(page, notes=Notes())
    opened = [row for row in events.each("ongoing_incidents", _EVENT_LIMIT) if _is_open(row)]
    works = [*filter(_is_work, opened), *events.each("scheduled_maintenances", _EVENT_LIMIT)]
    maintenances = [_native_maintenance(row) for row in works]
    return Report(
        page_id=page["id"].text(),
        page_name=page["name"].text(),
        url=page.source,
        indicator=None,
        components=components,
        component_count=len(components),
        incidents=tuple(_incident(row, "component_id") for row in opened if not _is_work(row)),
        maintenances=tuple(work for work in maintenances if work.progress is not Progress.DONE),
        unknown_words=(*page.notes.unknown, *events.notes.unknown),
        cut=(*page.notes.cut, *_cut_components(components)),
        cut_events=tuple(events.notes.cut),
    )


def _cut_components(components: Sequence[Component]) -> Iterator[str]:
    if len(components) == _COMPONENT_LIMIT:
        yield f"no more than {_COMPONENT_LIMIT} components are read"


def _is_work(event: Node) -> bool:
    return event.text_of("type") == "maintenance"


def _is_open(event: Node) -> bool:
    return event.text_of("status") != _RESOLVED


def _native_components(page: Node) -> Iterator[Component]:
    """The components that the page shows, in their groups."""
    affected = {row["component_id"].text(): row["status"] for row in page.each("affected_components", _COMPONENT_LIMIT)}
    for item in page["structure"].each("items", _COMPONENT_LIMIT):
        group, single = item.get("group"), item.get("component")
        for row in group.each("components", _COMPONENT_LIMIT) if group else (single,) if single else ():
            if not (row.flag("hidden") or (group and group.flag("hidden"))):
                yield _native_component(row, group, affected)


def _native_component(row: Node, group: Node | None, affected: Mapping[str, Node]) -> Component:
    component_id, name = row["component_id"].text(), row["name"].text()
    status = affected.get(component_id)
    return Component(
        id=component_id,
        name=name,
        claim=Claim.OPERATIONAL if status is None else status.word(_CLAIMS, Claim.UNKNOWN, name),
        word="" if status is None else status.text(),
        group="" if group is None else group["name"].text(),
        group_id="" if group is None else group["id"].text(),
    )


def _native_maintenance(row: Node) -> Maintenance:
    return _maintenance(row, row["status"].word(_PROGRESS, Progress.UNKNOWN), "component_id")


def _incident(row: Node, key: str) -> Incident:
    """An open incident; *key* is what names a component that it affects."""
    name, touched = row["name"].text(), tuple(row.texts_of("affected_components", key, _TOUCHED_LIMIT))
    impact = _impact(row, name, key)
    return Incident(
        id=row["id"].text(),
        name=name,
        impact=impact if touched or impact is not Impact.NONE else Impact.MINOR,
        word=row.text_of("current_worst_impact"),
        phase=row.text_of("status"),
        started_at=row.instant_of("published_at"),
        component_ids=touched,
        url=row.text_of("url"),
    )


def _impact(row: Node, name: str, key: str) -> Impact:
    """How bad an incident is by its own word, else by that of the component it affects most."""
    own = row.get("current_worst_impact")
    if own is not None:
        return own.word(_IMPACTS, Impact.UNKNOWN, name)
    words = sorted(set(row.texts_of("affected_components", _STATUS[key], _TOUCHED_LIMIT, required=False)))
    impacts = [replace(row, value=word).word(_IMPACTS, Impact.UNKNOWN, name) for word in words]
    return max(impacts, key=lambda impact: list(Claim).index(impact.claim), default=Impact.NONE)


def _maintenance(row: Node, progress: Progress, key: str) -> Maintenance:
    return Maintenance(
        id=row["id"].text(),
        name=row["name"].text(),
        progress=progress,
        word=row.text_of("status"),
        starts=row.instant_of("started_at") or row.instant_of("starts_at"),
        ends=row.instant_of("scheduled_end_at") or row.instant_of("ends_at"),
        component_ids=tuple(row.texts_of("affected_components", key, _TOUCHED_LIMIT)),
        url=row.text_of("url"),
    )


PLATFORM = Platform(
    name="incidentio",
    title="incident.io",
    reads="components, incidents, maintenance, the page as a whole; of a page that has the widget only, what is affected",
    converse=converse,
    clues=Clues(hosts=("incident.io",), marks=(b"incident.io",), rank=10),
)
