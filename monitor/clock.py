"""Time, as a value that is handed around: nothing else in the program asks the system what time it is.

Wall-clock times are aware and in UTC and are for timestamps; monotonic seconds are for durations and deadlines.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """The two clocks: ``now()`` is aware and in UTC, ``monotonic()`` is seconds from no particular start."""

    now: Callable[[], datetime] = _utc_now
    monotonic: Callable[[], float] = time.monotonic


SYSTEM_CLOCK = Clock()

JUMP_SECONDS = 2.0
"""How far the two clocks may go apart from one look at them to the next: a clock that is slewed stays below, one that is set
does not."""


class Leaps:
    """Notices when the wall clock leaves the other: it was set, or the machine slept, where that stands still (Linux)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = (clock.now(), clock.monotonic())

    def newest(self) -> float:
        """By how many seconds the wall clock has jumped since this was last asked, forward or back; 0.0 if it has not."""
        wall, monotonic = self._clock.now(), self._clock.monotonic()
        gap = (wall - self._last[0]).total_seconds() - (monotonic - self._last[1])
        self._last = (wall, monotonic)
        return gap if abs(gap) > JUMP_SECONDS else 0.0
