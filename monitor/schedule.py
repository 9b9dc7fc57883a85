"""When a target is due. APScheduler says when, and nothing else: its jobs hand a key on and return.

- The job store is in memory; a late run is never dropped (``misfire_grace_time=None``) and never doubled (``coalesce``).
- First runs are spread by a hash of the key: the same after each restart, and no herd. A long interval does not mean a
  long wait for the first look: it comes within `FIRST_LOOK_SECONDS`.
- Only this module knows APScheduler.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta

from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor.clock import Clock

FIRST_LOOK_SECONDS = 60.0
"""Every target is looked at once within this time of the start, however long its interval."""

TICK_SECONDS = 15.0
"""The longest the scheduler sleeps: nothing wakes it when a suspended machine comes back (APScheduler issue 794)."""


@dataclass(frozen=True, slots=True)
class Due:
    """A run that is due: *late* seconds after its time, with *skipped* runs before it that never happened."""

    key: str
    late: float
    skipped: int


def spread(key: str) -> float:
    """A number in [0, 1) that is always the same for *key*."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=7).digest()) / 2**56


class Schedule:
    """Calls *due* on the event loop whenever a target's time has come, from `start` to `stop`."""

    def __init__(self, due: Callable[[Due], None], clock: Clock) -> None:
        self._due = due
        self._clock = clock
        self._every: dict[str, float] = {}
        # The debug executor calls the job in place. The others would start a task or a thread for two lines of work.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            executors={"default": DebugExecutor()},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self, beat: Callable[[], None]) -> None:
        """Begin; *beat* is called at every tick, as a sign of life. An event loop must be running."""
        self._scheduler.add_job(beat, IntervalTrigger(seconds=TICK_SECONDS / 3, timezone=UTC))
        self._scheduler.start()

    def stop(self) -> None:
        """Nothing is due any more; what was handed on goes on."""
        self._scheduler.shutdown(wait=False)

    def replace(self, intervals: Mapping[str, float]) -> None:
        """Make *intervals* (seconds by key) all there is. What stays as it was keeps its rhythm."""
        for key in self._every.keys() - intervals.keys():
            self._scheduler.remove_job(key)
        for key, every in intervals.items():
            if self._every.get(key) != every:
                self._add(key, every)
        self._every = dict(intervals)

    def _add(self, key: str, every: float) -> None:
        first = self._clock.now() + timedelta(seconds=spread(key) * min(every, FIRST_LOOK_SECONDS))
        run = 0

        def fire() -> None:
            nonlocal run
            passed = (self._clock.now() - first).total_seconds()
            nth = max(math.floor(passed / every + 1e-6), 0)
            skipped, run = max(nth - run, 0), nth + 1
            self._due(Due(key, late=max(passed - nth * every, 0.0), skipped=skipped))

        trigger = IntervalTrigger(seconds=every, start_date=first, timezone=UTC)
        self._scheduler.add_job(fire, trigger, id=key, next_run_time=first, replace_existing=True)
