"""An event loop that begins in the past: its time passes as fast as nothing happens until it has caught up with the wall.

What sleeps in the past is woken at once, in order; from then on the loop waits as any other does. So a daemon's parts can
live through a month in seconds, and go on watching afterwards.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from datetime import UTC, datetime, timedelta

from monitor.clock import Clock


class _CatchingUp(selectors.DefaultSelector):
    """Waits only for what is still to come, and has the time that goes with it: seconds since its beginning."""

    def __init__(self, seconds_ago: float) -> None:
        super().__init__()
        self._began = time.monotonic() - seconds_ago
        self._passed = 0.0
        self.is_live = False

    @property
    def time(self) -> float:
        """Now: what was waited for in the past, later what the system says."""
        return self._elapsed() if self.is_live else self._passed

    def _elapsed(self) -> float:
        return time.monotonic() - self._began

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready; in the past that is asked without waiting."""
        if self.is_live:
            return super().select(timeout)
        if timeout is None:
            msg = "nothing will ever happen: somebody waits for what nobody does"
            raise RuntimeError(msg)
        self._passed += max(timeout, 0.0)
        self.is_live = self._passed >= self._elapsed()
        return super().select(max(self._passed - self._elapsed(), 0.0) if self.is_live else 0)


class CatchingUpLoop(asyncio.SelectorEventLoop):
    """The loop. Its time begins at 0, which was so many *seconds_ago*."""

    def __init__(self, seconds_ago: float) -> None:
        self._selector_of_time = _CatchingUp(seconds_ago)
        super().__init__(self._selector_of_time)
        self._zero = datetime.now(UTC) - timedelta(seconds=seconds_ago)

    def time(self) -> float:
        """Seconds since the beginning."""
        return self._selector_of_time.time

    @property
    def clock(self) -> Clock:
        """The time of this loop as a clock."""
        return Clock(now=lambda: self._zero + timedelta(seconds=self.time()), monotonic=self.time)
