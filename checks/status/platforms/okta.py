"""Okta's own page, https://status.okta.com, by the JSON that its HTML holds in hidden elements.

Source: what the page sent in 2026 (a Salesforce site: its paths below ``/api`` are a login). ``data-id="incidents"`` is a
list of records of all times, ``planned-outages`` one of works, ``cellList`` the names of the cells; whether a record is over
its ``Status__c`` says, how bad it is its ``Category__c``. A record whose state is missing or unknown here is over when it
has an end, or when nobody has touched it for `_STALE` (*now* is the ``Date`` of the answer); else nothing is known of what
it concerns. An organisation lives in one cell and a record names those it concerns, so that a cell is a component here and
its domain the group: ``{group: okta-emea.com}`` is every cell of it. A record that names no cell may concern them all.

Okta's feed (feeds.feedburner.com/OktaTrustRSS) is no substitute where the page cannot be read: it has answered 200 with
nothing new for more than a year, and who reads it hears that all is well.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar
from urllib.parse import urlsplit

from checks.foreign import one_line, read_json_prefix
from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import answered_at, read_body
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

_START = r'<span\b[^<>]{0,200}\bdata-id="%s"[^<>]{0,200}>\s*'
_INCIDENTS = re.compile((_START % "incidents").encode())
_WORKS = re.compile((_START % "planned-outages").encode())
_CELLS = re.compile((_START % "cellList").encode() + rb"([^<]{0,20000})<")
_RECORD_LIMIT = 5000
_OPEN_LIMIT = 100
_CELLS_LENGTH = 20_000
_NAME_LENGTH = 200
_STALE = timedelta(days=30)
_ENDS = ("End_Time__c", "End_Date__c")
_NO_STATE = "no state"

T = TypeVar("T")

_IMPACTS = {
    "major service disruption": Impact.CRITICAL,
    "service disruption": Impact.MAJOR,
    "minor service disruption": Impact.MINOR,
    "feature disruption": Impact.MINOR,
    "service degradation": Impact.MINOR,
    "feature degradation": Impact.MINOR,
    "performance issue": Impact.MINOR,
    "planned maintenance": Impact.MAINTENANCE,
}
_DONE = ("resolved", "closed", "completed", "complete", "cancelled", "canceled", "postmortem")
_RUNNING = ("in progress", "in_progress", "ongoing")
_OPEN = ("open", "investigating", "identified", "monitoring", *_RUNNING)
_STATES = dict.fromkeys(_OPEN, Progress.ACTIVE) | dict.fromkeys(_DONE, Progress.DONE)
_WORK_STATES = {
    **dict.fromkeys(_DONE, Progress.DONE),
    **dict.fromkeys(("scheduled", "planned"), Progress.PLANNED),
    **dict.fromkeys(_RUNNING, Progress.ACTIVE),
}


def converse(page: Page) -> Conversation:
    """Read the page."""
    url = page.url.partition("?")[0]
    answer = yield Request(url=url)
    body = read_body(answer, url, html=True)
    return _report(body, one_line(answer.url.partition("?")[0], 160), answered_at(answer))


def _report(body: bytes, place: str, now: datetime | None) -> Report:
    records, works = _records(body, place, _INCIDENTS), _records(body, place, _WORKS)
    if records is None:
        raise Unseen(Reason.PARSE, f"{place} does not hold the incidents it had in it: check platform:")
    incidents = _first_of(_incidents(records, now), records.notes)
    maintenances = _first_of(_maintenances(works, now), works.notes) if works else ()
    cells = _cells(body)
    components = tuple(_components(cells, (*incidents, *maintenances)))
    notes = [rows.notes for rows in (records, works) if rows]
    changes = (row.instant_of("Last_Updated__c") for row in replace(records, notes=Notes()).items(_RECORD_LIMIT))
    return Report(
        page_id=urlsplit(place).hostname or place,
        page_name="Okta",
        url=place,
        indicator=None,
        components=components,
        component_count=len(components),
        lists_all=bool(cells),
        incidents=incidents,
        maintenances=maintenances,
        updated_at=max(filter(None, changes), default=None),
        unknown_words=tuple(word for note in notes for word in note.unknown),
        cut_events=tuple(cut for note in notes for cut in note.cut),
    )


def _records(body: bytes, place: str, start: re.Pattern[bytes]) -> Node | None:
    """The list that stands in the page behind *start*, with notes of its own; None where there is none."""
    found = start.search(body)
    if not found or body.startswith(b"<", found.end()):
        return None
    try:
        root = Node(read_json_prefix(body[found.end() :]), place, notes=Notes())
    except ValueError as error:
        raise Unseen(Reason.PARSE, f"{place} holds what is not JSON: {one_line(str(error))}") from None
    root.require(list)
    return root


def _first_of(events: Iterator[T], notes: Notes) -> tuple[T, ...]:
    """The first of *events*; that there are more is noted."""
    kept = tuple(islice(events, _OPEN_LIMIT))
    if next(events, None) is not None:
        notes.cut.append(f"the first {_OPEN_LIMIT} that are open")
    return kept


def _progress(row: Node, states: Mapping[str, Progress], now: datetime | None) -> Progress:
    """How far what a record is about has come: by its state, else by its end or its age."""
    progress = row.word_of("Status__c", states, Progress.UNKNOWN, _title(row))
    if progress is not Progress.UNKNOWN:
        return progress
    touched = row.instant_of("Last_Updated__c") or row.instant_of("Start_Time__c")
    is_stale = touched is not None and now is not None and now - touched > _STALE
    return Progress.DONE if is_stale or any(map(row.text_of, _ENDS)) else progress


def _incidents(records: Node, now: datetime | None) -> Iterator[Incident]:
    for row in records.items(_RECORD_LIMIT):
        progress = _progress(row, _STATES, now)
        if progress is not Progress.DONE:
            yield _incident(row, is_open=progress is Progress.ACTIVE)


def _incident(row: Node, *, is_open: bool) -> Incident:
    """An open incident; of one that may be over nobody knows how bad it is."""
    title, category, phase = _title(row), row.get("Category__c"), row.text_of("Status__c")
    impact = Impact.MINOR if category is None else category.word(_IMPACTS, Impact.UNKNOWN, title)
    return Incident(
        id=row["Id"].text(),
        name=title,
        impact=impact if is_open else Impact.UNKNOWN,
        word=row.text_of("Category__c") if is_open else phase or _NO_STATE,
        phase=phase,
        started_at=row.instant_of("Start_Time__c"),
        component_ids=_touched(row),
    )


def _maintenances(records: Node, now: datetime | None) -> Iterator[Maintenance]:
    for row in records.items(_RECORD_LIMIT):
        progress = _progress(row, _WORK_STATES, now)
        if progress is not Progress.DONE:
            yield Maintenance(
                id=row["Id"].text(),
                name=_title(row),
                progress=progress,
                word=row.text_of("Status__c") or _NO_STATE,
                starts=row.instant_of("Start_Time__c"),
                ends=row.instant_of("End_Time__c"),
                component_ids=_touched(row),
            )


def _title(row: Node) -> str:
    return row.text_of("Incident_Title__c") or row["Name"].text()


def _touched(row: Node) -> tuple[str, ...]:
    """The cells that a record names, in one text with semicolons between them."""
    return tuple(_names(row.text_of("Impacted_Cells__c", _CELLS_LENGTH), ";"))


def _cells(body: bytes) -> tuple[str, ...]:
    """The names of all cells; none where the page has no list of them."""
    found = _CELLS.search(body)
    return tuple(_names(one_line(found[1].decode(errors="replace"), _CELLS_LENGTH), ",")) if found else ()


def _names(text: str, mark: str) -> Iterator[str]:
    return filter(None, (name.strip()[:_NAME_LENGTH] for name in text.split(mark)))


def _components(cells: Iterable[str], events: Iterable[Incident | Maintenance]) -> Iterator[Component]:
    """A component for each cell, those that only an open event names included, as bad as the worst event that names it."""
    said: dict[str, list[tuple[Claim, str]]] = defaultdict(list)
    for event in events:
        claim = _felt(event)
        for cell in event.component_ids:
            said[cell].append((claim, event.word))
    for cell in dict.fromkeys((*cells, *said)):
        worst, domain = Claim.worst(claim for claim, _ in said[cell]), cell.rpartition(":")[0]
        word = next((word for claim, word in said[cell] if claim is worst), "")
        yield Component(id=cell, name=cell, claim=worst, word=word, group=domain, group_id=domain)


def _felt(event: Incident | Maintenance) -> Claim:
    if isinstance(event, Incident):
        return event.impact.claim
    return Claim.MAINTENANCE if event.is_active else Claim.OPERATIONAL


PLATFORM = Platform(
    name="okta",
    title="Okta",
    reads="cells as open incidents leave them, incidents, planned outages",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("status.okta.com",)),
    scope_example="{group: okta.com}",
)
