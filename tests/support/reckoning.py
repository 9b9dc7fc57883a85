"""What was told, held against what happened: news by news, by the alerts and the outbox of a store and what a receiver got.

Pure. A piece of news is that one alert began or ended, for one channel. Of several about one alert that are sent together
only the newest is told, so news may be *folded* into a later one of the same message, and into that alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

from tests.support.receiver import Message

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Happened:
    """An alert as the store has it: it began at *starts_at*, and goes on or not."""

    fingerprint: str
    starts_at: str
    goes_on: bool


@dataclass(frozen=True, slots=True)
class News:
    """That the alert *fingerprint* which began at *starts_at* has the *status* firing or resolved, for *channel*."""

    channel: str
    fingerprint: str
    starts_at: str
    status: str

    @property
    def about(self) -> tuple[str, str]:
        """Who is told of what."""
        return self.channel, self.fingerprint


@dataclass(frozen=True, slots=True)
class Put:
    """News as the outbox has it, and the *batch* that it was sent in, None before."""

    news: News
    batch: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """How much news was *owed*, what is wrong with what was told of it, and two things that are not.

    *lost* was never taken by the receiver. *doubled* came under two ids. *contradictory* ids came with two contents.
    *made_up* is in no store. *disordered* came after what followed it, or told an end without its beginning. *misled* is
    what the receiver still believes to go on and does not. *stuck* goes on by the store.

    *redelivered* ids were taken more than once: the sender died before it could note the answer, and nobody can know then;
    the id is there for that. *folded* was told as part of what came later.
    """

    owed: int
    lost: Collection[News]
    doubled: Collection[News]
    contradictory: Collection[str]
    made_up: Collection[News]
    disordered: Collection[News]
    misled: Collection[tuple[str, str]]
    stuck: Collection[Happened]
    redelivered: Collection[str]
    folded: Collection[News]

    @property
    def wrongs(self) -> dict[str, Collection[object]]:
        """What should be empty where all has ended."""
        names = [field.name for field in fields(self)]
        return {name: getattr(self, name) for name in names if name not in {"owed", "redelivered", "folded"}}


def reckon(
    alerts: Collection[Happened], channels: Iterable[str], outbox: Sequence[Put], came: Sequence[Message]
) -> Reckoning:
    """Hold what *came* to the receiver of *channels* against *alerts* and *outbox*; both in their order."""
    deserved = {news for channel in channels for alert in alerts for news in _deserved(alert, channel)}
    told = {message.id: _told(message) for message in came}
    times_taken = Counter(message.id for message in came if message.taken)
    known = {news for batch in times_taken for news in told[batch]}
    folded = {put.news for put in outbox if put.batch in times_taken and _is_folded(put, told)} - known
    ids = Counter(news for each in told.values() for news in each)
    contents = Counter(batch for batch, _ in {(message.id, message.body) for message in came})
    goes_on = {alert.fingerprint for alert in alerts if alert.goes_on}
    return Reckoning(
        owed=len(deserved),
        lost=deserved - known - folded,
        doubled=_repeated(ids),
        contradictory=_repeated(contents),
        made_up=ids.keys() - deserved,
        disordered=list(_disordered(outbox, told, folded)),
        misled=[about for about in _believed(came) if about[1] not in goes_on],
        stuck=[alert for alert in alerts if alert.goes_on],
        redelivered=_repeated(times_taken),
        folded=folded,
    )


def _deserved(alert: Happened, channel: str) -> Iterator[News]:
    for status in ("firing",) if alert.goes_on else ("firing", "resolved"):
        yield News(channel, alert.fingerprint, alert.starts_at, status)


def _told(message: Message) -> list[News]:
    said = message.content
    return [News(said["receiver"], each["fingerprint"], each["startsAt"], each["status"]) for each in said["alerts"]]


def _repeated(times: Mapping[T, int]) -> list[T]:
    return [each for each, count in times.items() if count > 1]


def _is_folded(put: Put, told: Mapping[str, Iterable[News]]) -> bool:
    """Whether the message that *put* was to be sent in told something else of the same alert instead."""
    return any(each.about == put.news.about and each != put.news for each in told.get(put.batch or "", ()))


def _disordered(outbox: Sequence[Put], told: Mapping[str, Sequence[News]], folded: Collection[News]) -> Iterator[News]:
    """What came after something that the outbox has behind it, and ends whose beginnings were neither told nor folded.

    Only when each first came counts: that is the order of *told*.
    """
    places = {put.news: place for place, put in enumerate(outbox)}
    last: dict[tuple[str, str], int] = {}
    heard = set(folded)
    for news in (news for each in told.values() for news in each if news in places):
        place = places[news]
        began = News(*news.about, news.starts_at, "firing")
        if place < last.get(news.about, -1) or (news.status == "resolved" and began not in heard):
            yield news
        last[news.about] = max(place, last.get(news.about, place))
        heard.add(news)


def _believed(came: Iterable[Message]) -> list[tuple[str, str]]:
    """What somebody believes to go on who took what *came*, each time it did, and knows no ids."""
    newest = {news.about: news.status for message in came if message.taken for news in _told(message)}
    return [about for about, status in newest.items() if status == "firing"]
