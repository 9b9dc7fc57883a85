"""Site24x7 StatusIQ, by ``/rss`` of the page: its components and the word of each. All else it tells only with a key.

Source: feeds of 2025; the words are those of Site24x7's help, "Updating Component Status". An entry is titled
``<component> - <word>``. A component that is set by hand has an entry for each of its past changes too, in no order of
time: the newest counts, and of several from the same time the worst. One that is watched by Site24x7 has a guid; two of one
name are told apart by that. The page has no word for the whole, so that the worst component speaks for it, and says nothing
of announced work. A page may have its feed turned off; what is answered then is a feed without components, or a few bytes
of nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from checks.foreign import one_line
from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.entries import ENTRY_LIMIT, Entry, Feed, read_feed
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_body
from checks.status.report import Component, Report
from checks.status.rollup import roll_up

_MARK = re.compile(rb"site24x7|statusiq", re.IGNORECASE)
_HEAD_BYTES = 4096
_SEPARATOR = " - "
_UNCLEAR_LIMIT = 20
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_CLAIMS = {
    "operational": Claim.OPERATIONAL,
    "informational": Claim.OPERATIONAL,
    "under maintenance": Claim.MAINTENANCE,
    "degraded performance": Claim.DEGRADED,
    "partial outage": Claim.PARTIAL_OUTAGE,
    "major outage": Claim.MAJOR_OUTAGE,
}


def converse(page: Page) -> Conversation:
    """Read the page's feed."""
    url = page.url.partition("?")[0].rstrip("/").removesuffix("/rss") + "/rss"
    answer = yield Request(url=url)
    body, place = read_body(answer, url), one_line(answer.url.partition("?")[0], 160)
    feed = read_feed(body, place)
    if not _MARK.search(body[:_HEAD_BYTES]):
        raise Unseen(Reason.PARSE, f"{place} is a feed, but none that StatusIQ made: check platform:")
    return _report(feed, place)


def _report(feed: Feed, place: str) -> Report:
    notes = Notes()
    components = tuple(_components(feed, place, notes))
    indicator, word = roll_up(components, "components")
    strange = [one_line(entry.first("title")) for entry in feed.entries if _SEPARATOR not in entry.first("title")]
    return Report(
        page_id=feed.head.link.rstrip("/") or place,
        page_name=one_line(feed.head.first("title").removesuffix(" - Status")),
        url=place,
        indicator=indicator,
        indicator_word=word,
        components=components,
        component_count=len(components),
        updated_at=feed.head.at,
        unknown_words=tuple(notes.unknown),
        unclear=tuple(strange[:_UNCLEAR_LIMIT]),
        cut_events=tuple(_cuts(feed)),
    )


def _cuts(feed: Feed) -> Iterator[str]:
    if feed.count > ENTRY_LIMIT:
        yield f"the first {ENTRY_LIMIT} of {feed.count} entries"


def _components(feed: Feed, place: str, notes: Notes) -> Iterator[Component]:
    """The components in the order in which the feed names them first."""
    for (name, guid), entries in _by_component(feed).items():
        told = [_component(name, guid or name, entry, Node(_word(entry), place, notes=notes)) for entry in entries]
        yield max(told, key=lambda component: (component.since or _LONG_AGO, component.claim.badness))


def _by_component(feed: Feed) -> Mapping[tuple[str, str], list[Entry]]:
    """The entries of each component, by its name, and by its guid where several components have that name."""
    named = [(entry, one_line(entry.first("title").rpartition(_SEPARATOR)[0])) for entry in feed.entries]
    guids: dict[str, set[str]] = defaultdict(set)
    for entry, name in named:
        guids[name].add(entry.first("guid"))
    found: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry, name in named:
        if name:
            guid = entry.first("guid") if len(guids[name] - {""}) > 1 else ""
            found[name, one_line(guid.rpartition("/")[2])].append(entry)
    return found


def _word(entry: Entry) -> str:
    return entry.first("title").rpartition(_SEPARATOR)[2]


def _component(name: str, component_id: str, entry: Entry, word: Node) -> Component:
    return Component(
        id=component_id, name=name, claim=word.word(_CLAIMS, Claim.UNKNOWN, name), word=word.text(), since=entry.at
    )


PLATFORM = Platform(
    name="statusiq",
    title="Site24x7 StatusIQ",
    reads="components; nothing of incidents or announced work",
    converse=converse,
    clues=Clues(hosts=("site24x7statusiq.com",), marks=(b"statusiq",), rank=210),
)
