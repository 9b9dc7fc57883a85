"""When a vendor's maintenance windows are open: rules and zones become moments here, which is all that others see of them.

A rule is followed on the clock of the window's zone, as RFC 5545 has it (sections 3.3.5 and 3.8.5.3): an opening stays at
its time of day when the clocks change. One at a time that the clocks skip is taken by the offset before the gap: 02:30 then
opens at 03:30. One at a time that comes twice opens at the first of the two. How long a window lasts is time that passes
(section 3.3.6: hours are exact): from 01:00 for 2h it closes at 04:00 in the night that has no 02:00.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

from checks.vendor.window import Window
from monitor.recurring import times

_SLACK = timedelta(days=1)
"""By how much openings may come in another order in UTC than on the wall: no zone ever skipped more than a day."""
_NO_ZONES = frozenset({"Factory", "localtime"})
"""What some systems keep beside the zones: whatever this machine is set to."""
_SAMPLE = timedelta(days=400)
"""How much of a rule is looked at before it is believed."""


@dataclass(frozen=True, slots=True)
class Span:
    """One opening of a window: from *begins* until just before *ends*, both aware and in UTC."""

    begins: datetime
    ends: datetime
    why: str = ""


def open_at(windows: Iterable[Window], at: datetime) -> Span | None:
    """The opening of one of *windows* that *at*, an aware time, is in: of several the one that ends last."""
    found = (span for window in windows for span in _around(window, at) if span.begins <= at < span.ends)
    return max(found, key=lambda span: span.ends, default=None)


def next_opening(windows: Iterable[Window], at: datetime) -> Span | None:
    """The first opening of one of *windows* that begins later than *at*, an aware time."""
    found = (span for window in windows for span in _around(window, at) if span.begins > at)
    return min(found, key=lambda span: span.begins, default=None)


class Timetable:
    """The windows of one vendor, for somebody who asks often: what holds until the next change is worked out once."""

    def __init__(self, windows: Iterable[Window]) -> None:
        self._windows = tuple(windows)
        self._open: Span | None = None
        self._since: datetime | None = None
        self._until: datetime | None = None

    def at(self, at: datetime) -> tuple[Span | None, datetime | None]:
        """The opening that *at*, an aware time, is in, and when that may be another: None where never."""
        is_known = self._since and self._since <= at and (self._until is None or at < self._until)
        if self._windows and not is_known:
            self._work_out(at)
        return self._open, self._until

    def _work_out(self, at: datetime) -> None:
        self._open, following = open_at(self._windows, at), next_opening(self._windows, at)
        changes = [self._open.ends] if self._open else []
        changes += [following.begins] if following else []
        self._since, self._until = at, min(changes, default=None)


def faults(window: Window) -> Iterator[tuple[str, str]]:
    """What is wrong with *window* beyond its shape: the field, and a sentence with the cure."""
    if _zone(window.zone) is None:
        yield "zone", _no_zone(window.zone)
    elif window.repeats:
        horizon = window.start + _SAMPLE
        yield from _rule_faults(window, [wall for wall, _ in takewhile(lambda pair: pair[0] < horizon, _openings(window))])


def _rule_faults(window: Window, walls: list[datetime]) -> Iterator[tuple[str, str]]:
    first = walls[0] if walls else next((wall for wall, _ in _openings(window)), None)
    if first is None:
        yield "repeats", "no time is ever like that: look at the days and hours it names, and at UNTIL"
    elif first != window.start:
        yield "start", f"is no time of the rule, whose first is {first:%Y-%m-%dT%H:%M}: begin with that, or change repeats:"
    distances = [(later - earlier).total_seconds() for earlier, later in pairwise(walls)]
    shortest, longest = min(distances, default=window.lasts), max(distances, default=0)
    if shortest < window.lasts:
        again = timedelta(seconds=shortest)
        yield "lasts", f"is longer than the {_length(again)} until it opens again: make it shorter, or repeat it less often"
    elif 0 < longest <= window.lasts and _goes_on(window, walls):
        yield "lasts", "leaves no time between one opening and the next: it would be open for ever"


def _goes_on(window: Window, walls: list[datetime]) -> bool:
    return any(True for _ in islice(_openings(window), len(walls), len(walls) + 1))


def _length(length: timedelta) -> str:
    """*length* for a sentence, in days where it is whole ones, else in hours."""
    hours = length.total_seconds() / 3600
    return f"{length.days}d" if not length % timedelta(days=1) else f"{hours:.4g}h"


@cache
def _zones() -> dict[str, str]:
    """The names of all zones there are, by what somebody may write for them."""
    return {name.lower(): name for name in sorted(zoneinfo.available_timezones() - _NO_ZONES)}


def _no_zone(name: str) -> str:
    """That there is no zone *name*, and which may be meant: some write its city only."""
    word = name.strip().lower().replace(" ", "_")
    cities = [zone for zone in _zones() if zone.rpartition("/")[2] == word]
    near = cities or get_close_matches(word[:64], _zones(), n=1, cutoff=0.7)
    hint = f"did you mean {_zones()[near[0]]}?" if near else "they have names like Europe/Berlin"
    return f"there is no time zone of that name ({hint})"


@cache
def _zone(name: str) -> ZoneInfo | None:
    """The zone *name*, or None where the database has none of that name; files beside its zones are none."""
    return ZoneInfo(name) if name == "UTC" or _zones().get(name.lower()) == name else None


def _around(window: Window, at: datetime) -> Iterator[Span]:
    """The openings of *window* that may be open *at* a time, and at least one that begins later, if there is one."""
    lasts = timedelta(seconds=window.lasts)
    for _, begins in _openings(window, at - lasts - _SLACK):
        yield Span(begins, begins + lasts, window.why)
        if begins > at + _SLACK:
            return


def _openings(window: Window, since: datetime | None = None) -> Iterator[tuple[datetime, datetime]]:
    """When *window* opens: on the clock of its zone, naive and in order, and in UTC. From *since* or a little earlier."""
    zone, rule, start = ZoneInfo(window.zone), window.repeats, _plain(window.start)
    walls = times(rule, start, _plain(since.astimezone(zone)) if since else start) if rule else iter([start])
    for wall in walls:
        begins = wall.replace(tzinfo=zone).astimezone(UTC)
        if rule and rule.until and (begins if rule.until.tzinfo else wall) > rule.until:
            return
        yield wall, begins


def _plain(moment: datetime) -> datetime:
    return datetime.combine(moment.date(), moment.time())
