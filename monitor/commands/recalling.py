"""``looks``: what the stored looks at one target saw, so that whoever reads of an outage can see the probes behind it."""

from __future__ import annotations

import difflib
import json
import os
import sys
from argparse import Namespace
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NoReturn

from checks.foreign import LONGEST_SENTENCE, one_line, quoted
from checks.model import Severity
from checks.plain import Plain, plain
from checks.wording import lasting
from monitor import show
from monitor.commands.configuring import reading_of
from monitor.commands.ends import NO, OK, USAGE, complain
from monitor.commands.stored import stored
from monitor.review.details import Zone
from monitor.review.months import span_of
from monitor.review.wording import clock_to_second, exact
from monitor.review.zones import named, of_machine
from monitor.store.store import Past, Store

_MOST = 1_000
_FARTHEST = timedelta(days=1)
"""How much later than the time that is asked for a look may be that is shown with it."""
_NEAR = timedelta(hours=1)
"""Where the nearest look is farther from that time than this, that is said."""
_INSTANT = timedelta(microseconds=1)


def looks(flags: Namespace) -> int:
    """Show the looks at a target around a time, or the newest; the exit code is 1 where none is stored."""
    if not 1 <= flags.limit <= _MOST:
        _refuse(f"--limit: must be from 1 to {_MOST:,}")
    try:
        zone = named(flags.zone) if flags.zone else of_machine(os.environ)
        begins, ends = span_of("--at", flags.at, zone) if flags.at else (None, None)
    except ValueError as error:
        _refuse(error)
    with stored(reading_of(flags, "database").catalogue.settings.database) as store:
        known = store.states()
        if flags.target not in known:
            _refuse_unknown(flags.target, known)
        found = _asked_for(store, flags.target, begins, ends, flags.limit)
    if flags.format == "json":
        print(json.dumps({"version": 1, "target": flags.target, "looks": [_plain(each) for each in found]}))
    elif found:
        print(f"{flags.target}, times of {zone.name}")
        show.show_table(("AT", "TOOK", "SEVERITY", "WHAT"), [_row(each, zone) for each in found], show.console())
        if begins and begins == ends:
            _tell_distance(begins, found)
    else:
        complain(f"no look at {flags.target} is stored of that time: history: in monitor.yaml says how long they are kept")
    return OK if found else NO


def _asked_for(store: Store, key: str, begins: datetime | None, ends: datetime | None, limit: int) -> Sequence[Past]:
    """At most *limit* looks, the newest first: of all, of those around a moment, or of those in a day, month or year."""
    if begins is None or ends is None:
        return store.observations(key, limit)
    if begins == ends:
        return around(store, key, begins, limit)
    return [each for each in store.observations(key, limit, before=ends) if each.at >= begins]


def _tell_distance(at: datetime, found: Sequence[Past]) -> None:
    """Say how far the nearest look is from the time that was asked for, where that is far."""
    away = min((each.at - at for each in found), key=abs)
    if abs(away) > _NEAR:
        complain(f"the nearest look is {lasting(abs(away))} {'later' if away > timedelta() else 'earlier'} than that time")


def around(store: Store, key: str, at: datetime, limit: int) -> Sequence[Past]:
    """At most *limit* looks at a target, the newest first: half of them later than *at*, where there are as many."""
    half = limit // 2
    after = _later(store, key, at, limit)[-half:] if half else []
    return [*after, *store.observations(key, limit - len(after), before=at + _INSTANT)]


def _later(store: Store, key: str, at: datetime, limit: int) -> list[Past]:
    """The first looks after *at*, the newest first: *limit* at most, and half of that, or all that there are, at least.

    A store finds those before a time. So one is sought before which there are enough of them, and not too many.
    """
    enough: list[Past] = []
    none_before, all_before = timedelta(), _FARTHEST
    ahead = all_before
    while len(enough) < limit // 2 and all_before - none_before > _INSTANT:
        found = store.observations(key, limit, before=at + ahead)
        later = [each for each in found if each.at > at]
        if len(later) < limit:
            enough, none_before = later, ahead
        else:
            all_before = ahead
        if ahead == _FARTHEST and len(later) < limit:
            break
        ahead = (none_before + all_before) / 2
    return enough


def _row(past: Past, zone: Zone) -> tuple[str, ...]:
    return (clock_to_second(past.at, zone), f"{past.seconds:.3f} s", past.severity.value, _what(past))


def _what(past: Past) -> str:
    """The failure, else what was found wrong, else the first thing that was found."""
    if past.failure:
        return one_line(str(past.failure), LONGEST_SENTENCE)
    findings = [each for each in _list(past.findings) if isinstance(each, dict)]
    wrong = [each for each in findings if each.get("severity") != Severity.OK.value]
    return one_line("; ".join(str(each.get("message", "")) for each in wrong or findings[:1]), LONGEST_SENTENCE)


def _list(value: Plain) -> list[Plain]:
    return value if isinstance(value, list) else []


def _plain(past: Past) -> dict[str, Plain]:
    return {
        "at": exact(past.at),
        "seconds": past.seconds,
        "severity": past.severity.value,
        "failure": plain(past.failure),
        "findings": past.findings,
        "facts": past.facts,
    }


def _refuse_unknown(key: str, known: Iterable[str]) -> NoReturn:
    mine = sorted(each for each in known if each.startswith(f"{key}/"))
    near = mine[:5] or difflib.get_close_matches(key.lower(), sorted(known), n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(near)}?" if near else "a target is called like github/endpoint/api.github.com/zen"
    _refuse(f"no target is called {quoted(key)}; {hint}")


def _refuse(why: object) -> NoReturn:
    """Exit: the command was used wrongly."""
    complain(why)
    sys.exit(USAGE)
