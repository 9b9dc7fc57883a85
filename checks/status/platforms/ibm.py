"""IBM Cloud, by the feed of notifications behind its status page (RSS).

Source: https://cloud.ibm.com/docs/get-support?topic=get-support-viewing-cloud-status (2026) names the feed; what its entries
hold was read off programs that read it (2026-10), as IBM writes it down nowhere. A description ends in labels: ``Type:``
(incident, maintenance; announcements, releases and security bulletins are news), ``Regions:``, ``Resources:``, and
``Outage Start:`` and ``Outage End:``.

- What has ended by its label or by its words is over. An incident that says neither is open for `_RECENT`, as long as
  IBM's updates are apart; after that nobody knows, which is told to those whom it may concern. Work that began without
  an end is over after as long. How bad an incident is nobody says: it counts as minor.
- An entry without a type (labels may be lost in a very long description) is read by its words, and is unclear without.
- Each resource in each region is a component; without regions it is everywhere, and without resources it is every
  resource there. Resources are named by id (``is.instance``), regions too (``us-south``); what is not written so, and a
  region that is none (`checks.status.regions`) nor a zone or datacenter by its shape, is missing.
- *Now* is when the answer was made by IBM's clock (``Date``, RFC 9110, section 6.6.1), else the time of the newest entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice, product

from checks.foreign import one_line, quoted
from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.entries import Entry, Feed, read_feed, read_time
from checks.status.labels import Phase, plain_text
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.prose import read_phase
from checks.status.reading import answered_at, read_body
from checks.status.regions import IBM
from checks.status.report import ANYTHING, EVERYWHERE, Component, Impact, Incident, Maintenance, Progress, Report
from checks.status.strange import Catalogue, mark_strange
from checks.vendor import ComponentRef

_FEED = "https://cloud.ibm.com/status/api/notifications/feed.rss"
_PATH = "/status/api/notifications/feed.rss"
_TEXT_LIMIT = 30_000
_EVENT_LIMIT = 100
_COMPONENT_LIMIT = 3000
_RECENT = timedelta(days=7)
_WORD_LIMIT = 20
_PLACE_LIMIT = 500
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_LABEL = re.compile(r"\b(type|regions|resources|outage start|outage end|update time):")
_SEPARATOR = re.compile(r"[,\s]+")
_VIEW = re.compile(r"[?&]selected=([a-z]{1,20})")
_KINDS = {name: name for name in ("incident", "maintenance", "announcement", "release", "security")}
_KIND_OF_PHASE = {Phase.OPEN: "incident", Phase.UNDERWAY: "maintenance", Phase.PLANNED: "maintenance"}
_CLAIMS = {
    ("incident", Progress.ACTIVE): Claim.DEGRADED,
    ("incident", Progress.UNKNOWN): Claim.UNKNOWN,
    ("maintenance", Progress.ACTIVE): Claim.MAINTENANCE,
    ("maintenance", Progress.PLANNED): Claim.OPERATIONAL,
}
_ALL_RESOURCES = "ibm-cloud"
_SITE = re.compile(r"[a-z]{3}\d{2}|[a-z]{2}-[a-z]{2,5}-\d")


@dataclass(frozen=True)
class _Notice:
    """An entry, the labels at the end of its description, and what its words say."""

    entry: Entry
    labels: Mapping[str, str]
    phase: Phase
    now: datetime | None

    @cached_property
    def type(self) -> str:
        """The first word of its label of that name."""
        return self.labels.get("type", "").partition(" ")[0]

    @cached_property
    def kind(self) -> str:
        """What it is, by its label, by the part of the page that it links to, or by its words; ``""`` when it is unclear."""
        view = _VIEW.search(self.entry.link)
        said = _KINDS.get(self.type) or _KINDS.get(view[1] if view else "")
        return said or _KIND_OF_PHASE.get(self.phase, "")

    @cached_property
    def is_recent(self) -> bool:
        """Whether it is, or began, in the last days, as far as that can be known."""
        times = [at for at in (self.entry.at, self.time("outage start")) if at]
        return not times or self.now is None or self.now - max(times) < _RECENT

    @cached_property
    def progress(self) -> Progress:
        """How far what it tells of has come."""
        starts, ends = self.time("outage start"), self.time("outage end")
        if self.phase is Phase.DONE or (ends and self.now and ends <= self.now):
            return Progress.DONE
        if self.phase is Phase.UNDERWAY or (self.phase is Phase.OPEN and self.kind == "incident"):
            return Progress.ACTIVE
        if not ends and not self.is_recent:
            return Progress.UNKNOWN if self.kind == "incident" else Progress.DONE
        if self.kind == "maintenance":
            return Progress.ACTIVE if starts and self.now and starts <= self.now else Progress.PLANNED
        return Progress.ACTIVE

    def time(self, label: str) -> datetime | None:
        """The time that *label* gives, where it gives one."""
        return read_time(self.labels.get(label, "")[:40].upper())

    @cached_property
    def places(self) -> list[tuple[str, str]]:
        """Each of its resources in each of its regions; nothing where it names neither."""
        resources, regions = self._names("resources"), self._names("regions")
        pairs = product(resources or [_ALL_RESOURCES], regions or [EVERYWHERE]) if resources or regions else ()
        return list(islice(pairs, _PLACE_LIMIT))

    def _names(self, label: str) -> list[str]:
        names = _SEPARATOR.split(self.labels.get(label, ""), maxsplit=_PLACE_LIMIT)[:_PLACE_LIMIT]
        return [one_line(name, 80) for name in names if name]


def converse(page: Page) -> Conversation:
    """Read the feed; from another host only where *page* is that feed already."""
    address = page.url.partition("?")[0].rstrip("/")
    url = address if address.endswith(_PATH) else _FEED
    answer = yield Request(url=url)
    place = one_line(answer.url.partition("?")[0])
    feed = read_feed(read_body(answer, url), place, text_limit=_TEXT_LIMIT)
    if "ibm" not in f"{feed.head.first('title')} {feed.head.link}".lower():
        raise Unseen(Reason.PARSE, f"{place} is a feed, but neither its title nor its link is one of IBM's")
    return _marked(_report(feed, page, place, answered_at(answer)), page.scope)


def _marked(report: Report, scope: Iterable[ComponentRef]) -> Report:
    """*report* with the references that are none of IBM's: a list of ids has none with a space in it."""
    sites = {ref.region: "" for ref in scope if ref.region and _SITE.fullmatch(ref.region)}
    marked = mark_strange(report, scope, Catalogue(regions={**IBM, **sites}))
    named = {ref: (ref.name or ref.group or "").strip() for ref in scope}
    spaced: Mapping[ComponentRef, tuple[str, ...]] = {ref: () for ref, name in named.items() if _SEPARATOR.search(name)}
    return replace(marked, strange={**spaced, **marked.strange})


