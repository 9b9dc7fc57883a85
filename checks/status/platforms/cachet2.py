"""Cachet, version 2, by its API below ``/api/v1``: components, their groups, incidents, schedules.

Source: cachethq/cachet, branch 2.4 (``app/Http/Controllers/Api``, ``app/Presenters``), read 2026-11; what is shared with
version 3 stands in `checks.status.cachet`. Traps:

- The API has no word for the whole that all of version 2 knows. The page makes one from its components: a major outage is
  one from half of them on. While they are well, work under way is the word.
- An incident's ``latest_status`` (2.4) is that of its newest update, ``status`` that of its first. Before 2.4 status 0 is
  work that is announced, and there may be no schedules at all.
- A schedule's ``completed_at`` is when it is planned to end; only its status says that it is done.
- ``group_id`` is 0 outside of any group, and ``component_id`` is 0 for an incident of the page as a whole.
- Neither the page's name nor an id of it is there; its host stands for the id.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from urllib.parse import urlsplit

from checks.model import Claim, Reason, Unseen
from checks.network import Answer, Request
from checks.status.cachet import (
    CLAIMS,
    FIXED,
    PHASES,
    PROGRESS,
    as_number,
    note_older,
    read_open,
    read_page,
    read_pages,
    rows_of,
)
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report
from checks.status.rollup import roll_up

_BELOW_API = re.compile(r"/api(?:/v1(?:/.*)?)?$")
_NEWEST_INCIDENTS = "incidents?sort=id&order=desc"
_UNFINISHED = tuple(f"incidents?status={state}" for state in PHASES if state != FIXED)
_NEWEST_SCHEDULES = "schedules?sort=scheduled_at&order=desc"
_TOUCHED_LIMIT = 200
_CLAIMS = {**CLAIMS, 0: Claim.UNKNOWN}
_PHASES = {**PHASES, 0: "scheduled"}
_ANNOUNCED = 0


def converse(page: Page) -> Conversation:
    """Read the components with their groups, then the newest incidents and schedules."""
    api = _BELOW_API.sub("", page.url.partition("?")[0].rstrip("/")) + "/api/v1"
    notes, events = Notes(), Notes()
    pages = yield from read_pages(f"{api}/components", notes, _has_more)
    rows = [row for row in rows_of(*pages) if row.get("enabled") is None or row.flag("enabled")]
    groups = yield from _group_names(api, rows, notes)
    components = tuple(_component(row, groups) for row in rows)
    incidents = yield from _open_incidents(api, events)
    works = [*_announced(incidents), *(yield from _works(api, events))]
    indicator, word = _whole(components, works)
    return Report(
        page_id=urlsplit(pages[0].source).hostname or "",
        page_name="",
        url=pages[0].source,
        indicator=indicator,
        indicator_word=word,
        components=components,
        component_count=len(components),
        incidents=tuple(_incident(row) for row in incidents if not _is_announced(row)),
        maintenances=tuple(works),
        updated_at=max((one.since for one in components if one.since), default=None),
        unknown_words=(*notes.unknown, *events.unknown),
        cut=tuple(notes.cut),
        cut_events=tuple(events.cut),
    )


def _has_more(page: Node) -> bool:
    pagination = page["meta"]["pagination"]
    return pagination["current_page"].require(int) < pagination["total_pages"].require(int)


def _group_names(api: str, rows: Iterable[Node], notes: Notes) -> Generator[Request, Answer, dict[str, str]]:
    """The names of groups by id; they are only asked for where a component is in one."""
    if all(row.id_of("group_id") in {"", "0"} for row in rows):
        return {}
    pages = yield from read_pages(f"{api}/components/groups", notes, _has_more)
    return {row.id_of("id"): row["name"].text() for row in rows_of(*pages)}


def _component(row: Node, groups: dict[str, str]) -> Component:
    name, group_id = row["name"].text(), row.id_of("group_id")
    return Component(
        id=row.id_of("id"),
        name=name,
        claim=as_number(row["status"]).code(_CLAIMS, Claim.UNKNOWN, name),
        word=row.text_of("status_name") or row.id_of("status"),
        group=groups.get(group_id, ""),
        group_id=f"group-{group_id}" if group_id in groups else "",
        since=row.instant_of("updated_at"),
    )


def _open_incidents(api: str, events: Notes) -> Generator[Request, Answer, list[Node]]:
    unfinished = [f"{api}/{name}" for name in _UNFINISHED]
    return (yield from read_open(f"{api}/{_NEWEST_INCIDENTS}", unfinished, events, _has_more, _is_open))


def _is_open(row: Node) -> bool:
    return not row.flag("is_resolved") and bool(_status(row).value != FIXED)


def _status(row: Node) -> Node:
    """The state an incident has by now."""
    return as_number(row.get("latest_status") or row["status"])


def _is_announced(row: Node) -> bool:
    return bool(_status(row).value == _ANNOUNCED)


def _incident(row: Node) -> Incident:
    """An open incident; Cachet does not say how bad one is."""
    name, component_id = row["name"].text(), row.id_of("component_id")
    return Incident(
        id=row.id_of("id"),
        name=name,
        impact=Impact.MINOR,
        phase=_status(row).code(_PHASES, "unknown", name),
        started_at=row.instant_of("occurred_at") or row.instant_of("created_at"),
        component_ids=(component_id,) if component_id not in {"", "0"} else (),
        url=row.text_of("permalink"),
    )


def _announced(incidents: Iterable[Node]) -> Iterator[Maintenance]:
    """Work that is announced as an incident, as it was before there were schedules."""
    for row in incidents:
        if _is_announced(row):
            starts = row.instant_of("scheduled_at")
            yield Maintenance(id=row.id_of("id"), name=row["name"].text(), progress=Progress.PLANNED, starts=starts)


def _works(api: str, events: Notes) -> Generator[Request, Answer, list[Maintenance]]:
    """The schedules that are not done; none on a page too old to have any."""
    try:
        page = yield from read_page(f"{api}/{_NEWEST_SCHEDULES}", events)
    except Unseen as unseen:
        if unseen.failure.reason is Reason.MOVED:
            return []
        raise
    rows = [(row, as_number(row["status"]).code(PROGRESS, Progress.UNKNOWN)) for row in rows_of(page)]
    rows = [(row, progress) for row, progress in rows if progress is not Progress.DONE]
    note_older(page, [row for row, _ in rows], _has_more)
    return [_work(row, progress) for row, progress in rows]


def _work(row: Node, progress: Progress) -> Maintenance:
    touched = row.each("components", _TOUCHED_LIMIT)
    return Maintenance(
        id=row.id_of("id"),
        name=row["name"].text(),
        progress=progress,
        word=row.text_of("human_status") or row.id_of("status"),
        starts=row.instant_of("scheduled_at"),
        ends=row.instant_of("completed_at"),
        component_ids=tuple(one.id_of("component_id") or one.id_of("id") for one in touched),
    )


def _whole(components: tuple[Component, ...], works: Iterable[Maintenance]) -> tuple[Claim, str]:
    claim, word = roll_up(components, "components")
    out = sum(component.claim is Claim.MAJOR_OUTAGE for component in components)
    if out and 2 * out >= len(components):
        return Claim.MAJOR_OUTAGE, word
    if claim is Claim.OPERATIONAL and any(work.is_active for work in works):
        return Claim.MAINTENANCE, "maintenance is under way"
    return claim, word


PLATFORM = Platform(
    name="cachet2",
    title="Cachet 2",
    reads="components by group, the newest incidents, schedules",
    converse=converse,
    experimental=True,
    clues=Clues(marks=(b"cachethq.io",), rank=170),
)
