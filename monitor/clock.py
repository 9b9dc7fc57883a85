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
