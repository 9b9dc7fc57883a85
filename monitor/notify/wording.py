"""What is said to people: a line that says who is down, since when and what they claim, and a paragraph for each alert.

Pure. The sentences come with the alerts, as their annotations ``summary`` and ``description``, and have a vendor's words in
them: here each becomes one line of bounded length.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate, chain

from checks.foreign import one_line
from checks.wording import moment, span
from monitor.alert import Alert, Urgency
from monitor.outbox import Message

LATE = timedelta(minutes=5)
"""How long after it was known something may be told without a word on that."""
MOST_TOLD = 20
"""How many alerts are told one by one in a text for people."""
_SUMMARY, _DESCRIPTION = 200, 400
_NAMED = 3
_URGENCIES = tuple(urgency.value for urgency in Urgency)
_LINKS = {"runbook_url": "Runbook", "dashboard_url": "Dashboard"}


def newest(messages: Iterable[Message]) -> tuple[Message, ...]:
    """The last of *messages* of each alert, what goes on first.

    Nobody is told that something began which has ended since: what has ended says itself when it began.
    """
    last: dict[str, Message] = {}
    for message in messages:
        last.pop(message.alert.fingerprint, None)
        last[message.alert.fingerprint] = message
    return tuple(sorted(last.values(), key=lambda message: not message.alert.is_open))


def status(messages: Iterable[Message]) -> str:
    """``firing`` while any of *messages* is of something that goes on, else ``resolved``."""
    return "firing" if any(message.alert.is_open for message in messages) else "resolved"


def urgency(messages: Iterable[Message]) -> str:
    """The most urgent severity in *messages*."""
    return min((message.alert.labels["severity"] for message in messages), key=_rank)


def headline(messages: Sequence[Message], limit: int = 250) -> str:
    """The one line that is read at 3 a.m.; *messages* as `newest` made them."""
    going_on = [message for message in messages if message.alert.is_open]
    tag = urgency(going_on) if going_on else "resolved"
    first = messages[0].alert
    if len(messages) == 1:
        return one_line(f"[{tag}] {summary(first)}, {_when(first)}", limit)
    told = "; ".join(summary(message.alert) for message in messages[:_NAMED])
    more = f"; and {len(messages) - _NAMED} more" if len(messages) > _NAMED else ""
    return one_line(f"[{tag}] {counted(messages)}: {told}", limit - len(more)) + more


def counted(messages: Sequence[Message]) -> str:
    """How many of *messages* are of what goes on, and how many of what is over."""
    over = sum(not message.alert.is_open for message in messages)
    going_on = len(messages) - over
    return ", ".join(f"{count} {word}" for count, word in ((going_on, "firing"), (over, "resolved")) if count)


def summary(alert: Alert) -> str:
    """What is the matter, in one line."""
    return one_line(alert.annotations.get("summary") or _called(alert), _SUMMARY).rstrip(".")


def description(alert: Alert) -> str:
    """More of it, in one line; empty where there is no more."""
    return one_line(alert.annotations.get("description", ""), _DESCRIPTION)


def circumstances(message: Message, at: datetime) -> str:
    """Since when, and how late that is told: it is *at* that time now."""
    late = at - message.at
    told = f" (told {span(late)} late)" if late > LATE else ""
    return f"{_when(message.alert)}{told}"


def links(alert: Alert) -> Iterator[tuple[str, str]]:
    """Where to go from here: a word and an address each."""
    for name, word in _LINKS.items():
        url = alert.annotations.get(name, "")
        if url.startswith(("https://", "http://")) and url.isprintable() and not set(url) & set(" <>|\"'"):
            yield word, url


def paragraph(message: Message, at: datetime) -> Sequence[str]:
    """All of one alert for people, in lines."""
    alert = message.alert
    tag = alert.labels["severity"] if alert.is_open else "resolved"
    lines = [f"[{tag}] {summary(alert)}", circumstances(message, at), description(alert), _called(alert)]
    return [line for line in chain(lines, (f"{word}: {url}" for word, url in links(alert))) if line]


def body(messages: Sequence[Message], at: datetime, limit: int | None = None) -> str:
    """All of *messages* for people; of very many, or of more than *limit* characters, the first, and how many more."""
    parts = [paragraph(message, at) for message in messages[:MOST_TOLD]]
    return fitted(parts, len(messages), "\n\n", "And {} more.", limit)


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


def _when(alert: Alert) -> str:
    if alert.ends_at is None:
        return f"since {moment(alert.starts_at)}"
    lasted = span(max(alert.ends_at - alert.starts_at, timedelta()))
    return f"over since {moment(alert.ends_at)}, after {lasted}"


def _called(alert: Alert) -> str:
    """The alert as those call it who look for it: its name, and what it is about."""
    about = [alert.labels[name] for name in ("vendor", "check", "target", "kind") if name in alert.labels]
    team = f"for {alert.labels['team']}" if "team" in alert.labels else ""
    return one_line(" ".join(filter(None, (alert.name, "/".join(about), team))), _SUMMARY)


def _rank(severity: str) -> int:
    return _URGENCIES.index(severity) if severity in _URGENCIES else len(_URGENCIES)
