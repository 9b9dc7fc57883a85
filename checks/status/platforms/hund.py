"""Hund, by the Atom feed at ``/state_feed/feed`` of the page, since its interface and its events want a key.

Source: feeds of 2026, and Hund's knowledge base, "Issues" and "Notifications" (hund.io/help), for the labels. An entry is an
issue, and its title begins with the label of it in brackets, in the page's language: ``[Resolved]``, ``[Gelöst]``. That
label counts; *Information* is a bulletin and no trouble, *Started* is said of scheduled issues only. Beside an alarming
title these and other labels of what is in progress are trouble, or unclear. A label that nobody knows leaves a recent issue
unclear; so does a title without one, unless its words say how things are. How bad an issue is and what it is about is not
told: what is open counts as minor, never as more. Recent is what was changed in the week before the vendor's own clock
(``Date``, RFC 9110, section 6.6.1), or before the newest entry where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from checks.foreign import one_line
from checks.model import Reason, Unseen
from checks.network import Answer, Request
from checks.status.entries import ENTRY_LIMIT, Entry, Feed, read_feed, read_time
from checks.status.labels import MEANING, Phase
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.prose import is_alarming, read_phase, weigh
from checks.status.reading import answered_at, read_body
from checks.status.report import Impact, Incident, Maintenance, Progress, Report

_DOCUMENT = "/state_feed/feed"
_FEED_ID = re.compile(r"tag:([^,]{1,253}),\d{4}:/state_feed/feed")
_LABEL = re.compile(r"\s*\[([^\[\]]{1,60})\]\s*")
_PHASES = MEANING | {
    "assessed": Phase.OPEN,
    "maintenance": Phase.UNDERWAY,
    "wartung": Phase.UNDERWAY,
}
_OF_WORK = frozenset({"maintenance", "wartung", "started", "begonnen"})
_PROGRESS = {Phase.UNDERWAY: Progress.ACTIVE, Phase.PLANNED: Progress.PLANNED}
_EVENT_LIMIT = 100
_RECENT = timedelta(days=7)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def converse(page: Page) -> Conversation:
    """Read the page's feed."""
    base = page.url.partition("?")[0].rstrip("/")
    url = base if _DOCUMENT in base else base + _DOCUMENT
    answer = yield Request(url=url)
    place = one_line(answer.url.partition("?")[0], 160)
    return _report(read_feed(read_body(answer, url), place), answer, place)


def _report(feed: Feed, answer: Answer, place: str) -> Report:
    identity = _FEED_ID.match(feed.head.first("id"))
    if not identity:
        raise Unseen(Reason.PARSE, f"{place} is a feed, but none that Hund made: check platform:")
    notes, now = Notes(), _now(feed, answer)
    phases = [(entry, _phase(entry, place, notes)) for entry in _issues(feed)]
    incidents = [_incident(entry, phase) for entry, phase in phases if phase is Phase.OPEN]
    unclear = [one_line(entry.first("title")) for entry, phase in phases if _is_unclear(entry, phase, now)]
    works = [_maintenance(entry, phase) for entry, phase in phases if phase in _PROGRESS]
    return Report(
        page_id=one_line(identity[1]),
        page_name=one_line(feed.head.first("title")),
        url=place,
        indicator=None,
        incidents=tuple(incidents[:_EVENT_LIMIT]),
        maintenances=tuple(works[:_EVENT_LIMIT]),
        updated_at=feed.head.at,
        unknown_words=tuple(notes.unknown),
        unclear=tuple(unclear[:_EVENT_LIMIT]),
        cut=tuple(_cuts(feed)),
        cut_events=tuple(_cut_events(max(len(incidents), len(works)))),
    )


def _now(feed: Feed, answer: Answer) -> datetime:
    """The vendor's own clock; without one, the time of the newest entry."""
    newest = max((entry.at for entry in feed.entries if entry.at), default=_LONG_AGO)
    return answered_at(answer) or newest


def _issues(feed: Feed) -> list[Entry]:
    """The newest entry of each issue, the newest first; an issue is where an entry points."""
    newest: dict[str, Entry] = {}
    for entry in sorted(feed.entries, key=lambda entry: entry.at or _LONG_AGO, reverse=True):
        link = "" if entry.link == feed.head.link else entry.link
        newest.setdefault(link or entry.first("id", "title"), entry)
    return list(newest.values())


def _phase(entry: Entry, place: str, notes: Notes) -> Phase:
    title = entry.first("title")
    label = _LABEL.match(title)
    if not label:
        return read_phase(title, entry.first("content", "summary"))
    about = title[label.end() :]
    phase = Node(label[1], place, notes=notes).word(_PHASES, Phase.UNCLEAR, about)
    if label[1].strip().lower() in _OF_WORK:
        return Phase.OPEN if is_alarming(about) else phase
    weighed = weigh(phase, about, entry.first("content", "summary"))
    return Phase.UNCLEAR if phase is Phase.INFORMATIONAL is not weighed else weighed


def _is_unclear(entry: Entry, phase: Phase, now: datetime) -> bool:
    """Whether nobody can say how things are with an issue that is recent, or gives no time."""
    return phase is Phase.UNCLEAR and (entry.at is None or now - entry.at < _RECENT)


def _cuts(feed: Feed) -> Iterator[str]:
    if feed.count > ENTRY_LIMIT:
        yield f"the first {ENTRY_LIMIT} of {feed.count} entries"


def _cut_events(events: int) -> Iterator[str]:
    if events > _EVENT_LIMIT:
        yield f"the newest {_EVENT_LIMIT} of {events} open issues"


def _incident(entry: Entry, phase: Phase) -> Incident:
    return Incident(
        id=one_line(entry.first("id").rpartition("/")[2]),
        name=_name(entry),
        impact=Impact.MINOR,
        phase=phase.value,
        started_at=_begun(entry),
        url=entry.link,
    )


def _maintenance(entry: Entry, phase: Phase) -> Maintenance:
    return Maintenance(
        id=one_line(entry.first("id").rpartition("/")[2]),
        name=_name(entry),
        progress=_PROGRESS[phase],
        starts=_begun(entry) if phase is Phase.UNDERWAY else None,
        url=entry.link,
    )


def _name(entry: Entry) -> str:
    return one_line(_LABEL.sub("", entry.first("title"), count=1))


def _begun(entry: Entry) -> datetime | None:
    return read_time(entry.first("published")) or entry.at


PLATFORM = Platform(
    name="hund",
    title="Hund",
    reads="open issues and maintenance by their labels; never worse than degraded, nothing of components",
    converse=converse,
    clues=Clues(hosts=("hund.io",), marks=(b"hund.io", b"/state_feed/feed"), rank=200),
)
