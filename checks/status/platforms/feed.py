"""Any Atom or RSS feed of a status page: the reader of last resort, for pages without a better interface.

A feed is a log of updates and not a state. Updates are folded into incidents by where they point, the newest update of
each decides, and only the vendor's own state words count (`checks.status.prose`). A feed has neither components nor a
word for the whole, and how bad something is it does not say: what is open counts as minor, never as more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from checks.foreign import one_line
from checks.network import Request
from checks.status.entries import ENTRY_LIMIT, Entry, Feed, read_feed
from checks.status.platform import Conversation, Page, Platform
from checks.status.prose import Phase, read_phase
from checks.status.reading import read_body
from checks.status.report import Impact, Incident, Maintenance, Report

_STORY_LIMIT = 200
_EVENT_LIMIT = 100
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_UPDATE_SUFFIX = re.compile(r"#(?:update|comment|post)[^#]*$", re.IGNORECASE)
_STATE_IN_TITLE = re.compile(r"\[[^\]]{0,40}\]|^[^:]{0,40}:\s+|\s+-\s+[A-Za-z ]{1,30}$")


def converse(page: Page) -> Conversation:
    """Read the feed at the page's address."""
    answer = yield Request(url=page.url)
    place = answer.url.partition("?")[0]
    return _report(read_feed(read_body(answer, page.url), one_line(place, 160)), answer.url)


def _report(feed: Feed, url: str) -> Report:
    newest = fold(feed)
    phases = [(entry, read_phase(entry.first("title"), _body(entry))) for entry in newest[:_STORY_LIMIT]]
    incidents = [_incident(entry, phase) for entry, phase in phases if phase is Phase.OPEN]
    works = [_maintenance(entry, phase) for entry, phase in phases if phase in {Phase.UNDERWAY, Phase.PLANNED}]
    return Report(
        page_id=one_line(feed.head.first("id") or feed.head.link, 200),
        page_name=one_line(feed.head.first("title")),
        url=one_line(url.partition("?")[0]),
        indicator=None,
        incidents=tuple(incidents[:_EVENT_LIMIT]),
        maintenances=tuple(works[:_EVENT_LIMIT]),
        updated_at=max((entry.at for entry in feed.entries if entry.at), default=None),
        cut=tuple(_cuts(feed, len(newest), max(len(incidents), len(works)))),
    )


def _cuts(feed: Feed, stories: int, events: int) -> Iterable[str]:
    if feed.count > ENTRY_LIMIT:
        yield f"the first {ENTRY_LIMIT} of {feed.count} entries"
    if stories > _STORY_LIMIT:
        yield f"the newest {_STORY_LIMIT} of {stories} stories"
    if events > _EVENT_LIMIT:
        yield f"the newest {_EVENT_LIMIT} of {events} open incidents or maintenances"


def fold(feed: Feed) -> list[Entry]:
    """The newest update of each incident, newest first; of two from the same time the one that stands first."""
    ordered = sorted(feed.entries, key=lambda entry: entry.at or _LONG_AGO, reverse=True)
    newest: dict[str, Entry] = {}
    for entry in ordered:
        newest.setdefault(_key(entry, feed.head.link), entry)
    return list(newest.values())


def _key(entry: Entry, home: str) -> str:
    """What an entry is about: its link or guid where that is its own, else its title without its state."""
    for reference in (entry.link, entry.first("guid", "id")):
        base = _UPDATE_SUFFIX.sub("", reference)
        is_home = base.partition("#")[0].rstrip("/") == home.rstrip("/")
        if base and (not is_home or "#/" in base):
            return base
    title = entry.first("title")
    return _STATE_IN_TITLE.sub("", _STATE_IN_TITLE.sub("", title)).strip().casefold() or title


def _body(entry: Entry) -> str:
    return entry.first("content", "description", "summary")


def _incident(entry: Entry, phase: Phase) -> Incident:
    return Incident(
        id=one_line(entry.first("guid", "id") or entry.link),
        name=one_line(entry.first("title")),
        impact=Impact.MINOR,
        phase=phase.value,
        started_at=entry.at,
        url=entry.link,
    )


def _maintenance(entry: Entry, phase: Phase) -> Maintenance:
    return Maintenance(
        id=one_line(entry.first("guid", "id") or entry.link),
        name=one_line(entry.first("title")),
        active=phase is Phase.UNDERWAY,
        url=entry.link,
    )


PLATFORM = Platform(name="feed", converse=converse)
