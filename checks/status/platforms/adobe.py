"""Adobe, by ``https://data.status.adobe.com/adobestatus/StatusEvents``, the document that status.adobe.com reads.

Source: public readers of that document (2026); the documented interface wants a project in Adobe's console. It has the
events of the last weeks, open or not, and names only products that had one: a product that no open event names is well. The
list of all products (``SnowServiceRegistry``) is larger than what is read of a page here, and has no state in it.

- An event has a history for each of its products, by the second of each update; the newest entry says how it is there, and
  how bad. A product whose event has an end is over once nothing was written after that end.
- Titles stand apart, by token and language. A time of 0 is none.
- Adobe turns away what does not look like a browser: then the page is blocked, and we do not pretend to be one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from checks.foreign import one_line
from checks.model import Claim
from checks.network import Request
from checks.status.node import Node, Notes, read_epoch
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

_PATH = "/adobestatus/StatusEvents"
_API = f"https://data.status.adobe.com{_PATH}"
_EVENT_URL = "https://status.adobe.com/products/{product}/{event}"
_EVENT_LIMIT = 2000
_PRODUCT_LIMIT = 200
_UPDATE_LIMIT = 200
_CLOUD_LIMIT = 20
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

_IS_OPEN = {
    **dict.fromkeys(("discovery", "opened", "reopened", "started", "updated", "scheduled"), True),
    **dict.fromkeys(("closed", "completed", "dismissed", "canceled", "cancelled"), False),
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
    **dict.fromkeys(("completed", "closed", "dismissed", "canceled", "cancelled"), Progress.DONE),
}
_WORK_CLAIMS = {Progress.ACTIVE: Claim.MAINTENANCE, Progress.PLANNED: Claim.OPERATIONAL, Progress.UNKNOWN: Claim.UNKNOWN}
_CLAIMS = list(Claim)


@dataclass(frozen=True, slots=True)
class _Touched:
    """A product that an event is open for: what that makes of it, and what its newest update says."""

    component: Component
    impact: Impact
    phase: str
    started_at: datetime | None
    title: str


def converse(page: Page) -> Conversation:
    """Read the events."""
    address = page.url.partition("?")[0].rstrip("/")
    url = address if address.endswith(_PATH) else _API
    return _report(read_object((yield Request(url=url)), url))


def _report(root: Node) -> Report:
    events = replace(root, notes=Notes())
    incidents, unwell = _incidents(events["incidentEvent"])
    works, worked_on = _maintenances(events["maintenanceEvent"])
    components = _worst([*unwell, *worked_on])
    return Report(
        page_id="adobe",
        page_name="Adobe",
        url=root.source,
        indicator=None,
        components=components,
        component_count=len(components),
        lists_all=False,
        incidents=incidents,
        maintenances=works,
        unknown_words=tuple(events.notes.unknown),
        cut_events=tuple(events.notes.cut),
    )


def _worst(components: Iterable[Component]) -> tuple[Component, ...]:
    """Each product once, as bad as the worst that is said of it."""
    found: dict[str, Component] = {}
    for component in sorted(components, key=lambda component: _CLAIMS.index(component.claim)):
        found[component.id] = component
    return tuple(found.values())


def _incidents(section: Node) -> tuple[tuple[Incident, ...], list[Component]]:
    incidents: list[Incident] = []
    unwell: list[Component] = []
    for name, row in section["incidents"].members(_EVENT_LIMIT):
        touched = list(_touched(row, section))
        if touched:
            incidents.append(_incident(row.text_of("id") or name, touched))
            unwell += [product.component for product in touched]
    return tuple(incidents), unwell


def _incident(event_id: str, touched: list[_Touched]) -> Incident:
    worst = max(touched, key=lambda product: _CLAIMS.index(product.impact.claim))
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


def _touched(event: Node, section: Node) -> Iterator[_Touched]:
    """The products for which *event* is open; one without a severity is minor, since it is open."""
    for product, component in _products(event):
        newest, written = _newest_update(product)
        status, severity = newest.get("status"), newest.get("severity")
        is_open = True if status is None else status.word(_IS_OPEN, unknown=True, about=component.name)
        ended = _time(product, "endedOn")
        if is_open and (ended is None or ended < written):
            impact = Impact.MINOR if severity is None else severity.word(_IMPACTS, Impact.UNKNOWN, component.name)
            yield _Touched(
                component=replace(component, claim=impact.claim, word=newest.text_of("severity")),
                impact=impact,
                phase=newest.text_of("status"),
                started_at=_time(product, "startedOn"),
                title=_title(section, newest),
            )


def _time(row: Node, name: str) -> datetime | None:
    at = row.epoch_of(name)
    return at if at and at.timestamp() > 0 else None


def _products(event: Node) -> Iterator[tuple[Node, Component]]:
    """The products of *event*, each with the cloud that it stands in."""
    clouds = _clouds(event)
    for name, product in event["products"].members(_PRODUCT_LIMIT):
        product_id = product.text_of("id") or name
        group_id, group = clouds.get(product_id, ("", ""))
        title = product["name"].text()
        yield product, Component(id=product_id, name=title, claim=Claim.OPERATIONAL, group=group, group_id=group_id)


def _clouds(event: Node) -> Mapping[str, tuple[str, str]]:
    """The id and the name of each product's cloud, by the product's id."""
    found: dict[str, tuple[str, str]] = {}
    clouds = event.get("clouds")
    for name, cloud in clouds.members(_CLOUD_LIMIT) if clouds else ():
        for product in cloud.each("cloudProducts", _PRODUCT_LIMIT):
            found.setdefault(product.text(), (cloud.text_of("id") or name, cloud.text_of("name")))
    return found


def _newest_update(product: Node) -> tuple[Node, datetime]:
    """The newest entry of the history of *product*, and when it was written; of one without history the product itself."""
    history = product.get("history")
    updates = history.members(_UPDATE_LIMIT) if history else ()
    dated = [(update, read_epoch(second) or _LONG_AGO) for second, update in updates]
    return max(dated, key=lambda update: update[1], default=(product, _LONG_AGO))


def _title(section: Node, update: Node) -> str:
    """What the event is called in English."""
    found: Node | None = section
    for name in ("messages", "en", update.text_of("titleToken")):
        found = found.get(name) if found else None
    return found.text_of("textMessage") if found else ""


def _maintenances(section: Node) -> tuple[tuple[Maintenance, ...], list[Component]]:
    works: list[Maintenance] = []
    worked_on: list[Component] = []
    for name, row in section["maintenance"].members(_EVENT_LIMIT):
        progress = row.word_of("status", _PROGRESS, Progress.UNKNOWN)
        if progress is not Progress.DONE:
            work, touched = _maintenance(row.text_of("id") or name, row, section, progress)
            works.append(work)
            worked_on += touched
    return tuple(works), worked_on


def _maintenance(event_id: str, row: Node, section: Node, progress: Progress) -> tuple[Maintenance, list[Component]]:
    word, products = row.text_of("status"), list(_products(row))
    touched = [replace(component, claim=_WORK_CLAIMS[progress], word=word) for _, component in products]
    titles = (_title(section, _newest_update(product)[0]) for product, _ in products)
    work = Maintenance(
        id=event_id,
        name=next(filter(None, titles), _names(touched)),
        progress=progress,
        word=word,
        starts=_time(row, "startedOn") or _time(row, "scheduledDate"),
        ends=_time(row, "completedOn"),
        component_ids=tuple(component.id for component in touched),
    )
    return work, touched


PLATFORM = Platform(
    name="adobe",
    title="Adobe",
    reads="open incidents and maintenance by product; a product is named only while it has one",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("status.adobe.com",)),
)
