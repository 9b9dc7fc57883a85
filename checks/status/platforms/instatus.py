"""Instatus, by ``<page>/summary.json`` and, where components are in scope, ``<page>/v2/components.json``.

Source: instatus.com/help/api/public-data and instatus.com/help/status-page/main-status (2026), and the schema of the page's
status in Instatus's own interface. The lists of what is open are left out when they are empty, so that a page in good
health is 80 bytes. ``/api/v2/summary.json`` sends the same document and not Statuspage's.

The page's word says how many components have the worst status: of a page on which some or one is out, not all, the word
means less than it would of the component. ``HASISSUES`` does not say how bad; the impact of the open incident does. The word
may still be ``UP`` beside an open incident. The summary does not say which components an incident or a maintenance is about.
A group is a parent with its children inside, or beside it with its name; a parent is no component, and a child may stand in
both places.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from checks.model import Claim
from checks.network import Answer, Request
from checks.status.entries import read_time
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

_MACHINE_PATH = re.compile(r"/+(?:(?:api/)?v\d/)?(?:summary|components)\.json$")
_COMPONENT_LIMIT = 2000
_CHILD_LIMIT = 500
_EVENT_LIMIT = 200
_MINUTES = re.compile(r"\d{1,6}")

_IMPACTS = {
    "operational": Impact.NONE,
    "degradedperformance": Impact.MINOR,
    "minoroutage": Impact.MINOR,
    "partialoutage": Impact.MAJOR,
    "majoroutage": Impact.CRITICAL,
    "undermaintenance": Impact.MAINTENANCE,
}
_CLAIMS = {word: impact.claim for word, impact in _IMPACTS.items()}
_TROUBLES = {word: claim for word, claim in _CLAIMS.items() if claim is not Claim.OPERATIONAL}
_WHEN_NOT_ALL = {Claim.MAJOR_OUTAGE: Claim.PARTIAL_OUTAGE, Claim.PARTIAL_OUTAGE: Claim.DEGRADED}
_INDICATOR_CLAIMS = {
    "up": Claim.OPERATIONAL,
    "hasissues": Claim.DEGRADED,
    "undermaintenance": Claim.MAINTENANCE,
    **{f"all{word}": claim for word, claim in _TROUBLES.items()},
    **{f"{many}{word}": _WHEN_NOT_ALL.get(claim, claim) for many in ("some", "one") for word, claim in _TROUBLES.items()},
}
_IS_OPEN = {"investigating": True, "identified": True, "monitoring": True, "resolved": False}
_PROGRESS = {
    "notstartedyet": Progress.PLANNED,
    "inprogress": Progress.ACTIVE,
    "verifying": Progress.ACTIVE,
    "completed": Progress.DONE,
}


def converse(page: Page) -> Conversation:
    """Read the summary, and the components where some are in scope."""
    base = _MACHINE_PATH.sub("", page.url.partition("?")[0]).rstrip("/")
    report = _report((yield from _ask(f"{base}/summary.json")))
    if not page.scope:
        return report
    root = yield from _ask(f"{base}/v2/components.json")
    components, notes = _once_each(islice(_components(root), _COMPONENT_LIMIT)), root.notes
    if len(components) == _COMPONENT_LIMIT:
        notes.cut.append(f"no more than {_COMPONENT_LIMIT} components are read")
    return replace(
        report,
        components=components,
        component_count=len(components),
        unknown_words=(*report.unknown_words, *notes.unknown),
        cut=tuple(notes.cut),
    )


def _ask(url: str) -> Generator[Request, Answer, Node]:
    return read_object((yield Request(url=url)), url)


def _report(root: Node) -> Report:
    page = root["page"]
    status, name = page["status"], page["name"].text()
    events = replace(root, notes=Notes())
    incidents, maintenances = tuple(_incidents(events)), tuple(_maintenances(events))
    return Report(
        page_id=page.text_of("url") or name,
        page_name=name,
        url=root.source,
        indicator=status.word(_INDICATOR_CLAIMS, Claim.UNKNOWN),
        indicator_word=status.text(),
        incidents=incidents,
        maintenances=maintenances,
        unknown_words=(*root.notes.unknown, *events.notes.unknown),
        cut_events=tuple(events.notes.cut),
    )


def _incidents(root: Node) -> Iterator[Incident]:
    for row in root.each("activeIncidents", _EVENT_LIMIT):
        if row.word_of("status", _IS_OPEN, unknown=True):
            name = row["name"].text()
            impact = row.get("impact")
            yield Incident(
                id=_id(row),
                name=name,
                impact=Impact.MINOR if impact is None else impact.word(_IMPACTS, Impact.UNKNOWN, name),
                word=row.text_of("impact"),
                phase=row.text_of("status").lower(),
                started_at=_time(row, "started"),
                url=row.text_of("url"),
            )


def _maintenances(root: Node) -> Iterator[Maintenance]:
    for row in root.each("activeMaintenances", _EVENT_LIMIT):
        progress = row["status"].word(_PROGRESS, Progress.UNKNOWN)
        if progress is not Progress.DONE:
            starts = _time(row, "start")
            yield Maintenance(
                id=_id(row),
                name=row["name"].text(),
                progress=progress,
                word=row.text_of("status"),
                starts=starts,
                ends=_end(starts, row.get("duration")),
                url=row.text_of("url"),
            )


def _id(row: Node) -> str:
    """The id of an event; before they had one, its address was all there is."""
    return row.text_of("id") or row.text_of("url") or row["name"].text()


def _time(row: Node, name: str) -> datetime | None:
    """A time in ISO 8601, or as JavaScript prints one, as older pages send it."""
    return read_time(row.text_of(name, 100))


def _end(starts: datetime | None, duration: Node | None) -> datetime | None:
    """When work is over that takes *duration*, minutes as text or as a number."""
    minutes = _MINUTES.fullmatch(str(duration.value)) if duration else None
    if starts is None or minutes is None:
        return None
    try:
        return starts + timedelta(minutes=int(minutes[0]))
    except OverflowError:
        return None


def _components(root: Node) -> Iterator[Component]:
    root["components"].require(list)
    for row in root.each("components", _COMPONENT_LIMIT):
        if row.flag("isParent") or row.count("children"):
            for child in row.each("children", _CHILD_LIMIT):
                yield _component(child, row)
        else:
            yield _component(row, row.get("group"))


def _once_each(rows: Iterable[Component]) -> tuple[Component, ...]:
    """Each component once: as it stands in its group, where it stands by itself too."""
    found: dict[str, Component] = {}
    for component in rows:
        if not found.setdefault(component.id, component).group:
            found[component.id] = component
    return tuple(found.values())


def _component(row: Node, group: Node | None) -> Component:
    name, status = row["name"].text(), row["status"]
    group_name, group_id = _place(group)
    return Component(
        id=row["id"].text(),
        name=name,
        claim=status.word(_CLAIMS, Claim.UNKNOWN, name),
        word=status.text(),
        group=group_name,
        group_id=group_id,
    )


def _place(group: Node | None) -> tuple[str, str]:
    """The name and the id of a group, which is an object or, on some pages, just a name."""
    if group is None:
        return "", ""
    return (group.text(), "") if isinstance(group.value, str) else (group["name"].text(), group.text_of("id"))


PLATFORM = Platform(
    name="instatus",
    title="Instatus",
    reads="the page as a whole, incidents, maintenance; components where some are in scope",
    converse=converse,
    clues=Clues(hosts=("instatus.com",), marks=(b"instatus",), rank=30),
)
