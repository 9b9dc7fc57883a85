"""AWS Health, by the list of open events that its public dashboard shows (``health.aws.amazon.com/public/currentevents``).

AWS describes the list nowhere; what is written here was seen in 2026. It is UTF-16 and has only what is affected: an empty
one is a healthy AWS. An event says which services it touches and how each of them is now (``current``; ``max`` is the
worst it ever was, and so is the event's own ``status``). A service of an event is a component, with the region that its
key ends in, or else that of its event; what has neither serves all regions. Its key without the region is its group's id,
so that ``{id: ec2}`` means EC2 everywhere. An event that names no services is about its own: ``multipleservices-…`` then
stands for a region and matches ``{region: …}``.

An event is told once for each impact its services are at, so that a service that is slow does not inherit the outage of
another. It is over when it has an end, when its summary says ``[RESOLVED]`` (such events stay listed for hours), when its
status is 0, and when all its services are back. Times are seconds as text in ``date``, seconds in the log, milliseconds in
``impacted_service_status_changes``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain

from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_array
from checks.status.report import EVERYWHERE, Component, Impact, Incident, Report

_HOST = "health.aws.amazon.com"
_PATH = "/public/currentevents"
_EVENT_LIMIT = 60
_SERVICE_LIMIT = 300
_HISTORY_LIMIT = 1000
_PLACED_KEY = re.compile(
    r"(.+?)-((?:[a-z]{2}|eusc)(?:-(?:gov|iso[a-z]?|de))?-(?:(?:north|south)(?:east|west)?|east|west|central)-\d{1,2})"
)

_CLAIMS = {"0": Claim.OPERATIONAL, "1": Claim.DEGRADED, "2": Claim.DEGRADED, "3": Claim.MAJOR_OUTAGE}
_IMPACTS = {Claim.DEGRADED: Impact.MINOR, Claim.MAJOR_OUTAGE: Impact.CRITICAL, Claim.UNKNOWN: Impact.UNKNOWN}
_MILDEST_FIRST = (*(claim for claim in Claim if claim is not Claim.MAJOR_OUTAGE), Claim.MAJOR_OUTAGE)


def converse(page: Page) -> Conversation:
    """Read the list of events; from another host only where *page* is that list already."""
    address = page.url.partition("?")[0].rstrip("/")
    url = address if address.endswith(_PATH) else f"https://{_HOST}{_PATH}"
    return _report(read_array((yield Request(url=url)), url))


def _report(root: Node) -> Report:
    events = [event for event in root.items(_EVENT_LIMIT) if not _is_over(event)]
    services = [_services(event) for event in events]
    components = tuple(_worst_each(chain.from_iterable(services)))
    return Report(
        page_id=_HOST,
        page_name="AWS Health",
        url=root.source,
        indicator=None,
        components=components,
        component_count=len(components),
        lists_all=False,
        incidents=tuple(chain.from_iterable(map(_incidents, events, services))),
        updated_at=max(filter(None, map(_changed_at, events)), default=None),
        unknown_words=tuple(root.notes.unknown),
        cut_events=tuple(root.notes.cut),
    )


def _is_over(event: Node) -> bool:
    """Whether an event is listed although it has ended. Raises `Unseen` for what is no event of AWS Health."""
    if not event["arn"].text().startswith("arn:"):
        raise Unseen(Reason.PARSE, f"{event.source}: {event.place}.arn is not the name of an event")
    is_resolved = event["summary"].text().lower().startswith("[resolved]")
    return event["status"].text() == "0" or is_resolved or event.id_of("end_time") != ""


def _services(event: Node) -> list[Component]:
    """The services an event touches or touched, each as it is now."""
    home = _place(event["service"].text(), EVERYWHERE)[1]
    since, impacted = _last_changes(event), event.get("impacted_services")
    rows = impacted.members(_SERVICE_LIMIT) if impacted else ()
    found = [_service(key, row, row["current"], home, since.get(key)) for key, row in rows]
    key = event["service"].text()
    return found or [_service(key, event, event["status"], home, event.epoch_of("date"))]


def _service(key: str, row: Node, status: Node, home: str, since: datetime | None) -> Component:
    stem, region = _place(key, home)
    name = row.text_of("service_name") or stem
    return Component(
        id=stem if region == EVERYWHERE else f"{stem}-{region}",
        name=name,
        claim=status.word(_CLAIMS, Claim.UNKNOWN, name),
        word=status.text(),
        group=name,
        group_id=stem,
        region=region,
        since=since,
    )


def _place(key: str, home: str) -> tuple[str, str]:
    """A service's key without its region, and the region; *home* where the key ends in none."""
    placed = _PLACED_KEY.fullmatch(key)
    return (placed[1], placed[2]) if placed else (key, home)


def _last_changes(event: Node) -> Mapping[str, datetime | None]:
    """When each service last changed, by its key; the list grows at its end."""
    changes = _history(event, "impacted_service_status_changes")
    return {change.text_of("service"): change.epoch_of("timestamp") for change in changes}


def _changed_at(event: Node) -> datetime | None:
    """When AWS last wrote something about an event."""
    written = (entry.epoch_of("timestamp") for entry in _history(event, "event_log"))
    return max(filter(None, (*written, event.epoch_of("date"))), default=None)


def _history(event: Node, name: str) -> Iterator[Node]:
    """The entries of a list of an event's past. That it was cut is not told: no state depends on it."""
    return replace(event, notes=Notes()).each(name, _HISTORY_LIMIT)


def _worst_each(components: Iterable[Component]) -> Iterable[Component]:
    """Each of *components* once, as its worst event has it."""
    return {one.id: one for one in sorted(components, key=lambda one: _MILDEST_FIRST.index(one.claim))}.values()


def _incidents(event: Node, services: Iterable[Component]) -> Iterator[Incident]:
    """An event as one incident for each impact that its services are at."""
    touched: dict[Claim, list[Component]] = {}
    for service in services:
        touched.setdefault(service.claim, []).append(service)
    touched.pop(Claim.OPERATIONAL, None)
    for claim, hit in touched.items():
        yield Incident(
            id=event["arn"].text(),
            name=_title(event),
            impact=_IMPACTS[claim],
            word=hit[0].word,
            started_at=event.epoch_of("date"),
            component_ids=tuple(service.id for service in hit),
        )


def _title(event: Node) -> str:
    """What an event is called; many have the same summary, and only the place tells them apart."""
    place = event.text_of("region_name")
    return f"{event['summary'].text()} ({place})" if place else event["summary"].text()


PLATFORM = Platform(
    name="aws",
    title="AWS Health",
    reads="open events, with the services and regions they affect",
    converse=converse,
    clues=Clues(hosts=(_HOST, "status.aws.amazon.com")),
    scope_example="{region: eu-west-1}",
)
