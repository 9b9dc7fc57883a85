"""OpenStatus, by ``/api/status/summary.json`` of the page, or by its public widget where the page has no such document.

Source: OpenStatus's own code (github.com/openstatusHQ/openstatus, apps/status-page, 2026-07) and its documentation of the
widget (docs.openstatus.dev, status-page/widget). The summary looks like Atlassian's and is none: components have no ids and
no groups, incidents neither impact nor components nor a start, a page has no id, and ``major`` is the worst word for the
whole. Pages of before that, if they are below openstatus.dev, have ``https://api.openstatus.dev/public/status/<slug>``
alone, which is one word; a slug that does not exist is *unknown* there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

_DOCUMENT = "/api/status/summary.json"
_DOMAIN = ".openstatus.dev"
_WIDGET = "https://api.openstatus.dev/public/status/"
_COMPONENT_LIMIT = 1000
_EVENT_LIMIT = 200
_UPDATE_LIMIT = 100

_INDICATOR_CLAIMS = {
    "none": Claim.OPERATIONAL,
    "minor": Claim.DEGRADED,
    "major": Claim.MAJOR_OUTAGE,
    "critical": Claim.MAJOR_OUTAGE,
    "maintenance": Claim.MAINTENANCE,
}
_CLAIMS = {
    "operational": Claim.OPERATIONAL,
    "degraded_performance": Claim.DEGRADED,
    "partial_outage": Claim.PARTIAL_OUTAGE,
    "major_outage": Claim.MAJOR_OUTAGE,
    "under_maintenance": Claim.MAINTENANCE,
    "incident": Claim.DEGRADED,
    "unknown": Claim.UNKNOWN,
}
_IS_OPEN = {"investigating": True, "identified": True, "monitoring": True, "resolved": False}
_PROGRESS = {"scheduled": Progress.PLANNED, "in_progress": Progress.ACTIVE, "completed": Progress.DONE}


def converse(page: Page) -> Conversation:
    """Read the summary, or the widget of a page that has none."""
    url = page.url.partition("?")[0].rstrip("/")
    if url.startswith(_WIDGET):
        return (yield from _read_widget(url))
    is_machine = "/api/status/" in url and url.endswith("/summary.json")
    url = url if is_machine else url + _DOCUMENT
    answer = yield Request(url=url)
    try:
        return _report(read_object(answer, url))
    except Unseen as unseen:
        host = urlsplit(url).hostname or ""
        if unseen.failure.reason is not Reason.MOVED or not host.endswith(_DOMAIN):
            raise
    return (yield from _read_widget(_WIDGET + host.removesuffix(_DOMAIN)))


def _read_widget(url: str) -> Conversation:
    root = read_object((yield Request(url=url)), url)
    status = root["status"]
    return Report(
        page_id=f"https://{url.removeprefix(_WIDGET)}{_DOMAIN}",
        page_name="",
        url=root.source,
        indicator=status.word(_CLAIMS, Claim.UNKNOWN),
        indicator_word=status.text(),
        unknown_words=tuple(root.notes.unknown),
    )


def _report(root: Node) -> Report:
    page, status = root["page"], root["status"]
    indicator = status["indicator"]
    components = tuple(_component(row) for row in root["components"].items(_COMPONENT_LIMIT))
    events = replace(root, notes=Notes())
    incidents, maintenances = tuple(_incidents(events)), tuple(_maintenances(events))
    return Report(
        page_id=page["url"].text(),
        page_name=page["name"].text(),
        url=root.source,
        indicator=indicator.word(_INDICATOR_CLAIMS, Claim.UNKNOWN),
        indicator_word=status.text_of("description") or indicator.text(),
        components=components,
        component_count=root.count("components"),
        incidents=incidents,
        maintenances=maintenances,
        updated_at=page.instant_of("updated_at"),
        unknown_words=(*root.notes.unknown, *events.notes.unknown),
        cut=tuple(root.notes.cut),
        cut_events=tuple(events.notes.cut),
    )


def _component(row: Node) -> Component:
    name, status = row["name"].text(), row["status"]
    claim = status.word(_CLAIMS, Claim.UNKNOWN, name)
    return Component(id=row.id_of("id") or name, name=name, claim=claim, word=status.text())


def _incidents(root: Node) -> Iterator[Incident]:
    for row in root["incidents"].items(_EVENT_LIMIT):
        status, name = row["status"], row["name"].text()
        if status.word(_IS_OPEN, unknown=True, about=name):
            yield Incident(
                id=row.id_of("id") or name,
                name=name,
                impact=Impact.MINOR,
                phase=status.text(),
                started_at=_start(row),
            )


def _start(row: Node) -> datetime | None:
    """The time of an incident's first update. That there are too many of them loses nothing that matters."""
    updates = replace(row, notes=Notes()).each("incident_updates", _UPDATE_LIMIT)
    return min((at for update in updates if (at := update.instant_of("created_at"))), default=None)


def _maintenances(root: Node) -> Iterator[Maintenance]:
    for row in root.each("scheduled_maintenances", _EVENT_LIMIT):
        status, name = row["status"], row["name"].text()
        progress = status.word(_PROGRESS, Progress.UNKNOWN, name)
        if progress is not Progress.DONE:
            yield Maintenance(
                id=row.id_of("id") or name,
                name=name,
                progress=progress,
                word=status.text(),
                starts=row.instant_of("scheduled_for"),
                ends=row.instant_of("scheduled_until"),
            )


PLATFORM = Platform(
    name="openstatus",
    title="OpenStatus",
    reads="components, incidents, maintenance, the page as a whole",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("openstatus.dev",), marks=(b"openstatus",), rank=100),
)
