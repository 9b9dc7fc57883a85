"""What was put down last of the past: the newest states of each series, and since when we can see. Says what comes next.

Lives on the event loop, and neither stores nor asks anybody.

- We can see from the start on, until the daemon stops, stands still or sleeps, until the clock is set, or our own network is
  lost; and anew when that is over. What is not written yet of it when the daemon is killed counts as not seen.
- A state begins when the look that brought it says so, which may be a while ago, but never before we could see, nor before
  the series was watched. A vendor's state gives way to a worse one that turns out to be older, for a vendor is as bad as its
  worst target; to a milder one it does not, and what was excused by work stays excused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from checks.model import State
from monitor.clock import Clock, Leaps
from monitor.history import Presence, Stretch

WRITTEN_EVERY_SECONDS = 15.0
"""How often it is put down that we still see, and with each change of a state: what comes later is unknown after a kill."""
AWAY_SECONDS = 30.0
"""When the loop went round so long ago nobody watched."""
_REMEMBERED = 8
"""So many states of a series can give way to one that turns out to be older."""


class Ledger:
    """See the module. `restore` and `begin` come first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._leaps = Leaps(clock)
        self._beat_at = clock.monotonic()
        self._written_at = self._beat_at
        self._floor = clock.now()
        self._presence: Presence | None = None
        self._left_at: datetime | None = None
        self._past: dict[str, list[Stretch]] = {}
        self._born: dict[str, datetime] = {}

    def restore(self, living: Mapping[str, State], newest: Presence | None) -> None:
        """Take up what the store knows: the state of each series that was watched, and when we could see last."""
        at = self._clock.now()
        self._past = {series: [Stretch(series, at, state)] for series, state in living.items()}
        self._left_at = min(newest.until, at) if newest else None

    def begin(self) -> Presence:
        """That we can see from now on."""
        now = self._floor = self._clock.now()
        self._presence = Presence(now, now)
        self._written_at = self._clock.monotonic()
        self._past = {series: [Stretch(series, now, past[-1].state)] for series, past in self._past.items()}
        self._born.clear()
        return self._presence

    def beat(self, *, is_lost: bool | None, lost_since: datetime | None) -> Iterator[Presence]:
        """What is to be put down, now that the loop has gone round again, of how long we can see.

        *is_lost* and *lost_since* are of our own network; None is that nobody can tell yet.
        """
        if self._was_away():
            yield from self._written()
            yield self.begin()
        elif is_lost:
            yield from self._lost(lost_since)
        elif is_lost is False and self._presence is None:
            yield self.begin()
        elif is_lost is False:
            self._grow()
            if self._clock.monotonic() - self._written_at >= WRITTEN_EVERY_SECONDS:
                yield from self._written()

    def witness(self) -> Iterator[Presence]:
        """That we see at this moment, in which something changed or the daemon ends."""
        if self._was_away():
            yield from self._written()
            yield self.begin()
        else:
            self._grow()
            yield from self._written()

    def _was_away(self) -> bool:
        """Whether nobody watched since this was last asked, or the clock jumped."""
        monotonic = self._clock.monotonic()
        away, self._beat_at = monotonic - self._beat_at > AWAY_SECONDS, monotonic
        return bool(self._leaps.newest()) or away

    def _grow(self) -> None:
        if self._presence:
            # A clock that runs back by less than a jump is waited for.
            self._presence = Presence(self._presence.since, max(self._presence.until, self._clock.now()))

    def _lost(self, since: datetime | None) -> Iterator[Presence]:
        if known := self._presence:
            yield Presence(known.since, max(known.since, since or known.until))
        self._presence = None

    def _written(self) -> Iterator[Presence]:
        self._written_at = self._clock.monotonic()
        if self._presence:
            yield self._presence

    def adopt(self, targets: Mapping[str, State], vendors: Collection[str]) -> Iterator[Stretch]:
        """What begins and ends with a catalogue that has exactly these *targets*, in these states, and these *vendors*."""
        now = self._clock.now()
        gone = [series for series in self._past if series not in targets and series not in vendors]
        for series in gone:
            del self._past[series]
            yield Stretch(series, self._left_at or now, None)
        self._left_at = None
        for series, state in targets.items():
            if series not in self._past:
                yield self._noted(series, now, state)

    def moved(self, series: str, state: State, since: datetime) -> Iterator[Stretch]:
        """What is to be put down of a *series* that is in a *state* now, and was *since* then; nothing where it was."""
        past = self._past.get(series)
        if not past:
            yield self._noted(series, self._clock.now(), state)
        elif past[-1].state is not state:
            yield self._noted(series, self._began(past, state, since), state)

    def _noted(self, series: str, since: datetime, state: State) -> Stretch:
        stretch = Stretch(series, since, state)
        if series not in self._past:
            self._born[series] = since
        self._past[series] = [*self._past.get(series, ()), stretch][-_REMEMBERED:]
        return stretch

    def _began(self, past: list[Stretch], state: State, since: datetime) -> datetime:
        """When a *state* began; takes from the *past* what gives way to it."""
        now = self._clock.now()
        if state is State.MAINTENANCE or (past[-1].state is State.MAINTENANCE and state is not State.UP):
            return now
        born = self._born.get(past[-1].series, self._floor)
        since = min(max(since, self._floor, born), now)
        gave_way = None
        while past and past[-1].since >= since and _gives_way(past[-1].state, state):
            gave_way = past.pop()
        if gave_way:
            is_free = past and past[-1].since < since
            return since if is_free else max(since, gave_way.since)
        return since if past[-1].since <= since else now


def _gives_way(before: State | None, after: State) -> bool:
    """Whether a series that was told to be in one state was in the other, if that began earlier."""
    return before not in {State.MAINTENANCE, after} and State.worst([before or State.UP, after]) is after
