"""AWS Health, by the list of open events that its public dashboard shows (``health.aws.amazon.com/public/currentevents``).

AWS describes the list nowhere; what is written here was seen in 2026. It is UTF-16 and has only what is affected: an empty
one is a healthy AWS. An event says which services it touches and how each of them is now (``current``; ``max`` is the
worst it ever was, and so is the event's own ``status``). A service of an event is a component, with the region that its
key ends in, or else that of its event; what has neither serves all regions. A local zone (``us-west-2-lax-1``) counts as
its region. Its key without the region is its group's id, so that ``{id: ec2}`` means EC2 everywhere. An event that names no
services is about its own: ``multipleservices-…`` then stands for every service of the region.

An event is told once for each impact its services are at, so that a service that is slow does not inherit the outage of
another. It is over when its summary says ``[RESOLVED]`` (such events stay listed for hours), when all its services are
back, and, unless one of its services is not, when its status is 0 or its end has come. *Now* is when the answer was made
by AWS's clock (``Date``, RFC 9110, section 6.6.1). Times are seconds as text in ``date``, seconds in the log, milliseconds
in ``impacted_service_status_changes``.

A reference that names nothing open is held against what AWS has: its regions (`checks.status.regions`) and, only
where that does not settle it, the services and regions of the dashboard's own catalogue (seen 2026; an hour old at most).
What neither has is missing: also a zone (``us-east-1a``) and a place (*N. Virginia*). Without the catalogue nobody knows
what services there are.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice

from checks.model import Claim, Reason, Unseen
from checks.network import Answer, Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import answered_at, read_array
from checks.status.regions import AWS
from checks.status.report import ANYTHING, EVERYWHERE, Component, Impact, Incident, Report
from checks.status.scope import find_missing
from checks.status.strange import Catalogue, mark_strange

_HOST = "health.aws.amazon.com"
_PATH = "/public/currentevents"
_SERVICES = "https://servicedata-us-east-1-prod.s3.amazonaws.com/services.json"
_SERVICES_AGE_SECONDS = 3600.0
_SERVICES_SECONDS = 5.0
_ROW_LIMIT = 20_000
_EVENT_LIMIT = 60
_SERVICE_LIMIT = 300
_COMPONENT_LIMIT = 4000
_HISTORY_LIMIT = 400
_EVERY_SERVICE = "multipleservices"
_FEED = re.compile(r"/rss/[^/]+\.rss$")
_PLACED_KEY = re.compile(
    r"(.+?)-((?:[a-z]{2}|eusc)(?:-(?:gov|iso[a-z]?|de))?-(?:(?:north|south)(?:east|west)?|east|west|central)-\d{1,2})"
    r"(?:-[a-z]{3}-\d{1,2}[a-z]?)?"
)

_CLAIMS = {"0": Claim.OPERATIONAL, "1": Claim.DEGRADED, "2": Claim.DEGRADED, "3": Claim.MAJOR_OUTAGE}
_IMPACTS = {Claim.DEGRADED: Impact.MINOR, Claim.MAJOR_OUTAGE: Impact.CRITICAL, Claim.UNKNOWN: Impact.UNKNOWN}


def converse(page: Page) -> Conversation:
    """Read the list of events; from another host only where *page* is that list already."""
    address = page.url.partition("?")[0].rstrip("/")
    if _FEED.search(address):
        detail = f"{address} is the feed of one service: say platform: feed, or name the service in components: of https://{_HOST}"
        raise Unseen(Reason.CONFIG, detail)
    url = address if address.endswith(_PATH) else f"https://{_HOST}{_PATH}"
    answer = yield Request(url=url)
    report = _report(read_array(answer, url), answered_at(answer))
    marked = mark_strange(report, page.scope, Catalogue(regions=AWS))
    unseen = find_missing(report.components, page.scope)
    if marked.strange or any(ref.id or ref.name or ref.group for ref in unseen):
        return mark_strange(report, page.scope, (yield from _catalogue(page)))
    return marked


def _catalogue(page: Page) -> Generator[Request, Answer, Catalogue]:
    """What AWS has by its own list; no more than the regions known here where that list is not to be had."""
    try:
        asked = Request(url=_SERVICES, max_age=_SERVICES_AGE_SECONDS, within=_SERVICES_SECONDS)
        root = read_array((yield asked), _SERVICES)
        names = {row["service"].text(): row["service_name"].text() for row in root.items(_ROW_LIMIT)}
    except Unseen:
        names = {}
    return _known(names, page) if names else Catalogue(regions=AWS)


def _known(names: Mapping[str, str], page: Page) -> Catalogue:
    """What AWS has by the *names* of its services' keys; a service without regions may be affected in one."""
    placed = {key: _place(key, "") for key in names}
    stems = {stem for stem, _ in placed.values()}
    regions = {**{region: "" for _, region in placed.values() if region}, **AWS}
    wanted = {_place(ref.id, "") for ref in page.scope if ref.id}
    also = {_id(stem, region) for stem, region in wanted if stem in stems and region in regions}
    return Catalogue(
        regions=regions,
        names={name: placed[key][0] for key, name in names.items()},
        ids=stems | {_id(*place) for place in placed.values()} | also,
    )


