"""Rootly, by ``/api/v1/status.json`` of the page.

Source: Rootly's documentation, "Status Page Public API" (docs.rootly.com, 2026-03): the page's word for the whole and its
active incidents, on a page with a domain of its own only. A page has no id, so that its address is its identity, and no
components. The indicator goes up to ``major``, which is the worst word it has. An incident's ``status`` is the one it has
inside Rootly (``started``, ``mitigated``, …) or that of its newest update on the page; work that was planned stands among
the incidents and is told by these words. What has a ``resolved_at`` is over, whatever it says beside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum

from checks.model import Claim
from checks.network import Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Impact, Incident, Maintenance, Progress, Report

_DOCUMENT = "/api/v1/status.json"
_EVENT_LIMIT = 200


class _Stage(Enum):
    OPEN = "open"
    OVER = "over"
    PLANNED = "planned"
    UNDERWAY = "underway"


_CLAIMS = {
    "none": Claim.OPERATIONAL,
    "minor": Claim.DEGRADED,
    "major": Claim.MAJOR_OUTAGE,
    "critical": Claim.MAJOR_OUTAGE,
    "maintenance": Claim.MAINTENANCE,
}
_IMPACTS = {
    "none": Impact.NONE,
    "minor": Impact.MINOR,
    "major": Impact.MAJOR,
    "critical": Impact.CRITICAL,
    "maintenance": Impact.MAINTENANCE,
}
_OPEN = ("in_triage", "started", "detected", "acknowledged", "mitigated", "investigating", "identified", "monitoring")
_STAGES = (
    dict.fromkeys(_OPEN, _Stage.OPEN)
    | dict.fromkeys(("resolved", "closed", "cancelled", "completed"), _Stage.OVER)
    | {"planning": _Stage.PLANNED, "scheduled": _Stage.PLANNED}
    | {"in_progress": _Stage.UNDERWAY, "verifying": _Stage.UNDERWAY}
)
_PROGRESS = {_Stage.PLANNED: Progress.PLANNED, _Stage.UNDERWAY: Progress.ACTIVE}


def converse(page: Page) -> Conversation:
    """Read the page's status."""
    url = page.url.partition("?")[0].partition("/api/v1/")[0].rstrip("/") + _DOCUMENT
    return _report(read_object((yield Request(url=url)), url))


def _report(root: Node) -> Report:
    page, status = root["page"], root["status"]
    indicator = status["indicator"]
    events = replace(root["incidents"], notes=Notes())
    open_rows = [(row, stage) for row in events.items(_EVENT_LIMIT) if (stage := _stage(row)) is not _Stage.OVER]
    return Report(
        page_id=page["url"].text(),
        page_name=page["name"].text(),
        url=root.source,
        indicator=indicator.word(_CLAIMS, Claim.UNKNOWN),
        indicator_word=status.text_of("description") or indicator.text(),
        incidents=tuple(_incident(row) for row, stage in open_rows if stage is _Stage.OPEN),
        maintenances=tuple(_maintenances(open_rows)),
        updated_at=page.instant_of("updated_at"),
        unknown_words=(*root.notes.unknown, *events.notes.unknown),
        cut=tuple(root.notes.cut),
        cut_events=tuple(events.notes.cut),
    )


def _stage(row: Node) -> _Stage:
    """How far an event has come; a word that nobody knows may be an open incident's."""
    stage = row["status"].word(_STAGES, _Stage.OPEN, row["name"].text())
    return _Stage.OVER if row.get("resolved_at") else stage


def _incident(row: Node) -> Incident:
    name = row["name"].text()
    return Incident(
        id=row.id_of("id") or row.text_of("url") or name,
        name=name,
        impact=Impact.MINOR if row.get("impact") is None else row["impact"].word(_IMPACTS, Impact.UNKNOWN, name),
        word=row.text_of("impact"),
        phase=row.text_of("status"),
        started_at=row.instant_of("started_at"),
        url=row.text_of("url"),
    )


def _maintenances(rows: Sequence[tuple[Node, _Stage]]) -> Iterator[Maintenance]:
    for row, stage in rows:
        if stage in _PROGRESS:
            yield Maintenance(
                id=row.id_of("id") or row.text_of("url") or row["name"].text(),
                name=row["name"].text(),
                progress=_PROGRESS[stage],
                word=row.text_of("status"),
                starts=row.instant_of("started_at"),
                url=row.text_of("url"),
            )


PLATFORM = Platform(
    name="rootly",
    title="Rootly",
    reads="the page as a whole, active incidents and maintenance; no components",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("rootly.com",), marks=(b"rootly",), rank=90),
)
