"""Looking again before the schedule does: at most one such look is to come for each target.

- A change that is not confirmed yet is looked at again within seconds.
- What is down, or degraded by failures that come and go, is looked at again after a sixtieth of its interval, but at least
  `MINUTE` and at most `QUARTER` after the last look. A check that is made once an hour or once a week meets the end of an
  outage as soon as one that is made every minute; and the interval says how much a look asks of the vendor: a handshake a
  minute is polite, a thorough scan a minute is not.
- What could not be seen for reasons of our own is looked at again after `BLIND_SHARE` of `monitor.settings.Canaries.grace`:
  as soon as one look gets through it is over, and that is before the grace is, after which it would be told that a vendor
  is not seen.
- What is unknown because it was not looked at since the start is left to the schedule for `MINUTE`. Within it comes the
  first look at all but what is looked at seldom and was known before (see `monitor.schedule.Rhythm.within`).

Never sooner than the schedule looks, and not at what only tells its vendor's word: the page is somebody else's, and failing
makes it unknown at worst. Each target's own share of `SPREAD` keeps those that went down together apart from each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from checks.model import State
from monitor.schedule import spread
from monitor.snapshot import Entry
from monitor.state import verdict

MINUTE = 60.0
QUARTER = 900.0
BLIND_SHARE = 0.75
"""With the whole of `SPREAD` on top still less than the grace."""
BLIND_LEAST = 5.0
"""Seconds: what is blind under a very short grace, or none, is still not looked at without a pause."""
SPREAD = 0.2
"""By up to this share a look comes later."""


class SecondLooks:
    """Calls *due* with a target's key when its second look is due; it says whether one began. Lives on the event loop."""

    def __init__(self, due: Callable[[str], bool]) -> None:
        self._due = due
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._under_way: set[str] = set()
        self._after = 0.0
        self._after_blind = BLIND_LEAST

    def adopt(self, entries: Collection[Entry], after: float, grace: float) -> None:
        """Look again at *entries* and no others, in *after* seconds at what is not confirmed.

        *grace* is for how many seconds nobody is told that a vendor cannot be seen.
        """
        self._after, self._after_blind = after, max(grace * BLIND_SHARE, BLIND_LEAST)
        keys = {entry.target.key for entry in entries}
        self._under_way &= keys
        for key in self._timers.keys() - keys:
            self._timers.pop(key).cancel()
        for entry in entries:
            if entry.target.key not in self._timers:
                self.consider(entry)

    def consider(self, entry: Entry) -> None:
        """A look has ended: plan the next one, if it is to come before its time."""
        key = entry.target.key
        self._under_way.discard(key)
        if timer := self._timers.pop(key, None):
            timer.cancel()
        if (seconds := self._seconds(entry)) is not None:
            self._timers[key] = asyncio.get_running_loop().call_later(seconds, self._fire, key)

    def stands_in(self, key: str) -> bool:
        """Whether a second look under way takes the place of the run that is due now: of one run, not of the next too."""
        is_under_way = key in self._under_way
        self._under_way.discard(key)
        return is_under_way

    def _seconds(self, entry: Entry) -> float | None:
        """How soon to look again, None to leave it to the schedule."""
        every = entry.target.every
        if entry.check.reads_claim:
            return None
        if entry.held.is_pending:
            return min(self._after, every)
        if _is_unseen(entry):
            seconds = MINUTE
        elif _was_blind(entry):
            seconds = self._after_blind
        elif _is_failing(entry):
            seconds = min(max(every / 60, MINUTE), QUARTER)
        else:
            return None
        seconds *= 1 + SPREAD * spread(entry.target.together or entry.target.key)
        return seconds if seconds < every else None

    def _fire(self, key: str) -> None:
        self._timers.pop(key, None)
        if self._due(key):
            self._under_way.add(key)


def _is_unseen(entry: Entry) -> bool:
    """Whether nothing is known, and it was not looked at either."""
    return entry.latest is None and entry.held.state is State.UNKNOWN


def _was_blind(entry: Entry) -> bool:
    """Whether the newest look saw nothing for reasons of our own."""
    if entry.latest is None or entry.held.state is State.UP:
        return False
    return verdict(entry.latest, reads_claim=False, sight=entry.sight).blind


def _is_failing(entry: Entry) -> bool:
    """Whether what is shown can be over with the next look."""
    held = entry.held
    is_restless = held.flapping or held.intermittent
    return held.state is State.DOWN or (held.state is State.DEGRADED and (held.transient or is_restless))
