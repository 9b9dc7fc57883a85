"""Adobe, by ``https://data.status.adobe.com/adobestatus/StatusEvents``, the document that status.adobe.com reads.

Source: public readers of that document (2026); the documented interface wants a project in Adobe's console. It has the
events of the last weeks, open or not, and names only products that had one: a product that no open event names is well. The
list of all products (``SnowServiceRegistry``) is larger than what is read of a page here, and has no state in it. So a wrong
name is found out only while that product is not well under its right one (*Adobe Easel*, *Easel*).

- How events are written is told in `checks.status.adobe`. A product's newest update says how it is there, and how bad. In a
  state nobody knows it may be over; while it is ``Scheduled`` it is work to come, also among the incidents.
- Adobe turns away what does not look like a browser: then the page is blocked, and we do not pretend to be one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from checks.foreign import one_line
from checks.network import Request
from checks.status.adobe import Section, time_of
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report
from checks.status.strange import Catalogue, mark_strange

_PATH = "/adobestatus/StatusEvents"
_API = f"https://data.status.adobe.com{_PATH}"
_EVENT_URL = "https://status.adobe.com/products/{product}/{event}"

_DONE = ("completed", "closed", "dismissed", "canceled", "cancelled")
_STATES = {
    **dict.fromkeys(("discovery", "opened", "reopened", "started", "updated"), Progress.ACTIVE),
    **dict.fromkeys(_DONE, Progress.DONE),
    "scheduled": Progress.PLANNED,
}
_IMPACTS = {
    "potential": Impact.MINOR,
    "trivial": Impact.MINOR,
    "minor": Impact.MINOR,
    "major": Impact.MAJOR,
    "critical": Impact.CRITICAL,
    "maintenance": Impact.MAINTENANCE,
}
_PROGRESS = {
    "scheduled": Progress.PLANNED,
    "started": Progress.ACTIVE,
    **dict.fromkeys(_DONE, Progress.DONE),
}


@dataclass(frozen=True, slots=True)
class _Touched:
    """A product that an event is open or planned for: what that makes of it, and what its newest update says."""

    component: Component
    impact: Impact
    phase: str
    started_at: datetime | None
    title: str
    is_planned: bool


def converse(page: Page) -> Conversation:
    """Read the events."""
    address = page.url.partition("?")[0].rstrip("/")
    url = address if address.endswith(_PATH) else _API
    return mark_strange(_report(read_object((yield Request(url=url)), url)), page.scope, Catalogue())


def _report(root: Node) -> Report:
    events = replace(root, notes=Notes())
    incidents, planned, unwell = _incidents(Section(events["incidentEvent"], "incidents"))
    works, worked_on = _maintenances(Section(events["maintenanceEvent"], "maintenance"))
    components = _worst([*unwell, *worked_on])
    return Report(
        page_id="adobe",
        page_name="Adobe",
        url=root.source,
        indicator=None,
        components=components,
        component_count=len(components),
        lists_all=False,
        incidents=tuple(incidents),
        maintenances=(*planned, *works),
        unknown_words=tuple(events.notes.unknown),
        cut_events=tuple(events.notes.cut),
    )


def _worst(components: Iterable[Component]) -> tuple[Component, ...]:
    """Each product once, as bad as the worst that is said of it."""
    found: dict[str, Component] = {}
    for component in sorted(components, key=lambda component: component.claim.badness):
        found[component.id] = component
    return tuple(found.values())


def _incidents(section: Section) -> tuple[list[Incident], list[Maintenance], list[Component]]:
    """What is open, the work to come that stands among it, and what both make of products."""
    incidents: list[Incident] = []
    works: list[Maintenance] = []
    components: list[Component] = []
    for event_id, row in section.events():
        touched = list(_touched(row, section))
        planned = [product for product in touched if product.is_planned]
        unwell = [product for product in touched if not product.is_planned]
        if unwell:
            incidents.append(_incident(event_id, unwell))
        if planned:
            parts = [product.component for product in planned]
            works.append(_maintenance(event_id, row, Progress.PLANNED, planned[0].title, parts))
        components += [product.component for product in touched]
    return incidents, works, components


def _incident(event_id: str, touched: list[_Touched]) -> Incident:
    worst = max(touched, key=lambda product: product.impact.claim.badness)
    return Incident(
        id=event_id,
        name=worst.title or _names(product.component for product in touched),
        impact=worst.impact,
        word=worst.component.word,
        phase=worst.phase,
        started_at=min((product.started_at for product in touched if product.started_at), default=None),
        component_ids=tuple(product.component.id for product in touched),
        url=one_line(_EVENT_URL.format(product=worst.component.id, event=event_id)),
    )


def _names(components: Iterable[Component]) -> str:
    return one_line(", ".join(component.name for component in components))


def _touched(event: Node, section: Section) -> Iterator[_Touched]:
    """The products for which *event* is not over."""
    for product in section.products(event):
        status, name = product.newest.get("status"), product.component.name
        progress = Progress.ACTIVE if status is None else status.word(_STATES, Progress.UNKNOWN, name)
        if progress is not Progress.DONE and not product.is_over:
            impact, word = _impact(product.newest, progress, name)
            yield _Touched(
                component=replace(product.component, claim=impact.claim, word=word),
                impact=impact,
                phase=product.newest.text_of("status"),
                started_at=time_of(product.row, "startedOn"),
                title=section.title(product),
                is_planned=progress is Progress.PLANNED,
            )


def _impact(newest: Node, progress: Progress, about: str) -> tuple[Impact, str]:
    """How bad it is for a product, and the word for that; minor where no severity is said, since it is open."""
    if progress is Progress.UNKNOWN:
        return Impact.UNKNOWN, newest.text_of("status")
    severity, word = newest.get("severity"), newest.text_of("severity")
    impact = Impact.MINOR if severity is None else severity.word(_IMPACTS, Impact.UNKNOWN, about)
    return Impact.NONE if progress is Progress.PLANNED else impact, word


def _maintenances(section: Section) -> tuple[list[Maintenance], list[Component]]:
    works: list[Maintenance] = []
    worked_on: list[Component] = []
    for event_id, row in section.events():
        word, progress = row.text_of("status"), row.word_of("status", _PROGRESS, Progress.UNKNOWN)
        if progress is not Progress.DONE:
            products = list(section.products(row))
            title = next(filter(None, map(section.title, products)), "")
            parts = [replace(product.component, claim=progress.claim, word=word) for product in products]
            works.append(_maintenance(event_id, row, progress, title, parts))
            worked_on += parts
    return works, worked_on


def _maintenance(event_id: str, row: Node, progress: Progress, title: str, parts: list[Component]) -> Maintenance:
    return Maintenance(
        id=event_id,
        name=title or _names(parts),
        progress=progress,
        word=row.text_of("status"),
        starts=time_of(row, "startedOn") or time_of(row, "scheduledDate"),
        ends=time_of(row, "completedOn"),
        component_ids=tuple(component.id for component in parts),
    )


PLATFORM = Platform(
    name="adobe",
    title="Adobe",
    reads="open incidents and maintenance by product; a product is named only while it has one",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("status.adobe.com",)),
)
