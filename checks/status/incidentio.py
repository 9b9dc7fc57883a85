"""The two forms of a status page that are incident.io's own: the widget's document, and the one that the page is drawn from.

- Widget, ``<page>/api/v1/summary`` (docs.incident.io/status-pages/widget-api, 2026): open and coming events and the
  components they name, nothing else.
- Native, ``<origin>/proxy/<host>``; undocumented. A component that ``affected_components`` does not name is operational, and
  a hidden one is not on the page. An incident lists what it affects; one without that list affects the components on which
  its ``component_impacts`` have no end.

Neither has a word for the whole. An incident is as bad as it says itself, else as what it affects most. One that says
neither is as bad as the page's components are, where the page says how they are; at least minor, because it is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from urllib.parse import urlsplit

from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.node import Node, Notes
from checks.status.platform import Conversation, Page
from checks.status.reading import read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

WIDGET_PATH = "/api/v1"
NATIVE_PATH = "/proxy/"
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
_OPEN = (Impact.MINOR, "")
_NO_TROUBLE = frozenset({Impact.NONE, Impact.MAINTENANCE})


def read_widget(page: Page) -> Conversation:
    """Read the widget's document of *page*."""
    base, _, _ = page.url.partition("?")[0].partition(WIDGET_PATH)
    url = f"{base.rstrip('/')}{WIDGET_PATH}/summary"
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


def read_native(page: Page) -> Conversation:
    """Read what *page* is drawn from."""
    parts = urlsplit(page.url)
    path = parts.path if NATIVE_PATH in parts.path else f"{NATIVE_PATH}{parts.hostname}"
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
        incidents=tuple(_native_incidents(opened, page)),
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


def _native_incidents(opened: Iterable[Node], page: Node) -> Iterator[Incident]:
    words = set(page.texts_of("affected_components", "status", _COMPONENT_LIMIT, required=False))
    worst = _worst(replace(page, notes=Notes()), words, "")
    for row in opened:
        if not _is_work(row):
            yield _incident(_with_lasting(row), "component_id", _OPEN if worst[0] in _NO_TROUBLE else worst)


def _with_lasting(row: Node) -> Node:
    """An incident; one that lists no component affects those on which its impacts last."""
    if row.count("affected_components"):
        return row
    lasting = [one.value for one in row.each("component_impacts", _TOUCHED_LIMIT) if one.get("end_at") is None]
    return replace(row, value={**row.require(dict), "affected_components": lasting})


def _native_maintenance(row: Node) -> Maintenance:
    return _maintenance(row, row["status"].word(_PROGRESS, Progress.UNKNOWN), "component_id")


def _incident(row: Node, key: str, otherwise: tuple[Impact, str] = _OPEN) -> Incident:
    """An open incident; *key* is what names a component that it affects. *otherwise* is how bad it is if it does not say."""
    name, touched = row["name"].text(), tuple(row.texts_of("affected_components", key, _TOUCHED_LIMIT))
    impact, word = _impact(row, name, key)
    if not touched and impact is Impact.NONE:
        impact, word = otherwise
    return Incident(
        id=row["id"].text(),
        name=name,
        impact=impact,
        word=word,
        phase=row.text_of("status"),
        started_at=row.instant_of("published_at"),
        component_ids=touched,
        url=row.text_of("url"),
    )


def _impact(row: Node, name: str, key: str) -> tuple[Impact, str]:
    """How bad an incident is by its own word, else by that of the component it affects most; with that word."""
    own = row.get("current_worst_impact")
    if own is not None:
        return own.word(_IMPACTS, Impact.UNKNOWN, name), own.text()
    words = set(row.texts_of("affected_components", _STATUS[key], _TOUCHED_LIMIT, required=False))
    return _worst(row, words, name)


def _worst(row: Node, words: Iterable[str], about: str) -> tuple[Impact, str]:
    """What the worst of *words* means, and which it is."""
    said = [(replace(row, value=word).word(_IMPACTS, Impact.UNKNOWN, about), word) for word in sorted(words)]
    worst = Claim.worst(impact.claim for impact, _ in said)
    return next(((impact, word) for impact, word in said if impact.claim is worst), (Impact.NONE, ""))


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
