"""Uptime Kuma, by the two documents behind a status page: the page itself and the newest heartbeats of its monitors.

Source: the project's own routes (``server/routers/status-page-router.js`` of louislam/uptime-kuma, versions 1.18 to 2,
read 2026-11). ``/api/status-page/<slug>`` has the groups, the pinned incidents and the work under way;
``/api/status-page/heartbeat/<slug>`` has up to 100 beats per monitor, the newest last. Traps:

- Version 1 has one ``incident`` (or null), version 2 a list ``incidents``. Their only severity is the colour of the box.
- A monitor without beats is silent: unknown itself, not down, and left out of the word for the whole, as Kuma's page does.
  Where bars of days are shown an empty bar is a 0 instead of a beat.
- A page on a domain of its own is still known by its slug. Where neither the address nor ``page_id`` has it, the front
  page is asked, which names it in the address of its manifest; ``page_id`` saves that request.
- Work that is only planned is not published. Times without a zone are UTC, those of work are of the zone beside them.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import quote

from checks.model import Claim, Unseen
from checks.network import Answer, Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_body, read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report
from checks.status.rollup import roll_up

_DEFAULT_SLUG = "default"
_WITH_SLUG = re.compile(r"(https?://[^/]+.*?)/(?:api/status-page(?:/heartbeat)?|status)/([^/]+)")
_WITHOUT_SLUG = re.compile(r"/(?:status|status-page|dashboard)$")
_MANIFEST = re.compile(rb"/api/status-page/([A-Za-z0-9-]{1,100})/manifest\.json")
_GROUP_LIMIT = 200
_MONITOR_LIMIT = 1000
_EVENT_LIMIT = 100

_CLAIMS = {0: Claim.MAJOR_OUTAGE, 1: Claim.OPERATIONAL, 2: Claim.DEGRADED, 3: Claim.MAINTENANCE}
_SILENT = "no heartbeat"
_WORDS = {0: "down", 1: "up", 2: "pending", 3: "maintenance"}
_IMPACTS = {
    "info": Impact.NONE,
    **dict.fromkeys(("warning", "primary", "light", "dark"), Impact.MINOR),
    "danger": Impact.MAJOR,
}
_PROGRESS = {
    "under-maintenance": Progress.ACTIVE,
    "scheduled": Progress.PLANNED,
    "inactive": Progress.DONE,
    "ended": Progress.DONE,
}


class _Place(NamedTuple):
    """Where a Kuma is, and which of its pages is meant."""

    root: str
    slug: str


def converse(page: Page) -> Conversation:
    """Read the page, then the heartbeats of its monitors."""
    root, slug = yield from _locate(page)
    url = f"{root}/api/status-page/{slug}"
    document = read_object((yield Request(url=url)), url)
    url = f"{root}/api/status-page/heartbeat/{slug}"
    beats = read_object((yield Request(url=url)), url)
    return _report(document, beats["heartbeatList"])


def _locate(page: Page) -> Generator[Request, Answer, _Place]:
    url = page.url.partition("?")[0].rstrip("/")
    found = _WITH_SLUG.fullmatch(url)
    if found:
        return _Place(found[1], found[2])
    slug = quote(page.page_id, safe="") if page.page_id else (yield from _learn_slug(page.url))
    return _Place(_WITHOUT_SLUG.sub("", url), slug)


def _learn_slug(url: str) -> Generator[Request, Answer, str]:
    """The slug that the page at *url* names or leads to; what Kuma calls its first page where it does neither."""
    try:
        answer = yield Request(url=url)
        found = _MANIFEST.search(read_body(answer, url, html=True))
    except Unseen:
        return _DEFAULT_SLUG
    led_to = _WITH_SLUG.fullmatch(answer.url.partition("?")[0].rstrip("/"))
    return found[1].decode() if found else led_to[2] if led_to else _DEFAULT_SLUG


def _report(document: Node, beats: Node) -> Report:
    config = document["config"]
    rows = [(group, monitor, _newest_beat(beats, monitor)) for group, monitor in _monitors(document)]
    components = tuple(_component(group, monitor, beat) for group, monitor, beat in rows)
    indicator, word = roll_up(components, "monitors", _SILENT)
    events = replace(document, notes=Notes())
    return Report(
        page_id=config["slug"].text(),
        page_name=config.text_of("title"),
        url=document.source,
        indicator=indicator,
        indicator_word=word,
        components=components,
        component_count=len(components),
        incidents=tuple(_incident(row) for row in _open_incidents(events)),
        maintenances=tuple(_maintenances(events)),
        updated_at=max((at for _, _, beat in rows if beat and (at := beat.instant_of("time"))), default=None),
        unknown_words=(*document.notes.unknown, *beats.notes.unknown, *events.notes.unknown),
        cut=tuple(document.notes.cut),
        cut_events=tuple(events.notes.cut),
    )


def _monitors(document: Node) -> list[tuple[Node, Node]]:
    """The monitors of the page, each with its group."""
    found: list[tuple[Node, Node]] = []
    for group in document["publicGroupList"].items(_GROUP_LIMIT):
        found += [(group, monitor) for monitor in group.each("monitorList", _MONITOR_LIMIT - len(found))]
    return found


def _newest_beat(beats: Node, monitor: Node) -> Node | None:
    """The last beat of *monitor*; None where it has none."""
    row = beats.get(monitor.id_of("id"))
    values = row.require(list) if row else []
    index = next((at for at in range(len(values) - 1, -1, -1) if values[at]), None)
    return replace(row, value=values[index], place=f"{row.place}[{index}]") if row and index is not None else None


def _component(group: Node, monitor: Node, beat: Node | None) -> Component:
    """A monitor as its newest *beat* has it; one without a beat, or with one that says nothing, is unknown."""
    name, status = monitor["name"].text(), beat.get("status") if beat else None
    return Component(
        id=monitor.id_of("id"),
        name=name,
        claim=status.code(_CLAIMS, Claim.UNKNOWN, name) if status else Claim.UNKNOWN,
        word=_WORDS.get(status.value, str(status.value)) if status else _SILENT,
        group=group.text_of("name"),
        group_id=f"group-{group.id_of('id')}",
    )


def _open_incidents(document: Node) -> Iterator[Node]:
    """The incidents on the page, of which there is one at most in version 1."""
    single = document.get("incident")
    rows = [single] if single else document.each("incidents", _EVENT_LIMIT)
    return (row for row in rows if row.get("active") is None or row.flag("active"))


def _incident(row: Node) -> Incident:
    """An incident, as bad as the colour of its box says; a colour that means nothing counts as minor, since it is open."""
    name, style = row["title"].text(), row.get("style")
    return Incident(
        id=row.id_of("id"),
        name=name,
        impact=style.word(_IMPACTS, Impact.UNKNOWN, name) if style else Impact.MINOR,
        word=row.text_of("style"),
        started_at=row.instant_of("createdDate"),
    )


def _maintenances(document: Node) -> Iterator[Maintenance]:
    """The work on the page; what does not say how far it is stands there because it is under way."""
    for row in document.each("maintenanceList", _EVENT_LIMIT):
        progress = row.word_of("status", _PROGRESS, Progress.UNKNOWN) if row.get("status") else Progress.ACTIVE
        if progress is not Progress.DONE:
            slots, zone = list(row.each("timeslotList", _EVENT_LIMIT)), row.text_of("timezone")
            yield Maintenance(
                id=row.id_of("id"),
                name=row["title"].text(),
                progress=progress,
                word=row.text_of("status"),
                starts=slots[0].instant_of("startDate", zone) if slots else None,
                ends=slots[0].instant_of("endDate", zone) if slots else None,
            )


PLATFORM = Platform(
    name="uptimekuma",
    title="Uptime Kuma",
    reads="monitors by group, pinned incidents, work under way",
    converse=converse,
    experimental=True,
    clues=Clues(marks=(b"/api/status-page/", b"window.preloaddata"), rank=150),
)
