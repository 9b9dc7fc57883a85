"""Sorry, by ``/api/v1/status`` and ``/api/v1/notices`` of the page, and its components where some are in scope.

Source: status.sorryapp.com/api and docs.sorryapp.com/v1/notices (2026). The page's word knows no outage, and a notice does
not say how bad it is: nothing here is worse than degraded. Notices come newest first, those of the past too: what counts
is *timeline_state*, where in time one stands. Their list does not say which components they are about; a notice by itself
does. Components come in pages of 25, or all at once as a bare list that has no more than their names and states. A parent is
as its children are, and no component here but their group. Of a page that has no notices its word stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import replace
from urllib.parse import quote

from checks.model import Claim, Reason, Unseen
from checks.network import Answer, Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_array, read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

_MACHINE_PATH = "/api/v1"
_NEXT_PAGE = re.compile(r"[?&]page=(\d{1,4})(?!\d)")
_PAGE_LIMIT = 20
_ROW_LIMIT = 200
_DETAIL_LIMIT = 5

_CLAIMS = {
    "operational": Claim.OPERATIONAL,
    "degraded": Claim.DEGRADED,
    "partially-degraded": Claim.DEGRADED,
    "under_maintenance": Claim.MAINTENANCE,
}
_IS_WORK = {"planned": True, "unplanned": False}
_NO_TROUBLE = "general"
_CANCELLED = "cancelled"
_PROGRESS = {
    "future": Progress.PLANNED,
    "present": Progress.ACTIVE,
    "past_recent": Progress.DONE,
    "past_distant": Progress.DONE,
}


def converse(page: Page) -> Conversation:
    """Read the page's word and its notices; with components in scope, those too and what open incidents are about."""
    home, _, _ = page.url.partition("?")[0].partition(_MACHINE_PATH)
    home = home.rstrip("/")
    base = home + _MACHINE_PATH
    status = yield from _ask(f"{base}/status")
    report = _report(status, (yield from _ask_notices(f"{base}/notices")), home)
    if not page.scope:
        return report
    report = yield from _with_components(report, base)
    return (yield from _with_touched(report, base))


def _ask(url: str) -> Generator[Request, Answer, Node]:
    return read_object((yield Request(url=url)), url)


def _ask_notices(url: str) -> Generator[Request, Answer, Node]:
    """The list of notices; an empty one where the page has none."""
    try:
        return (yield from _ask(url))["notices"]
    except Unseen as unseen:
        if unseen.failure.reason is not Reason.MOVED:
            raise
        return Node([], url)


def _report(status: Node, notices: Node, home: str) -> Report:
    page = status["page"]
    state = page["state"]
    rows = [(row, row["type"].word(_IS_WORK, unknown=False), progress) for row, progress in _notices(notices)]
    return Report(
        page_id=page.text_of("url") or home,
        page_name=page.text_of("name"),
        url=status.source,
        indicator=state.word(_CLAIMS, Claim.UNKNOWN),
        indicator_word=page.text_of("state_text") or state.text(),
        incidents=tuple(_incident(row) for row, is_work, _ in rows if not is_work),
        maintenances=tuple(_maintenance(row, progress) for row, is_work, progress in rows if is_work),
        updated_at=page.instant_of("updated_at"),
        unknown_words=(*status.notes.unknown, *notices.notes.unknown),
        cut_events=tuple(notices.notes.cut),
    )


def _notices(rows: Node) -> Iterator[tuple[Node, Progress]]:
    """The notices of trouble or work that are not over, and how far each has come."""
    for row in rows.items(_ROW_LIMIT):
        if row.text_of("type") != _NO_TROUBLE and row.text_of("state") != _CANCELLED:
            progress = row["timeline_state"].word(_PROGRESS, Progress.UNKNOWN)
            if progress is not Progress.DONE:
                yield row, progress


def _incident(row: Node) -> Incident:
    return Incident(
        id=row.id_of("id"),
        name=row["subject"].text(),
        impact=Impact.MINOR,
        phase=row.text_of("state"),
        started_at=row.instant_of("began_at"),
        url=row.text_of("url"),
    )


def _maintenance(row: Node, progress: Progress) -> Maintenance:
    return Maintenance(
        id=row.id_of("id"),
        name=row["subject"].text(),
        progress=progress,
        word=row.text_of("timeline_state"),
        starts=row.instant_of("begins_at") or row.instant_of("began_at"),
        ends=row.instant_of("ends_at"),
        url=row.text_of("url"),
    )


def _with_components(report: Report, base: str) -> Conversation:
    """*report* with the components of all pages of their list, as far as those are followed."""
    notes, rows, url = Notes(), list[Node](), f"{base}/components"
    for _ in range(_PAGE_LIMIT):
        listed, following = _read_components((yield Request(url=url)), url)
        rows += replace(listed, notes=notes).items(_ROW_LIMIT)
        if not following:
            break
        url = f"{base}/components?page={following}"
    else:
        notes.cut.append(f"the first {_PAGE_LIMIT} pages of components")
    components = tuple(_components(rows))
    return replace(
        report,
        components=components,
        component_count=len(components),
        unknown_words=(*report.unknown_words, *notes.unknown),
        cut=tuple(notes.cut),
    )


def _read_components(answer: Answer, url: str) -> tuple[Node, str]:
    """The components on one page of their list, bare or in an object, and the number of the next page, ``""`` if none is."""
    try:
        root = read_object(answer, url)
    except Unseen:
        return read_array(answer, url), ""
    meta = root.get("meta")
    following = _NEXT_PAGE.search(meta.text_of("next_page")) if meta else None
    return root["components"], following[1] if following else ""


def _components(rows: list[Node]) -> Iterator[Component]:
    names = {_id(row): row["name"].text() for row in rows}
    parents = {row.id_of("parent_id") for row in rows}
    for row in rows:
        component_id, parent_id, state = _id(row), row.id_of("parent_id"), row["state"]
        if component_id not in parents:
            yield Component(
                id=component_id,
                name=names[component_id],
                claim=state.word(_CLAIMS, Claim.UNKNOWN, names[component_id]),
                word=state.text(),
                group=names.get(parent_id, ""),
                group_id=parent_id,
                since=row.instant_of("updated_at"),
            )


def _id(component: Node) -> str:
    return component.id_of("id") or component["name"].text()


def _with_touched(report: Report, base: str) -> Conversation:
    """*report* with the components that its first few incidents are about."""
    told = []
    for incident in report.incidents[:_DETAIL_LIMIT]:
        touched = yield from _touched(f"{base}/notices/{quote(incident.id, safe='')}")
        told.append(replace(incident, component_ids=touched))
    return replace(report, incidents=(*told, *report.incidents[_DETAIL_LIMIT:]))


def _touched(url: str) -> Generator[Request, Answer, tuple[str, ...]]:
    """The components that a notice names; none where it is gone by now."""
    try:
        root = yield from _ask(url)
    except Unseen as unseen:
        if unseen.failure.reason is Reason.MOVED:
            return ()
        raise
    return tuple(_id(row) for row in root["notice"].each("components", _ROW_LIMIT))


PLATFORM = Platform(
    name="sorry",
    title="Sorry",
    reads="the page as a whole, incidents, maintenance; components where some are in scope; never worse than degraded",
    converse=converse,
    experimental=True,
    clues=Clues(marks=(b"sorryapp",), rank=80),
)
