"""What is said to people: a line that says who is down, since when and what they claim, and a paragraph for each alert.

Pure. The sentences come with the alerts and have a vendor's words in them: here each becomes one line of bounded length.
What goes on is said by the annotations ``summary`` and ``description``, in the present; what has ended by ``over``, and what
it was stands behind that in quotation marks. One alert says its line once. All times are UTC.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate

from checks.foreign import one_line, quoted
from checks.wording import lasting, moment
from monitor.alert import Alert, Urgency
from monitor.outbox import Message

LATE = timedelta(minutes=5)
"""How long after it was known something may be told without a word on that."""
MOST_TOLD = 20
"""How many alerts are told one by one in a text for people."""
MOST_IN_FULL = 3
"""Up to so many alerts are told in full where room is short; of more the first, and of each other its line."""
_SUMMARY, _DESCRIPTION, _LINE = 200, 400, 300
_NAMED = 3
_LOOK = "vendorwatch check"
_URGENCIES = tuple(urgency.value for urgency in Urgency)
_LINKS = {"runbook_url": "Runbook", "dashboard_url": "Dashboard"}


def newest(messages: Iterable[Message]) -> tuple[Message, ...]:
    """The last of *messages* of each alert: what goes on first, and of that the most urgent.

    Nobody is told that something goes on which has ended since: what has ended says itself what it was, and for how long.
    """
    last: dict[str, Message] = {}
    for message in messages:
        last.pop(message.alert.fingerprint, None)
        last[message.alert.fingerprint] = message
    return tuple(sorted(last.values(), key=lambda each: (not each.alert.is_open, _rank(each.alert.labels["severity"]))))


def status(messages: Iterable[Message]) -> str:
    """``firing`` while any of *messages* is of something that goes on, else ``resolved``."""
    return "firing" if any(message.alert.is_open for message in messages) else "resolved"


def urgency(messages: Iterable[Message]) -> str:
    """The most urgent severity in *messages*."""
    return min((message.alert.labels["severity"] for message in messages), key=_rank)


def headline(messages: Sequence[Message], at: datetime, limit: int = 250) -> str:
    """The one line that is read at 3 a.m., *at* that time; *messages* as `newest` made them, *limit* 180 or more."""
    said = line(messages[0], at, limit) if len(messages) == 1 else _several([each.alert for each in messages], limit)
    return one_line(said, limit)


def _several(alerts: Sequence[Alert], limit: int) -> str:
    """What goes on, since the oldest of it began; then, in the past, what is over."""
    going_on, ended = [alert for alert in alerts if alert.is_open], [alert for alert in alerts if not alert.is_open]
    if not going_on:
        last = max(alert.ends_at for alert in ended if alert.ends_at)
        return _listed(f"[resolved] {len(ended)} alerts are over since {moment(last)}", map(over, ended), limit)
    ends = f". {_listed(f'{len(ended)} resolved', map(over, ended), limit // 4)}" if ended else ""
    since = moment(min(alert.starts_at for alert in going_on))
    begins = f"[{going_on[0].labels['severity']}] {len(going_on)} firing since {since}"
    return _listed(begins, map(summary, going_on), limit - len(ends)) + ends


def line(message: Message, at: datetime, limit: int = _LINE) -> str:
    """One alert in one line: what is the matter or what is over, since when, and how late that is told *at* a time."""
    alert, late = message.alert, at - message.at
    told = [f"told {lasting(late)} late"] if late > LATE else []
    if alert.ends_at is None:
        said, since = f"[{alert.labels['severity']}] {summary(alert)}", moment(alert.starts_at)
        known = [*([] if since in said else [f"since {since}"]), *told]
        tail = f" ({', '.join(known)})" if known else ""
    else:
        said, lasted = f"[resolved] {over(alert)}", max(alert.ends_at - alert.starts_at, timedelta())
        tail = ", ".join([f" since {moment(alert.ends_at)}", f"after {lasting(lasted)}", *told])
    return one_line(said, limit - len(tail)) + tail


def summary(alert: Alert) -> str:
    """What is the matter, in one line."""
    return one_line(alert.annotations.get("summary") or called(alert), _SUMMARY).rstrip(".")


def over(alert: Alert) -> str:
    """What is over, in one line."""
    return one_line(alert.annotations.get("over") or f"{called(alert)} is over", _SUMMARY).rstrip(".")


def called(alert: Alert) -> str:
    """The alert as those call it who look for it: its name, and what it is about."""
    about = "/".join(alert.labels[name] for name in ("vendor", "check", "target") if name in alert.labels)
    kind = f"({alert.labels['kind']})" if "kind" in alert.labels else ""
    return one_line(" ".join(filter(None, (alert.name, about and f"of {about}", kind))), _SUMMARY)


def named(messages: Sequence[Message]) -> str:
    """What *messages* tell of, in one line for a log: how many alerts go on or are over, and the first by their names."""
    ended = sum(not message.alert.is_open for message in messages)
    mark = " (over)" if ended < len(messages) else ""
    counts = ((len(messages) - ended, "firing"), (ended, "resolved"))
    start = ", ".join(f"{count} {word}" for count, word in counts if count)
    return _listed(start, (called(each.alert) + ("" if each.alert.is_open else mark) for each in messages), _LINE)


def details(message: Message) -> list[str]:
    """What there is to know of one alert beside its `line`: how we know, what the vendor says, what to do; its name."""
    alert = message.alert
    since, vendor = f"Since {moment(alert.starts_at)}", one_line(alert.labels.get("vendor", ""))
    if alert.is_open:
        said = one_line(alert.annotations.get("description", ""), _DESCRIPTION).removeprefix(f"{since}: ")
        do = f"To look now: {_LOOK} {vendor}" if vendor and _LOOK not in said else ""
    else:
        said = f"{since} it was: {quoted(summary(alert), _SUMMARY)}"
        do = f"What failed: vendorwatch outages {vendor}" if alert.name == "VendorDown" else ""
    whose = f", for {alert.labels['team']}" if "team" in alert.labels else ""
    return [each for each in (said, do, one_line(called(alert) + whose, _LINE)) if each]


def links(alert: Alert) -> Iterator[tuple[str, str]]:
    """Where to go from here while it goes on: a word and an address each."""
    for name, word in _LINKS.items() if alert.is_open else ():
        url = alert.annotations.get(name, "")
        if url.startswith(("https://", "http://")) and url.isprintable() and not set(url) & set(" <>|\"'"):
            yield word, url


def paragraph(message: Message, at: datetime) -> Sequence[str]:
    """All of one alert for people, in lines."""
    return [line(message, at), *details(message), *(f"{word}: {url}" for word, url in links(message.alert))]


def body(messages: Sequence[Message], at: datetime, limit: int | None = None) -> str:
    """All of *messages* for people; of very many, or of more than *limit* characters, the first, and how many more."""
    full = len(messages) if limit is None else in_full(messages)
    parts = (
        paragraph(message, at) if number < full else [line(message, at)]
        for number, message in enumerate(messages[:MOST_TOLD])
    )
    return fitted(parts, len(messages), "\n\n" if full == len(messages) else "\n", "And {} more.", limit)


def in_full(messages: Sequence[Message]) -> int:
    """How many of *messages* are told in full where room is short, so that more of them are told at all."""
    return len(messages) if len(messages) <= MOST_IN_FULL else 1


def fitted(parts: Iterable[Sequence[str]], count: int, gap: str, more: str, limit: int | None = None) -> str:
    """*parts*, each some lines, with a *gap* between them, as far as *limit* characters have room; then *more*.

    *more* has a place for how many of *count* are not told. Of the part that has no room its first lines are told that have.
    """
    told: list[str] = []
    left = math.inf if limit is None else limit - len(gap) - len(more.format(count))
    for lines in parts:
        space = left - (len(gap) if told else 0)
        sizes = accumulate(len(line) + bool(number) for number, line in enumerate(lines))
        kept = sum(size <= space for size in sizes)
        if kept:
            told.append("\n".join(lines[:kept]))
            left = space - len(told[-1])
        if kept < len(lines):
            break
    rest = [more.format(count - len(told))] if count > len(told) else []
    return gap.join([*told, *rest])


def _listed(start: str, sentences: Iterable[str], limit: int) -> str:
    """*start* and as many whole *sentences* as fit, at most three, of the first at least its beginning; how many more."""
    first, *others = sentences
    for count in range(min(len(others), _NAMED - 1), 0, -1):
        text = _joined(start, [first, *others[:count]], len(others) - count)
        if len(text) <= limit:
            return text
    room = limit - len(_joined(start, [""], len(others)))
    return _joined(start, [one_line(first, room)], len(others))


def _joined(start: str, said: Sequence[str], more: int) -> str:
    rest = [f"and {more} more"] if more else []
    return f"{start}: {'; '.join([*said, *rest])}"


def _rank(severity: str) -> int:
    return _URGENCIES.index(severity) if severity in _URGENCIES else len(_URGENCIES)
