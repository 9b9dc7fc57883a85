"""Cachet, version 3, by its JSON:API below ``/api``: the word for the whole, components, incidents, schedules.

Source: cachethq/core (``src/Http``, ``src/Enums``), read 2026-11; what is shared with version 2 stands in
`checks.status.cachet`. What an element is about is only told when asked for (``include``): a component's group, the
components of incidents and schedules. Schedules that are over are not asked for. Traps:

- A state is a bare number in some releases and ``{human, value}`` in others; ``/api/status`` has its words in
  ``attributes`` or, in the first releases, beside each other.
- ``completed`` of a schedule is when it is planned to end. Cachet tells its progress by its own clock.
- Lists include what is disabled, which is not on the page.
- The API may be closed (401) or switched off. The page has a name but no id; its host stands for that.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from datetime import datetime
from urllib.parse import urlsplit

from checks.model import Claim
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
from checks.status.reading import read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

_BELOW_API = re.compile(r"/api(?:/(?:status|components|incidents|schedules))?$")
_INCIDENTS = "incidents?include=components"
_UNFINISHED_INCIDENTS = f"{_INCIDENTS}&filter%5Bstatus%5D=1,2,3"
_UNFINISHED = "schedules?include=components&filter%5Bstatus%5D=0,1"
_GROUP = "componentGroups"
_TOUCHED_LIMIT = 200
_INCLUDED_LIMIT = 500
_CLAIMS = {**CLAIMS, 5: Claim.UNKNOWN}
_INDICATORS = {
    "operational": Claim.OPERATIONAL,
    "partial_outage": Claim.PARTIAL_OUTAGE,
    "major_outage": Claim.MAJOR_OUTAGE,
    "under_maintenance": Claim.MAINTENANCE,
}


def converse(page: Page) -> Conversation:
    """Read the word for the whole, the components, and the newest events."""
    api = _BELOW_API.sub("", page.url.partition("?")[0].rstrip("/")) + "/api"
    notes, events = Notes(), Notes()
    url = f"{api}/status"
    status = read_object((yield Request(url=url)), url)
    whole = status["data"].get("attributes") or status["data"]
    indicator = whole["status"].word(_INDICATORS, Claim.UNKNOWN)
    components = yield from _components(api, notes)
    incidents = yield from _incidents(api, events)
    maintenances = yield from _maintenances(api, events)
    return Report(
        page_id=urlsplit(status.source).hostname or "",
        page_name=whole.text_of("name"),
        url=status.source,
        indicator=indicator,
        indicator_word=whole.text_of("label") or whole.text_of("message") or whole["status"].text(),
        components=components,
        component_count=len(components),
        incidents=incidents,
        maintenances=maintenances,
        updated_at=max((one.since for one in components if one.since), default=None),
        unknown_words=(*status.notes.unknown, *notes.unknown, *events.unknown),
        cut=tuple(notes.cut),
        cut_events=tuple(events.cut),
    )


def _has_more(page: Node) -> bool:
    links = page["links"]
    return links.get("next") is not None


def _components(api: str, notes: Notes) -> Generator[Request, Answer, tuple[Component, ...]]:
    pages = yield from read_pages(f"{api}/components?include=group", notes, _has_more)
    included = [one for page in pages for one in page.each("included", _INCLUDED_LIMIT)]
    groups = {one.id_of("id"): one["attributes"]["name"].text() for one in included if one.text_of("type") == _GROUP}
    rows = [row for row in rows_of(*pages) if row["attributes"].get("enabled") is None or row["attributes"].flag("enabled")]
    return tuple(_component(row, groups) for row in rows)


def _component(row: Node, groups: dict[str, str]) -> Component:
    fields = row["attributes"]
    name, status, group_id = fields["name"].text(), _state(fields), next(iter(_related(row, "group")), "")
    return Component(
        id=row.id_of("id"),
        name=name,
        claim=status.code(_CLAIMS, Claim.UNKNOWN, name),
        word=_human(fields) or str(status.value),
        group=groups.get(group_id, ""),
        group_id=f"group-{group_id}" if group_id else "",
        since=_at(fields, "updated"),
    )


def _state(fields: Node) -> Node:
    """The number of a state, which may stand beside its name."""
    status = fields["status"]
    return as_number(status["value"] if type(status.value) is dict else status)


def _human(fields: Node) -> str:
    """The name of a state, where it has one."""
    status = fields["status"]
    return status.text_of("human") if type(status.value) is dict else ""


def _at(fields: Node, name: str) -> datetime | None:
    found = fields.get(name)
    return None if found is None else found.instant_of("string")


def _related(row: Node, name: str) -> list[str]:
    """The ids of what *row* is related to as *name*: one thing, several, or nothing."""
    relationships = row.get("relationships")
    relation = relationships.get(name) if relationships else None
    related = relation.get("data") if relation else None
    if related is None:
        return []
    rows = related.items(_TOUCHED_LIMIT) if type(related.value) is list else [related]
    return [one.id_of("id") for one in rows]


def _incidents(api: str, events: Notes) -> Generator[Request, Answer, tuple[Incident, ...]]:
    """The open ones of all incidents, of which the newest come first."""
    unfinished = [f"{api}/{_UNFINISHED_INCIDENTS}"]
    rows = yield from read_open(f"{api}/{_INCIDENTS}", unfinished, events, _has_more, _is_open)
    return tuple(_incident(row) for row in rows)


def _is_open(row: Node) -> bool:
    return bool(_state(row["attributes"]).value != FIXED)


def _incident(row: Node) -> Incident:
    """An open incident; Cachet does not say how bad one is."""
    fields = row["attributes"]
    name = fields["name"].text()
    return Incident(
        id=row.id_of("id"),
        name=name,
        impact=Impact.MINOR,
        phase=_state(fields).code(PHASES, "unknown", name),
        started_at=_at(fields, "occurred") or _at(fields, "created"),
        component_ids=tuple(_related(row, "components")),
    )


def _maintenances(api: str, events: Notes) -> Generator[Request, Answer, tuple[Maintenance, ...]]:
    page = yield from read_page(f"{api}/{_UNFINISHED}", events)
    works = [(row, _state(row["attributes"]).code(PROGRESS, Progress.UNKNOWN)) for row in rows_of(page)]
    unfinished = [(row, progress) for row, progress in works if progress is not Progress.DONE]
    note_older(page, [row for row, _ in unfinished], _has_more)
    return tuple(_maintenance(row, progress) for row, progress in unfinished)


def _maintenance(row: Node, progress: Progress) -> Maintenance:
    fields = row["attributes"]
    return Maintenance(
        id=row.id_of("id"),
        name=fields["name"].text(),
        progress=progress,
        word=_human(fields) or str(_state(fields).value),
        starts=_at(fields, "scheduled"),
        ends=_at(fields, "completed"),
        component_ids=tuple(_related(row, "components")),
    )


PLATFORM = Platform(
    name="cachet3",
    title="Cachet 3",
    reads="the page as a whole, components by group, the newest incidents, unfinished schedules",
    converse=converse,
    experimental=True,
    clues=Clues(marks=(b"vendor/cachethq/cachet", b"cachethq.io"), rank=180),
)
