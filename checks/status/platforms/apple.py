"""Apple, by the documents behind its two pages: system status and developer system status.

The page www.apple.com/support/systemstatus reads ``data/system_status_en_US.js`` below itself, the one at
developer.apple.com/system-status reads ``data/developer/system_status_en_US.js`` there; a ``url`` with *developer* in it
means the second. Source: what these pages have sent over the years; there is no documentation.

- The answer is JSON, or the same JSON as the argument of ``jsonCallback(…);``.
- A service without events, or with events that are over, is well; there is no word for the whole.
- One event stands with every service it is about, under one ``messageId``, and is one incident.
- An event in a state nobody knows may be over, so that nothing is known of its service but that.
- ``upcoming`` is announced work whatever its type; times are milliseconds since 1970, the others are for people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

_API = "https://www.apple.com/support/systemstatus/data/"
_DOCUMENT = "system_status_en_US.js"
_API_PATH = re.compile(r"/system_status_\w{2,10}\.js")
_SERVICE_LIMIT = 300
_SERVICE_EVENT_LIMIT = 30
_ALL_EVENTS_LIMIT = 2000
_EVENT_LIMIT = 100

_IMPACTS = {
    "issue": Impact.MINOR,
    "performance": Impact.MINOR,
    "outage": Impact.CRITICAL,
    "maintenance": Impact.MAINTENANCE,
}
_PROGRESS = {
    "ongoing": Progress.ACTIVE,
    "upcoming": Progress.PLANNED,
    **dict.fromkeys(("resolved", "completed"), Progress.DONE),
}


@dataclass(frozen=True, slots=True)
class _Event:
    """What is open or announced of one service."""

    id: str
    title: str
    impact: Impact
    progress: Progress
    word: str
    phase: str
    starts: datetime | None
    ends: datetime | None

    @property
    def is_work(self) -> bool:
        return self.impact is Impact.MAINTENANCE or self.progress is Progress.PLANNED

    @property
    def claim(self) -> Claim:
        return self.progress.claim if self.is_work else self.impact.claim


Services = Mapping[str, Sequence[_Event]]
"""What is open or announced, by the name of the service."""


def converse(page: Page) -> Conversation:
    """Read the document of the page that *page* means."""
    parts = urlsplit(page.url)
    about = "developer/" if "developer" in f"{parts.hostname}{parts.path}" else ""
    is_document = _API_PATH.search(parts.path)
    url = page.url.partition("?")[0] if is_document else f"{_API}{about}{_DOCUMENT}"
    return _report(read_object((yield Request(url=url)), url, jsonp=True), f"apple/{about or 'system'}".rstrip("/"))


def _report(root: Node, page_id: str) -> Report:
    seen = Notes()
    services = _services(root, seen)
    if not services:
        raise Unseen(Reason.PARSE, f"{root.source} names no service: check platform:")
    incidents, works = _folded(services)
    cut = (f"the first {_EVENT_LIMIT} events",) if max(len(incidents), len(works)) > _EVENT_LIMIT else ()
    return Report(
        page_id=page_id,
        page_name="Apple Developer" if "developer" in page_id else "Apple",
        url=root.source,
        indicator=None,
        components=tuple(_component(name, events) for name, events in services.items()),
        component_count=len(services),
        incidents=incidents[:_EVENT_LIMIT],
        maintenances=works[:_EVENT_LIMIT],
        unknown_words=tuple(seen.unknown),
        cut=tuple(root.notes.cut),
        cut_events=(*seen.cut, *cut),
    )


def _services(root: Node, seen: Notes) -> Services:
    """The services, each with its events, of which a page has only so many; *seen* is what there is to note of events."""
    found: dict[str, Sequence[_Event]] = {}
    room = _ALL_EVENTS_LIMIT
    for row in root["services"].items(_SERVICE_LIMIT):
        found[row["serviceName"].text()] = tuple(_events(replace(row, notes=seen), min(room, _SERVICE_EVENT_LIMIT)))
        room = max(room - row.count("events"), 0)
    return found


def _events(service: Node, limit: int) -> Iterator[_Event]:
    name = service["serviceName"].text()
    for row in service["events"].items(limit):
        progress = row["eventStatus"].word(_PROGRESS, Progress.UNKNOWN, name)
        if progress is not Progress.DONE:
            yield _event(row, name, progress)


def _event(row: Node, service: str, progress: Progress) -> _Event:
    impact, phase = row["statusType"].word(_IMPACTS, Impact.UNKNOWN, service), row.text_of("eventStatus")
    is_sure = progress is not Progress.UNKNOWN or impact is Impact.MAINTENANCE
    return _Event(
        id=row.id_of("messageId"),
        title=row.text_of("message") or service,
        impact=impact if is_sure else Impact.UNKNOWN,
        progress=progress,
        word=row.text_of("statusType") if is_sure else phase,
        phase=phase,
        starts=row.epoch_of("epochStartDate"),
        ends=row.epoch_of("epochEndDate"),
    )


def _component(name: str, events: Sequence[_Event]) -> Component:
    """A service that is as bad as its worst event."""
    if not events:
        return Component(id=name, name=name, claim=Claim.OPERATIONAL)
    worst = max(events, key=lambda event: event.claim.badness)
    return Component(id=name, name=name, claim=worst.claim, word=worst.word, since=worst.starts)


def _folded(services: Services) -> tuple[tuple[Incident, ...], tuple[Maintenance, ...]]:
    """Each event once, with all the services it is about."""
    found: dict[tuple[str, Impact, Progress], tuple[_Event, list[str]]] = {}
    for name, events in services.items():
        for event in events:
            key = (event.id or name, event.impact, event.progress)
            found.setdefault(key, (event, []))[1].append(name)
    incidents = tuple(_incident(event, names) for event, names in found.values() if not event.is_work)
    works = tuple(_maintenance(event, names) for event, names in found.values() if event.is_work)
    return incidents, works


def _incident(event: _Event, names: Sequence[str]) -> Incident:
    return Incident(
        id=event.id,
        name=event.title,
        impact=event.impact,
        word=event.word,
        phase=event.phase,
        started_at=event.starts,
        component_ids=tuple(names),
    )


def _maintenance(event: _Event, names: Sequence[str]) -> Maintenance:
    return Maintenance(
        id=event.id,
        name=event.title,
        progress=event.progress,
        word=event.phase,
        starts=event.starts,
        ends=event.ends,
        component_ids=tuple(names),
    )


PLATFORM = Platform(
    name="apple",
    title="Apple system status",
    reads="ongoing and announced events by service, for users or for developers",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("www.apple.com", "developer.apple.com")),
)