def _report(feed: Feed, page: Page, place: str, now: datetime | None) -> Report:
    updated_at = max((entry.at for entry in feed.entries if entry.at), default=None)
    notices = [_notice(entry, now or updated_at) for entry in _newest(feed)]
    opened = [notice for notice in notices if notice.progress is not Progress.DONE]
    incidents = [notice for notice in opened if notice.kind == "incident"]
    going_on = [notice for notice in incidents[:_EVENT_LIMIT] if notice.progress is Progress.ACTIVE]
    works = [notice for notice in opened if notice.kind == "maintenance"]
    components = _components([*incidents[:_EVENT_LIMIT], *works[:_EVENT_LIMIT]])
    return Report(
        page_id="cloud.ibm.com/status",
        page_name=one_line(feed.head.first("title")),
        url=place,
        indicator=None,
        components=components,
        component_count=len(components),
        lists_all=False,
        incidents=tuple(map(_incident, going_on)),
        maintenances=tuple(map(_maintenance, works[:_EVENT_LIMIT])),
        updated_at=updated_at,
        unknown_words=tuple(islice(_unknown_words(notices), _WORD_LIMIT)),
        unclear=tuple(one_line(notice.entry.first("title")) for notice in opened if _is_unclear(notice, page)),
        cut_events=tuple(_cuts(incidents, works)),
    )


