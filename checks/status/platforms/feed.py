"""Any Atom or RSS feed of a status page: the reader of last resort, for pages without a better interface.

A feed is a log of updates and not a state. Updates are folded into incidents by where they point, the newest update of
each decides, and only the vendor's own state words count (`checks.status.prose`). A feed has neither components nor a
word for the whole, and how bad something is it does not say: what is open counts as minor, never as more.

A story of the last `_RECENT` whose state cannot be read is kept by its title, because it may be an outage: while there is
one, nobody knows how things are. What is older is taken as over. *Now* is when the answer was made by the vendor's own clock
(``Date``, RFC 9110, section 6.6.1); without one it is the time of the newest entry, which then is always recent.

At the address may be the feed, or the web page that advertises it (`checks.status.advertised`): that link is followed once.
A feed of several stories none of which says what it is is no log of incidents, and nothing can be read from it, nor that all
is well; that of a quiet vendor may hold one old story in prose. What a page advertises may be its blog or empty for other
reasons: of such a feed most stories must say a state, and news are none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from checks.foreign import one_line, quoted
from checks.model import Reason, Unseen
from checks.network import Answer, Request
from checks.status.advertised import find_feeds
from checks.status.entries import ENTRY_LIMIT, Entry, Feed, read_feed
from checks.status.labels import Phase, subject
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.prose import read_phase
from checks.status.reading import answered_at, looks_like_html, read_body
from checks.status.report import Impact, Incident, Maintenance, Progress, Report
from checks.values import Url

_STORY_LIMIT = 200
_TITLE_LIMIT = 300
_EVENT_LIMIT = 100
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_UPDATE_SUFFIX = re.compile(r"#(?:update|comment|post)[^#]*$", re.IGNORECASE)
_SCHEME = re.compile(r"^https?://", re.IGNORECASE)
_RECENT = timedelta(days=7)
_SEVERAL = 3


def converse(page: Page) -> Conversation:
    """Read the feed at the page's address, or the one that the web page there advertises."""
    answer = yield Request(url=page.url)
    body = read_body(answer, page.url, html=True)
    feeds = find_feeds(body, answer.url) if looks_like_html(body) else []
    if feeds:
        return (yield from _follow(feeds))
    return _report(_feed(answer, page.url), answer)


def _follow(feeds: Iterable[Url]) -> Conversation:
    """Read the first of the advertised *feeds* that can be read as one of incidents."""
    failures = []
    for url in feeds:
        answer = yield Request(url=url)
        try:
            return _report(_feed(answer, url), answer, is_advertised=True)
        except Unseen as unseen:
            failures.append(unseen)
    raise failures[0]


def _feed(answer: Answer, asked: str) -> Feed:
    return read_feed(read_body(answer, asked), _place(answer))


def _place(answer: Answer) -> str:
    return one_line(answer.url.partition("?")[0], 160)


def _report(feed: Feed, answer: Answer, *, is_advertised: bool = False) -> Report:
    newest = fold(feed)
    updated_at = max((entry.at for entry in feed.entries if entry.at), default=None)
    phases = [(entry, read_phase(entry.first("title"), _body(entry))) for entry in newest[:_STORY_LIMIT]]
    _demand_states(phases, _place(answer), is_advertised=is_advertised)
    unclear = [entry for entry, phase in phases if phase is Phase.UNCLEAR]
    now = answered_at(answer) or updated_at
    incidents = [_incident(entry, phase) for entry, phase in phases if phase is Phase.OPEN]
    works = [_maintenance(entry, phase) for entry, phase in phases if phase in {Phase.UNDERWAY, Phase.PLANNED}]
    return Report(
        page_id=one_line(feed.head.first("id") or feed.head.link, 200),
        page_name=one_line(feed.head.first("title")),
        url=one_line(answer.url.partition("?")[0]),
        indicator=None,
        incidents=tuple(incidents[:_EVENT_LIMIT]),
        maintenances=tuple(works[:_EVENT_LIMIT]),
        updated_at=updated_at,
        unclear=tuple(one_line(entry.first("title")) for entry in unclear if _is_recent(entry, now)),
        cut=tuple(_cuts(feed, len(newest))),
        cut_events=tuple(_cut_events(max(len(incidents), len(works)))),
    )


