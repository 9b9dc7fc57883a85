"""Flashduty (Flashcat), by ``/api/widget/v1/summary.json`` of the page.

Source: its documentation of widgets (docs.flashduty.com, on-call/statuspage/widgets, 2026-07). Only what an open event
touches is listed, so that a component it does not name is well. An open incident whose impact is ``operational`` has not
been classified yet. A page that does not exist, is internal or has no widget is a 200 that holds an ``error``.

The document says how long it holds: one made more than ``max_stale_seconds`` before the answer, by the answer's own clock
(``Date``, RFC 9110, section 6.6.1), is no word about now and is refused. Without that header nobody can tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from checks.foreign import quoted
from checks.model import Claim, Reason, Unseen
from checks.network import Answer, Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import answered_at, read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

_DOCUMENT = "/api/widget/v1/summary.json"
_NOT_FOUND = "status_page_not_found"
_EVENT_LIMIT = 50
_TOUCHED_LIMIT = 100
_LONGEST_HOLD = 86_400

_CLAIMS = {
    "operational": Claim.OPERATIONAL,
    "degraded": Claim.DEGRADED,
    "partial_outage": Claim.PARTIAL_OUTAGE,
    "full_outage": Claim.MAJOR_OUTAGE,
    "under_maintenance": Claim.MAINTENANCE,
    "maintenance": Claim.MAINTENANCE,
}
_IMPACTS = {
    "operational": Impact.MINOR,  # not classified yet, and open
    "degraded": Impact.MINOR,
    "partial_outage": Impact.MAJOR,
    "full_outage": Impact.CRITICAL,
    "under_maintenance": Impact.MAINTENANCE,
    "maintenance": Impact.MAINTENANCE,
}


def converse(page: Page) -> Conversation:
    """Read the page's summary."""
    url = page.url.partition("?")[0].rstrip("/").removesuffix(_DOCUMENT) + _DOCUMENT
    answer = yield Request(url=url)
    root = read_object(answer, url)
    _refuse_error(root)
    _refuse_stale(root, answer)
    return _report(root)


def _refuse_error(root: Node) -> None:
    error = root.get("error")
    if error is not None:
        word = error.text()
        reason = Reason.MOVED if word == _NOT_FOUND else Reason.HTTP
        raise Unseen(reason, f"{root.source}: Flashduty has no word on this page: {quoted(word)}")


def _refuse_stale(root: Node, answer: Answer) -> None:
    made, held = root.instant_of("generated_at"), root.get("max_stale_seconds")
    asked = answered_at(answer)
    if made is None or held is None or asked is None:
        return
    seconds = min(max(held.require(int), 0), _LONGEST_HOLD)
    if asked - made > timedelta(seconds=seconds):
        raise Unseen(Reason.HTTP, f"{root.source} is stale: made {made:%Y-%m-%dT%H:%M:%SZ}, good for {seconds} s")


def _report(root: Node) -> Report:
    overall, page = root["overall"]["status"], root.get("page")
    events = replace(root, notes=Notes())
    incidents = list(events["ongoing_incidents"].items(_EVENT_LIMIT))
    works = list(events["in_progress_maintenances"].items(_EVENT_LIMIT))
    planned = list(events.each("scheduled_maintenances", _EVENT_LIMIT))
    components = tuple(_components([*incidents, *works]))
    return Report(
        page_id=(page.text_of("url") if page else "") or root.source,
        page_name=page.text_of("name") if page else "",
        url=root.source,
        indicator=overall.word(_CLAIMS, Claim.UNKNOWN),
        indicator_word=overall.text(),
        components=components,
        component_count=len(components),
        lists_all=False,
        incidents=tuple(_incident(row) for row in incidents),
        maintenances=(
            *(_maintenance(row, Progress.ACTIVE) for row in works),
            *(_maintenance(row, Progress.PLANNED) for row in planned),
        ),
        updated_at=root.instant_of("generated_at"),
        unknown_words=(*root.notes.unknown, *events.notes.unknown),
        cut=tuple(root.notes.cut),
        cut_events=tuple(events.notes.cut),
    )


def _components(events: list[Node]) -> Iterator[Component]:
    """What open events touch, each component once and as bad as the worst of them says."""
    said: dict[str, list[tuple[Claim, Node]]] = defaultdict(list)
    for event in events:
        for row in event.each("affected_components", _TOUCHED_LIMIT):
            said[_place(row)].append((row.word_of("status", _CLAIMS, Claim.UNKNOWN, row["name"].text()), row))
    for place, rows in said.items():
        worst = Claim.worst(claim for claim, _ in rows)
        row = next(row for claim, row in rows if claim is worst)
        group = row.text_of("group_name")
        name, word = row["name"].text(), row.text_of("status")
        yield Component(id=place, name=name, claim=worst, word=word, group=group, group_id=group)


def _place(row: Node) -> str:
    return row.id_of("id") or row["name"].text()


def _touched(event: Node) -> tuple[str, ...]:
    return tuple(_place(row) for row in event.each("affected_components", _TOUCHED_LIMIT))


def _incident(row: Node) -> Incident:
    title, impact = row["title"].text(), row.get("impact")
    return Incident(
        id=row.id_of("id") or title,
        name=title,
        impact=Impact.MINOR if impact is None else impact.word(_IMPACTS, Impact.UNKNOWN, title),
        word=row.text_of("impact"),
        phase=row.text_of("phase"),
        started_at=row.instant_of("started_at"),
        component_ids=_touched(row),
        url=row.text_of("url"),
    )


def _maintenance(row: Node, progress: Progress) -> Maintenance:
    return Maintenance(
        id=row.id_of("id") or row["title"].text(),
        name=row["title"].text(),
        progress=progress,
        word=row.text_of("phase"),
        starts=row.instant_of("starts_at") or row.instant_of("started_at"),
        ends=row.instant_of("ends_at"),
        component_ids=_touched(row),
        url=row.text_of("url"),
    )


PLATFORM = Platform(
    name="flashduty",
    title="Flashduty",
    reads="components that open events touch, incidents, maintenance, the page as a whole",
    converse=converse,
    clues=Clues(marks=(b"flashduty", b"flashcat"), rank=130),
)
