"""Auth0's own page, https://status.auth0.com, by the JSON that its HTML holds in ``__NEXT_DATA__``.

Source: what the page sent in 2026; ``props.pageProps.activeIncidents`` lists every region, well or not, and the document at
``/_next/data`` with the same content has an address that changes with each release. A tenant lives in one region, so that
a region is a component here; of an environment beside production it is another region (``US-1 Preview``), since no tenant of
production is in it. A region that is well holds one entry of the status *operational* and without an id. An
incident stands under each region it concerns, with the same id; a private one is some tenant's and nobody else's. Planned
work stands among the incidents and is told by its ``scheduled_for``, its impact or its state.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.node import Node
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_embedded
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

_START = re.compile(rb'<script\b[^<>]{0,200}\bid="__NEXT_DATA__"[^<>]{0,200}>')
_REGION_LIMIT = 100
_EVENT_LIMIT = 50
_PRODUCTION = "production"
_WELL = "operational"

_IMPACTS = {
    "none": Impact.NONE,
    "minor": Impact.MINOR,
    "major": Impact.MAJOR,
    "critical": Impact.CRITICAL,
    "maintenance": Impact.MAINTENANCE,
}
_DONE = ("resolved", "postmortem", "completed", "false_alarm")
_WORK = {"scheduled": Progress.PLANNED, "in_progress": Progress.ACTIVE, "verifying": Progress.ACTIVE}
_PROGRESS = {
    **dict.fromkeys(("investigating", "identified", "monitoring"), Progress.ACTIVE),
    **dict.fromkeys(_DONE, Progress.DONE),
    **_WORK,
}


class _Event(NamedTuple):
    """An incident or a piece of work that is not over, as it stands under one region."""

    row: Node
    place: str
    progress: Progress
    impact: Impact

    @property
    def is_work(self) -> bool:
        """Whether it is planned work, by any of the signs there are for that."""
        is_named = self.impact is Impact.MAINTENANCE or self.row.text_of("status").lower() in _WORK
        return is_named or self.row.get("scheduled_for") is not None

    @property
    def claim(self) -> Claim:
        """What it says of its region."""
        if self.is_work:
            return Claim.MAINTENANCE if self.progress is Progress.ACTIVE else Claim.OPERATIONAL
        return self.impact.claim


def converse(page: Page) -> Conversation:
    """Read the page."""
    url = page.url.partition("?")[0]
    return _report(read_embedded((yield Request(url=url)), url, _START))


def _report(root: Node) -> Report:
    regions = list(root["props"]["pageProps"]["activeIncidents"].items(_REGION_LIMIT))
    if not regions:
        raise Unseen(Reason.PARSE, f"{root.source} names no region, neither well nor affected: check platform:")
    rows = [(row, region) for region in regions for row in region["response"].each("incidents", _EVENT_LIMIT)]
    events = [event for row, region in rows for event in _events(row, region)]
    there: dict[str, list[_Event]] = defaultdict(list)
    for event in events:
        there[event.place].append(event)
    components = {_place(region): _component(region, there[_place(region)]) for region in regions}
    return Report(
        page_id=urlsplit(root.source).hostname or root.source,
        page_name="Auth0",
        url=root.source,
        indicator=None,
        components=tuple(components.values()),
        component_count=len(components),
        incidents=tuple(_incidents(event for event in events if not event.is_work)),
        maintenances=tuple(_maintenances(event for event in events if event.is_work)),
        updated_at=max(filter(None, (row.instant_of("updated_at") for row, _ in rows)), default=None),
        unknown_words=tuple(root.notes.unknown),
        cut_events=tuple(root.notes.cut),
    )


def _place(region: Node) -> str:
    """The id of a region: its name, and its environment where that is not the one that everybody uses."""
    return "/".join(filter(None, (region["region"].text(), _environment(region))))


def _environment(region: Node) -> str:
    """The environment of a region, ``""`` for production."""
    environment = region.text_of("environment")
    return "" if environment.lower() == _PRODUCTION else environment


def _events(row: Node, region: Node) -> Iterator[_Event]:
    """The entry, if it is an event, everybody's and not over; one in a state that nobody knows may be open."""
    status, impact = row["status"], row.get("impact")
    if status.text().lower() == _WELL or row.flag("isPrivate"):
        return
    progress = status.word(_PROGRESS, Progress.ACTIVE)
    if progress is not Progress.DONE and row.get("resolved_at") is None:
        known = Impact.MINOR if impact is None else impact.word(_IMPACTS, Impact.UNKNOWN)
        yield _Event(row, _place(region), progress, known)


def _component(region: Node, events: Sequence[_Event]) -> Component:
    """A region, as bad as the worst of its events."""
    environment, worst = _environment(region), Claim.worst(event.claim for event in events)
    return Component(
        id=_place(region),
        name=f"Auth0 {environment}".rstrip(),
        claim=worst,
        word=next((event.row.text_of("impact") for event in events if event.claim is worst), ""),
        region=f"{region['region'].text()} {environment}".rstrip(),
    )


def _gather(events: Iterable[_Event]) -> Iterator[tuple[_Event, tuple[str, ...]]]:
    """Each event once, with all its regions; one that is worse in some of them is told apart there."""
    same: dict[tuple[str, Impact], list[_Event]] = defaultdict(list)
    for event in events:
        same[event.row.id_of("id") or event.row["name"].text(), event.impact].append(event)
    for found in same.values():
        yield found[0], tuple(event.place for event in found)


def _incidents(events: Iterable[_Event]) -> Iterator[Incident]:
    for event, places in _gather(events):
        row = event.row
        yield Incident(
            id=row.id_of("id") or row["name"].text(),
            name=row["name"].text(),
            impact=event.impact,
            word=row.text_of("impact"),
            phase=row.text_of("status"),
            started_at=row.instant_of("created_at") or row.instant_of("started_at"),
            component_ids=places,
        )


def _maintenances(events: Iterable[_Event]) -> Iterator[Maintenance]:
    for event, places in _gather(events):
        row = event.row
        yield Maintenance(
            id=row.id_of("id") or row["name"].text(),
            name=row["name"].text(),
            progress=event.progress,
            word=row.text_of("status"),
            starts=row.instant_of("scheduled_for"),
            ends=row.instant_of("scheduled_until"),
            component_ids=places,
        )


PLATFORM = Platform(
    name="auth0",
    title="Auth0",
    reads="regions as open incidents leave them, incidents, maintenance",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("status.auth0.com",)),
    scope_example="{region: US-1}",
)
