"""What was put down last of the past: the newest states of each series, and since when we can see. Says what comes next.

Lives on the event loop, and neither stores nor asks anybody.

- We can see from the start on, until the daemon stops, stands still or sleeps, until the clock is set, or our own network is
  lost; and anew when that is over. What is not written yet of it when the daemon is killed counts as not seen.
- A clock that is set back takes back the time that it had not lived yet, up to `MOST_TAKEN_BACK`. One that is further behind
  is wrong, as is that of a machine that does not know the year when it starts: then nothing is put down until it is right.
- A state begins when the look that brought it says so, which may be a while ago, but never before we could see, nor before
  the series was watched. A vendor's state gives way to a worse one that turns out to be older, for a vendor is as bad as its
  worst target; to a milder one it does not, and what was excused by work stays excused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from checks.model import State
from monitor.clock import Clock, Leaps
from monitor.history import Presence, Stretch

WRITTEN_EVERY_SECONDS = 15.0
"""How often it is put down that we still see while nobody looks,"""
LOOKED_EVERY_SECONDS = 1.0
"""and while somebody does; each change of a state is put down with it. What comes later is unknown after a kill."""
AWAY_SECONDS = 30.0
"""When the loop went round so long ago nobody watched."""
MOST_TAKEN_BACK = timedelta(days=1)
"""How much of the time in which we could see a clock that is set back may say to be still to come: a wrong zone is less."""
RECENT = timedelta(days=60)
"""How far back the presences go that are to be known at the start."""
_COUNTED = 1_000
"""So many of them are kept in mind at most."""
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
        self._seen: list[Presence] = []
        self._left_at: datetime | None = None
        self._past: dict[str, list[Stretch]] = {}
        self._born: dict[str, datetime] = {}
        self._is_behind = False

    @property
    def is_behind(self) -> bool:
        """Whether nothing is put down, because the clock is too far behind what is known."""
        return self._is_behind

    @property
    def known_until(self) -> datetime | None:
        """Until when somebody is known to have seen; None where nobody has."""
        return self._seen[-1].until if self._seen else None

    def restore(self, living: Mapping[str, State], presences: Sequence[Presence]) -> None:
        """Take up what the store knows: the state of each series that was watched, and the `RECENT` presences."""
        at = self._clock.now()
        self._past = {series: [Stretch(series, at, state)] for series, state in living.items()}
        self._seen = list(presences)
        self._left_at = min(presences[-1].until, at) if presences else None

    def begin(self) -> Iterator[Presence]:
        """That we can see from now on; nothing while the clock is too far behind, which *is_behind* says."""
        now = self._clock.now()
        ahead = sum((max(each.until - max(each.since, now), timedelta()) for each in self._seen), timedelta())
        self._presence, self._is_behind = None, ahead > MOST_TAKEN_BACK
        if self.is_behind:
            return
        self._floor = now
        self._presence = Presence(now, now)
        before = [Presence(each.since, min(each.until, now)) for each in self._seen if each.since < now]
        self._seen = [*before[-_COUNTED:], self._presence]
        self._written_at = self._clock.monotonic()
        self._past = {series: [Stretch(series, now, past[-1].state)] for series, past in self._past.items()}
        self._born.clear()
        yield self._presence

    def beat(self, *, is_lost: bool | None, lost_since: datetime | None) -> Iterator[Presence]:
        """What is to be put down, now that the loop has gone round again, of how long we can see.

        *is_lost* and *lost_since* are of our own network; None is that nobody can tell yet.
        """
        if self._was_away() or self.is_behind:
            yield from self._written()
            yield from self.begin()
        elif is_lost:
            yield from self._lost(lost_since)
        elif is_lost is False and self._presence is None:
            yield from self.begin()
        elif is_lost is False:
            self._grow()
            if self._clock.monotonic() - self._written_at >= WRITTEN_EVERY_SECONDS:
                yield from self._written()

    def witness(self, *, matters: bool) -> Iterator[Presence]:
        """That we see at this moment, in which somebody looked; at once where it *matters*, as with a change."""
        if self._was_away():
            yield from self._written()
            yield from self.begin()
        elif matters or self._clock.monotonic() - self._written_at >= LOOKED_EVERY_SECONDS:
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
            until = max(self._presence.until, self._clock.now())
            self._presence = self._seen[-1] = Presence(self._presence.since, until)

    def _lost(self, since: datetime | None) -> Iterator[Presence]:
        if known := self._presence:
            self._seen[-1] = Presence(known.since, max(known.since, since or known.until))
            yield self._seen[-1]
        self._presence = None

    def _written(self) -> Iterator[Presence]:
        self._written_at = self._clock.monotonic()
        if self._presence:
            yield self._presence

    def adopt(self, series: Mapping[str, State | None]) -> Iterator[Stretch]:
        """What begins and ends now that exactly these *series* are watched, in these states; None is not known yet."""
        if self.is_behind:
            return
        now = self._clock.now()
        for gone in self._past.keys() - series.keys():
            del self._past[gone]
            yield Stretch(gone, self._left_at or now, None)
        self._left_at = None
        for name, state in series.items():
            if state:
                yield from self.moved(name, state, now)

    def moved(self, series: str, state: State, since: datetime) -> Iterator[Stretch]:
        """What is to be put down of a *series* that is in a *state*, and was *since* then; nothing where it was."""
        past = self._past.get(series)
        if self.is_behind:
            return
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