def _demand_states(phases: list[tuple[Entry, Phase]], place: str, *, is_advertised: bool) -> None:
    """Raise `Unseen` when too few of the stories say how things are for the feed to be a log of incidents."""
    silent = {Phase.UNCLEAR, Phase.INFORMATIONAL} if is_advertised else {Phase.UNCLEAR}
    telling = sum(phase not in silent for _, phase in phases)
    if telling >= (len(phases) // 2 + 1 if is_advertised else len(phases) >= _SEVERAL):
        return
    newest = f", the newest is {quoted(phases[0][0].first('title'), 80)}" if phases else ""
    advice = "if it is the feed of incidents, write its address as url:" if is_advertised else "is it a feed of incidents?"
    raise Unseen(Reason.PARSE, f"{telling} of {len(phases)} entries in {place} say how things are{newest}: {advice}")


def _cuts(feed: Feed, stories: int) -> Iterable[str]:
    """What was left unread of the past: the oldest entries, which is where feeds end by themselves anyway."""
    if feed.count > ENTRY_LIMIT:
        yield f"the first {ENTRY_LIMIT} of {feed.count} entries"
    if stories > _STORY_LIMIT:
        yield f"the newest {_STORY_LIMIT} of {stories} stories"


def _cut_events(events: int) -> Iterable[str]:
    if events > _EVENT_LIMIT:
        yield f"the newest {_EVENT_LIMIT} of {events} open incidents or maintenances"


def _is_recent(entry: Entry, now: datetime | None) -> bool:
    """Whether *entry* is of the last days; one without a time is where no time is known at all."""
    return now is None if entry.at is None else now is None or now - entry.at < _RECENT


def fold(feed: Feed) -> list[Entry]:
    """The newest update of each incident, newest first; of two from the same time the one that stands first."""
    ordered = sorted(feed.entries, key=lambda entry: entry.at or _LONG_AGO, reverse=True)
    shared, home = _shared_links(feed.entries), {_bare(feed.head.link), _common_link(feed.entries)}
    newest: dict[tuple[str, ...], Entry] = {}
    for entry in ordered:
        newest.setdefault(_key(entry, home, shared), entry)
    return list(newest.values())


def _shared_links(entries: Iterable[Entry]) -> set[str]:
    """The links that entries with more than one guid have: they need not lead to one incident."""
    guids = defaultdict(set)
    for entry in entries:
        guids[_base(entry.link)].add(_base(entry.first("guid", "id")))
    return {link for link, several in guids.items() if len(several) > 1}


def _common_link(entries: tuple[Entry, ...]) -> str:
    """Where all of *entries* lead although they are about different things: the page, whatever the feed's head says."""
    links = {_bare(entry.link) for entry in entries}
    is_page = len(links) == 1 and len({_about(entry) for entry in entries}) > 1
    return links.pop() if is_page else ""


def _key(entry: Entry, home: set[str], shared: set[str]) -> tuple[str, ...]:
    """What an entry is about: its link or guid where that is its own, else its title without its state."""
    link, about = _base(entry.link), _about(entry)
    for reference in (link, _base(entry.first("guid", "id"))):
        if reference and (_bare(reference) not in home or "#/" in reference):
            return (reference, about) if reference in shared else (reference,)
    return (about,)


def _about(entry: Entry) -> str:
    return subject(entry.first("title")[:_TITLE_LIMIT])


def _base(reference: str) -> str:
    """*reference* without the part that tells one update of an incident from another."""
    return _UPDATE_SUFFIX.sub("", reference)


def _bare(reference: str) -> str:
    """An address to compare: without its scheme, its fragment and a slash at its end."""
    return _SCHEME.sub("", reference.partition("#")[0]).rstrip("/").lower()


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
        progress=Progress.ACTIVE if phase is Phase.UNDERWAY else Progress.PLANNED,
        url=entry.link,
    )


PLATFORM = Platform(
    name="feed",
    title="Atom or RSS",
    reads="open incidents and maintenance by the words of their newest entries; never worse than degraded",
    converse=converse,
    clues=Clues(marks=(b"<rss", b"<feed", b"<rdf:rdf"), rank=900),
)
