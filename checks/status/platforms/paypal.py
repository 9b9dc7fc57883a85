"""PayPal and Braintree, by the Atom feed of www.paypal-status.com. The page itself is drawn by a script and sends HTML only.

An entry is an incident or a piece of work, rewritten as it goes on: what stands before the first colon of its title says how
far it has come. Nobody documents these words; ``Resolved``, ``Initial Notification``, ``Postponed`` and ``Rescheduled`` were
met in 2026. Where there is none that is known, title and text are read as in any feed (`checks.status.prose`), and a recent
entry that says nothing leaves it unknown how things are; so does an open one that nobody has touched for longer. How bad
something is the feed does not say: nothing here is worse than degraded. It always holds the last few incidents, so that one
without entries is not it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from checks.foreign import one_line
from checks.model import Reason, Unseen
from checks.network import Answer, Request
from checks.status.entries import Entry, Feed, read_feed, read_time
from checks.status.labels import Phase
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.prose import is_alarming, read_phase
from checks.status.reading import answered_at, read_body
from checks.status.report import Impact, Incident, Maintenance, Progress, Report

_FEED = "https://www.paypal-status.com/feed/atom"
_FEED_PATHS = ("/feed/atom", "/feed/rss")
_STORY_LIMIT = 100
_RECENT = timedelta(days=7)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

_OF_WORK = frozenset({Phase.PLANNED, Phase.UNDERWAY})
_GOES_ON = frozenset({Phase.OPEN, Phase.UNDERWAY})
_PHASES = {
    "resolved": Phase.DONE,
    "completed": Phase.DONE,
    "cancelled": Phase.DONE,
    "canceled": Phase.DONE,
    "initial notification": Phase.OPEN,
    "update": Phase.OPEN,
    "postponed": Phase.PLANNED,
    "rescheduled": Phase.PLANNED,
}


def converse(page: Page) -> Conversation:
    """Read the feed: PayPal's, or the one that the address is of itself."""
    url = page.url.partition("?")[0]
    url = url if url.endswith(_FEED_PATHS) else _FEED
    answer = yield Request(url=url)
    feed = read_feed(read_body(answer, url), one_line(answer.url, 160))
    if not feed.entries:
        raise Unseen(Reason.PARSE, f"{one_line(answer.url, 160)} is a feed without entries, which PayPal's never is")
    return _report(feed, answer)


def _report(feed: Feed, answer: Answer) -> Report:
    stories = _newest(feed.entries)
    now = answered_at(answer) or stories[0].at
    phases = [(entry, _phase_by(entry, now)) for entry in stories[:_STORY_LIMIT]]
    return Report(
        page_id=one_line(feed.head.first("id") or feed.head.link or answer.url),
        page_name=one_line(feed.head.first("title")),
        url=one_line(answer.url),
        indicator=None,
        incidents=tuple(_incident(entry) for entry, phase in phases if phase is Phase.OPEN),
        maintenances=tuple(_work(entry, phase) for entry, phase in phases if phase in _OF_WORK),
        updated_at=stories[0].at,
        unclear=tuple(one_line(entry.first("title")) for entry, phase in phases if phase is Phase.UNCLEAR),
        cut=(f"the newest {_STORY_LIMIT} of {feed.count} entries",) if feed.count > _STORY_LIMIT else (),
    )


def _newest(entries: Iterable[Entry]) -> list[Entry]:
    """Each story once, the one last changed first."""
    found: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda entry: entry.at or _LONG_AGO, reverse=True):
        found.setdefault(_id(entry), entry)
    return list(found.values())


def _id(entry: Entry) -> str:
    return one_line(entry.first("id", "guid") or entry.link or entry.first("title"))


def _phase(entry: Entry) -> Phase:
    """How far a story has come by its words; work that is notified of is announced, until it says more."""
    title, body = entry.first("title"), entry.first("content", "description", "summary")
    label, _, about = title.partition(":")
    phase = _PHASES.get(label.strip().lower())
    if phase is None:
        return read_phase(title, body)
    if is_alarming(about):
        return Phase.UNCLEAR if phase is Phase.PLANNED else phase
    said = read_phase(about, body)
    return said if phase is Phase.OPEN and said in _OF_WORK else phase


def _phase_by(entry: Entry, now: datetime | None) -> Phase:
    """The phase of a story by *now*: what has long been left open is unclear, what has long been unclear is over."""
    phase = _phase(entry)
    if _is_recent(entry, now) or phase not in _GOES_ON | {Phase.UNCLEAR}:
        return phase
    return Phase.UNCLEAR if phase in _GOES_ON else Phase.DONE


def _is_recent(entry: Entry, now: datetime | None) -> bool:
    return entry.at is None or now is None or now - entry.at < _RECENT


def _incident(entry: Entry) -> Incident:
    return Incident(
        id=_id(entry),
        name=one_line(entry.first("title")),
        impact=Impact.MINOR,
        phase=Phase.OPEN.value,
        started_at=read_time(entry.first("published")) or entry.at,
        url=entry.link,
    )


def _work(entry: Entry, phase: Phase) -> Maintenance:
    return Maintenance(
        id=_id(entry),
        name=one_line(entry.first("title")),
        progress=Progress.ACTIVE if phase is Phase.UNDERWAY else Progress.PLANNED,
        url=entry.link,
    )


PLATFORM = Platform(
    name="paypal",
    title="PayPal",
    reads="open incidents and maintenance of its feed; never worse than degraded",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("paypal-status.com",)),
)