def _report(root: Node, now: datetime | None) -> Report:
    events = [event for event in root.items(_EVENT_LIMIT) if not _is_over(event, now)]
    services = list(_read_services(events))
    if sum(map(len, services)) == _COMPONENT_LIMIT:
        root.notes.cut.append(f"no more than {_COMPONENT_LIMIT} services of events are read")
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


def _is_over(event: Node, now: datetime | None) -> bool:
    """Whether an event is listed although it has ended. Raises `Unseen` for what is no event of AWS Health."""
    if not event["arn"].text().startswith("arn:"):
        raise Unseen(Reason.PARSE, f"{event.source}: {event.place}.arn is not the name of an event")
    if event["summary"].text().lower().startswith("[resolved]"):
        return True
    is_ended = event["status"].text() == "0" or _has_ended(event, now)
    return is_ended and all(row["current"].text() == "0" for _, row in _impacted(event))


def _has_ended(event: Node, now: datetime | None) -> bool:
    """Whether its end has come; 0 is none."""
    ends = event.epoch_of("end_time")
    return ends is not None and ends.timestamp() > 0 and (now is None or ends <= now)


def _impacted(event: Node) -> Iterator[tuple[str, Node]]:
    """The services an event touches or touched, by their keys."""
    impacted = event.get("impacted_services")
    return impacted.members(_SERVICE_LIMIT) if impacted else iter(())


def _read_services(events: Iterable[Node]) -> Iterator[list[Component]]:
    """The services of each of *events*, together no more than there is room for."""
    room = _COMPONENT_LIMIT
    for event in events:
        found = list(islice(_services(event), room))
        room -= len(found)
        yield found


def _services(event: Node) -> Iterator[Component]:
    """The services an event touches or touched, each as it is now; its own where it names none."""
    key = event["service"].text()
    home, rows = _place(key, EVERYWHERE)[1], list(_impacted(event))
    since = _last_changes(event)
    for name, row in rows:
        yield _service(name, row, row["current"], home, since[name].epoch_of("timestamp") if name in since else None)
    if not rows:
        yield _service(key, event, event["status"], home, event.epoch_of("date"))


def _service(key: str, row: Node, status: Node, home: str, since: datetime | None) -> Component:
    stem, region = _place(key, home)
    name = row.text_of("service_name") or stem
    return Component(
        id=_id(stem, region),
        name=name,
        claim=status.word(_CLAIMS, Claim.UNKNOWN, name),
        word=status.text(),
        group=name,
        group_id=ANYTHING if stem == _EVERY_SERVICE else stem,
        region=region,
        since=since,
    )


def _place(key: str, home: str) -> tuple[str, str]:
    """A service's key without its region, and the region; *home* where the key ends in none."""
    placed = _PLACED_KEY.fullmatch(key)
    return (placed[1], placed[2]) if placed else (key, home)


def _id(stem: str, region: str) -> str:
    return stem if region in {"", EVERYWHERE} else f"{stem}-{region}"


def _last_changes(event: Node) -> Mapping[str, Node]:
    """The last change of each service, by its key; the list grows at its end."""
    return {change.text_of("service"): change for change in _history(event, "impacted_service_status_changes")}


def _changed_at(event: Node) -> datetime | None:
    """When AWS last wrote something about an event."""
    written = (entry.epoch_of("timestamp") for entry in _history(event, "event_log"))
    return max(filter(None, (*written, event.epoch_of("date"))), default=None)


def _history(event: Node, name: str) -> Iterator[Node]:
    """The entries of a list of an event's past. That it was cut is not told: no state depends on it."""
    return replace(event, notes=Notes()).each(name, _HISTORY_LIMIT)


def _worst_each(components: Iterable[Component]) -> Iterable[Component]:
    """Each of *components* once, as its worst event has it."""
    return {one.id: one for one in sorted(components, key=lambda one: one.claim.badness)}.values()


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
