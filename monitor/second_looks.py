"""Looking again before the schedule does: at most one such look is to come for each target.

- A change that is not confirmed yet is looked at again within seconds.
- What is down, or degraded by failures that come and go, is looked at again after a sixtieth of its interval, but at least
  `MINUTE` and at most `QUARTER` after the last look. A check that is made once an hour or once a week meets the end of an
  outage as soon as one that is made every minute; and the interval says how much a look asks of the vendor: a handshake a
  minute is polite, a thorough scan a minute is not.
- What could not be seen for reasons of our own is looked at again after `BLIND_SECONDS`: as soon as one look gets through it
  is over, and that is before `monitor.settings.Canaries.grace` is, after which it would be told that a vendor is not seen.

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
BLIND_SECONDS = 45.0
SPREAD = 0.2
"""By up to this share a look comes later."""


class SecondLooks:
    """Calls *due* with a target's key when its second look is due. Lives on the event loop."""

    def __init__(self, due: Callable[[str], None]) -> None:
        self._due = due
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._after = 0.0

    def adopt(self, entries: Collection[Entry], after: float) -> None:
        """Look again at *entries* and no others, in *after* seconds at what is not confirmed.

        What was down or unknown before a start waits no longer than what becomes so after it.
        """
        self._after = after
        for key in self._timers.keys() - {entry.target.key for entry in entries}:
            self._timers.pop(key).cancel()
        for entry in entries:
            if entry.target.key not in self._timers:
                self.consider(entry)

    def consider(self, entry: Entry) -> None:
        """A look has ended: plan the next one, if it is to come before its time."""
        key = entry.target.key
        if timer := self._timers.pop(key, None):
            timer.cancel()
        if (seconds := self._seconds(entry)) is not None:
            self._timers[key] = asyncio.get_running_loop().call_later(seconds, self._fire, key)

    def _seconds(self, entry: Entry) -> float | None:
        """How soon to look again, None to leave it to the schedule."""
        every = entry.target.every
        if entry.check.reads_claim:
            return None
        if entry.held.is_pending:
            return min(self._after, every)
        if _was_blind(entry):
            seconds = BLIND_SECONDS
        elif _is_failing(entry):
            seconds = min(max(every / 60, MINUTE), QUARTER)
        else:
            return None
        seconds *= 1 + SPREAD * spread(entry.target.together or entry.target.key)
        return seconds if seconds < every else None

    def _fire(self, key: str) -> None:
        self._timers.pop(key, None)
        self._due(key)


def _was_blind(entry: Entry) -> bool:
    """Whether the newest look saw nothing for reasons of our own; without one, whether nothing is known from before."""
    if entry.latest is None:
        return entry.held.state is State.UNKNOWN
    return entry.held.state is not State.UP and verdict(entry.latest, reads_claim=False, sight=entry.sight).blind


def _is_failing(entry: Entry) -> bool:
    """Whether what is shown can be over with the next look."""
    held = entry.held
    is_restless = held.flapping or held.intermittent
    return held.state is State.DOWN or (held.state is State.DEGRADED and (held.transient or is_restless))