def _is_unclear(notice: _Notice, page: Page) -> bool:
    """Whether nobody knows if *notice* is open, and no component in scope can tell that."""
    is_told = page.scope and notice.places
    return not notice.kind or (notice.progress is Progress.UNKNOWN and not is_told)


def _newest(feed: Feed) -> list[Entry]:
    """The newest entry of each notice; of two from the same time the one that stands first."""
    newest: dict[str, Entry] = {}
    for entry in sorted(feed.entries, key=lambda entry: entry.at or _LONG_AGO, reverse=True):
        newest.setdefault(_key(entry), entry)
    return list(newest.values())


def _key(entry: Entry) -> str:
    return one_line(entry.first("guid") or entry.link or entry.first("title"))


def _notice(entry: Entry, now: datetime | None) -> _Notice:
    body = entry.first("description", "content")
    parts = _LABEL.split(plain_text(body))
    labels = {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}
    return _Notice(entry, labels, read_phase(entry.first("title"), body), now)


def _unknown_words(notices: Iterable[_Notice]) -> Iterator[str]:
    for notice in notices:
        if notice.type and notice.type not in _KINDS:
            yield f"{quoted(notice.type, 60)} at Type: ({one_line(notice.entry.first('title'), 80)})"


def _incident(notice: _Notice) -> Incident:
    return Incident(
        id=_key(notice.entry),
        name=one_line(notice.entry.first("title")),
        impact=Impact.MINOR,
        phase=notice.phase.value if notice.phase is Phase.OPEN else "",
        started_at=notice.time("outage start") or notice.entry.at,
        component_ids=tuple(map("/".join, notice.places)),
        url=notice.entry.link,
    )


def _maintenance(notice: _Notice) -> Maintenance:
    return Maintenance(
        id=_key(notice.entry),
        name=one_line(notice.entry.first("title")),
        progress=notice.progress,
        starts=notice.time("outage start"),
        ends=notice.time("outage end"),
        component_ids=tuple(map("/".join, notice.places)),
        url=notice.entry.link,
    )


def _components(notices: Iterable[_Notice]) -> tuple[Component, ...]:
    """What *notices* touch, each as the worst of them has it."""
    found = (_component(pair, notice) for notice in notices for pair in notice.places)
    ordered = sorted(islice(found, _COMPONENT_LIMIT), key=lambda one: one.claim.badness)
    return tuple({one.id: one for one in ordered}.values())


def _component(pair: tuple[str, str], notice: _Notice) -> Component:
    resource, region = pair
    return Component(
        id="/".join(pair),
        name=resource,
        claim=_CLAIMS[notice.kind, notice.progress],
        word="incident without an end" if notice.progress is Progress.UNKNOWN else f"{notice.kind} {notice.progress}",
        group=resource,
        group_id=ANYTHING if resource == _ALL_RESOURCES else resource,
        region=region,
    )


def _cuts(incidents: Sequence[_Notice], works: Sequence[_Notice]) -> Iterator[str]:
    """Where something open may have been left unread; entries beyond those that are read are the oldest."""
    if (events := max(len(incidents), len(works))) > _EVENT_LIMIT:
        yield f"the newest {_EVENT_LIMIT} of {events} open incidents or maintenances"
    counts = [len(notice.places) for notice in (*incidents[:_EVENT_LIMIT], *works[:_EVENT_LIMIT])]
    if sum(counts) > _COMPONENT_LIMIT or _PLACE_LIMIT in counts:
        yield f"no more than {_COMPONENT_LIMIT} resources in regions are read, and {_PLACE_LIMIT} of one entry"


PLATFORM = Platform(
    name="ibm",
    title="IBM Cloud",
    reads="open incidents and maintenance by resource and region; how bad they are is not said",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("cloud.ibm.com",)),
)
