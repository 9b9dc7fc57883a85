"""When a target is due. APScheduler says when, and nothing else: its jobs hand a key on and return.

- The job store is in memory; a late run is never dropped (``misfire_grace_time=None``) and never doubled (``coalesce``).
- First runs are spread by a hash of the key, or of what targets have together: the same after each restart, and no herd.
  A long interval does not mean a long wait for the first look: it comes within `FIRST_LOOK_SECONDS`. What is looked at
  once a day or less, and was before the start, waits up to `KNOWN_LOOK_SECONDS`: such looks ask a lot of the vendor, and a
  daemon that is restarted over and over must not make them over and over.
- What belongs together is due at the same moments, whenever it was added, and where the intervals differ as often as they
  allow: the first runs are counted from the start of the schedule, and are the same in every minute (half a minute for
  30 s). They are not counted from a common epoch: then all the world's daemons would ask a vendor in the same second.
- Only this module knows APScheduler.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor.clock import Clock, Leaps

FIRST_LOOK_SECONDS = 60.0
"""Every target is looked at once within this time of the start, however long its interval."""

KNOWN_LOOK_SECONDS = 3600.0
"""The same for what is looked at seldom and is known from before the start."""
_SELDOM_SECONDS = 86_400.0

TICK_SECONDS = 5.0
"""How often the two clocks are compared. Nothing else notices that the wall clock, by which jobs are due, was set back by an
hour, or that a suspended machine came back (APScheduler issue 794)."""


@dataclass(frozen=True, slots=True)
class Due:
    """A run that is due: *late* seconds after its time, with *skipped* runs before it that never happened."""

    key: str
    late: float
    skipped: int


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Every how many seconds a target is due, and the name of what it has *together* with others: by default, nothing.

    *is_known* says that it was looked at before the start.
    """

    every: float
    together: str = ""
    is_known: bool = field(default=False, compare=False)

    @property
    def within(self) -> float:
        """In how many seconds the first look comes."""
        is_patient = self.is_known and self.every >= _SELDOM_SECONDS
        return KNOWN_LOOK_SECONDS if is_patient else min(self.every, FIRST_LOOK_SECONDS)


def spread(key: str) -> float:
    """A number in [0, 1) that is always the same for *key*."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=7).digest()) / 2**56


def first_moment(key: str, rhythm: Rhythm, began: datetime, now: datetime) -> datetime:
    """The first moment after *now* at which the target *key* is due, in a schedule that *began* at its time."""
    period = rhythm.within
    phase = spread(rhythm.together or key) * max(period, FIRST_LOOK_SECONDS) % period
    turns = math.ceil(((now - began).total_seconds() - phase) / period)
    return began + timedelta(seconds=phase + max(turns, 0) * period)


class Schedule:
    """Calls *due* on the event loop whenever a target's time has come, from `start` to `stop`.

    *beat* is called at every tick, as a sign of life. *jumped* hears by how many seconds the wall clock jumped and how many
    runs fell into the gap; all targets are due anew from then on.
    """

    def __init__(
        self,
        due: Callable[[Due], None],
        clock: Clock,
        *,
        beat: Callable[[], None] = lambda: None,
        jumped: Callable[[float, int], None] = lambda _seconds, _runs: None,
    ) -> None:
        self._due, self._beat, self._jumped = due, beat, jumped
        self._clock = clock
        self._rhythms: dict[str, Rhythm] = {}
        self._began = clock.now()
        self._leaps = Leaps(clock)
        self._timer: asyncio.TimerHandle | None = None
        # The debug executor calls the job in place. The others would start a task or a thread for two lines of work.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            executors={"default": DebugExecutor()},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        """Begin. An event loop must be running."""
        self._scheduler.start()
        self._leaps = Leaps(self._clock)
        self._tick()

    def stop(self) -> None:
        """Nothing is due any more; what was handed on goes on."""
        if self._timer:
            self._timer.cancel()
        self._scheduler.shutdown(wait=False)

    def _tick(self) -> None:
        # First of all: what goes wrong in one tick must not end all others.
        self._timer = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)
        if gap := self._leaps.newest():
            self._begin_again(gap)
        self._beat()

    def _begin_again(self, gap: float) -> None:
        """Make all targets due anew, by the clock as it is now."""
        rhythms = {key: replace(rhythm, is_known=True) for key, rhythm in self._rhythms.items()}
        self.replace({})
        self._began = self._clock.now()
        self.replace(rhythms)
        self._jumped(gap, sum(int(max(gap, 0.0) / rhythm.every) for rhythm in rhythms.values()))

    def replace(self, rhythms: Mapping[str, Rhythm], anew: Collection[str] = ()) -> None:
        """Make *rhythms*, by key, all there is. What stays as it was keeps its rhythm, unless it begins *anew*."""
        for key in self._rhythms.keys() - rhythms.keys():
            self._scheduler.remove_job(key)
        for key, rhythm in rhythms.items():
            if self._rhythms.get(key) != rhythm or key in anew:
                self._add(key, rhythm.every, first_moment(key, rhythm, self._began, self._clock.now()))
        self._rhythms = dict(rhythms)

    def _add(self, key: str, every: float, first: datetime) -> None:
        run = 0

        def fire() -> None:
            nonlocal run
            passed = (self._clock.now() - first).total_seconds()
            nth = max(math.floor(passed / every + 1e-6), 0)
            skipped, run = max(nth - run, 0), nth + 1
            self._due(Due(key, late=max(passed - nth * every, 0.0), skipped=skipped))

        trigger = IntervalTrigger(seconds=every, start_date=first, timezone=UTC)
        self._scheduler.add_job(fire, trigger, id=key, next_run_time=first, replace_existing=True)
