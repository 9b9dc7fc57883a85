"""What is known of the past: who was in which state when, while somebody watched. Values and one pure sum.

- A *series* is whose past is kept: a target, by its key, or a vendor as a whole, by its slug.
- A `Stretch` says in which state a series is from a moment on; the next one of the series ends it.
- A `Presence` is a time during which we could see: the daemon ran, its clock did not jump, and its own network was there.
- `tally` puts the two together: every second of a series' life is in exactly one state, and ``unknown`` in every second that
  nobody watched. A life begins with the first stretch of a series; it rests from a stretch without a state to the next one.

Time is counted in whole seconds here, each moment being taken for the second that it is in: so parts add up to the whole to
the second, whether a month is counted at once or as the sum of its hours.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from operator import attrgetter, itemgetter

from checks.model import State
from checks.plain import Plain
from monitor.sketch import EMPTY, Sketch

_begins, _ends, _since = itemgetter(0), itemgetter(1), attrgetter("since")

LAG = timedelta(minutes=1)
"""What is seen is stored this much later at most, while the daemon runs."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """That *series* is in *state* from *since* (aware, UTC) on; None is that it is not watched any more."""

    series: str
    since: datetime
    state: State | None


@dataclass(frozen=True, slots=True)
class Presence:
    """That we could see, from *since* until just before *until* (aware, UTC). Two never overlap."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Judgement:
    """How the target *series* was judged from *since* on: its *findings* as plain values, and the word for the next look."""

    series: str
    since: datetime
    findings: Plain
    memo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Seconds by state."""

    up: int = 0
    degraded: int = 0
    down: int = 0
    unknown: int = 0
    maintenance: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            up=self.up + other.up,
            degraded=self.degraded + other.degraded,
            down=self.down + other.down,
            unknown=self.unknown + other.unknown,
            maintenance=self.maintenance + other.maintenance,
        )

    @property
    def elapsed(self) -> int:
        """All of them."""
        return self.up + self.degraded + self.down + self.unknown + self.maintenance

    @property
    def counted(self) -> int:
        """Those that availability is counted of: neither unknown nor maintenance."""
        return self.up + self.degraded + self.down

    @property
    def availability(self) -> float | None:
        """The share of what is counted that was not down, as `vendor:vendor_state:down` has it; None where nothing is."""
        return (self.counted - self.down) / self.counted if self.counted else None

    @property
    def coverage(self) -> float | None:
        """The share of the time in which it was known how things were; None of no time."""
        return (self.elapsed - self.unknown) / self.elapsed if self.elapsed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollup:
    """An hour or a UTC day of a *series* that began at *begins*.

    *probes* counts the looks that began in it, *failures* those that failed, by reason, or by the code of what they found
    that says the target is down. *latency* is of the others, in seconds, and only known of days.
    """

    series: str
    begins: datetime
    tally: Tally
    probes: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    latency: Sketch = EMPTY


def tally(stretches: Sequence[Stretch], presences: Iterable[Presence], begins: datetime, ends: datetime) -> Tally:
    """How long one series was in each state from *begins* until *ends*, as far as it lived then.

    *stretches* are its own, oldest first, beginning with the one that was in force at *begins*, if there was one; what
    lies outside *begins* and *ends* may be among them and among the *presences*, oldest first too.
    """
    return tallied(stretches, watched_in(presences, begins, ends), begins, ends)


def within(stretches: Sequence[Stretch], begins: datetime, ends: datetime) -> Sequence[Stretch]:
    """Those of one series' *stretches*, oldest first, that say how it was from *begins* to *ends*."""
    first = bisect_right(stretches, begins, key=_since) - 1
    return stretches[max(first, 0) : bisect_left(stretches, ends, key=_since)]


def watched_in(presences: Iterable[Presence], begins: datetime, ends: datetime) -> Sequence[tuple[int, int]]:
    """The seconds from *begins* to *ends* in which we could see: from which on, and until before which, since 1970."""
    first, last = _second(begins), _second(ends)
    watched = ((max(_second(each.since), first), min(_second(each.until), last)) for each in presences)
    return [(since, until) for since, until in watched if since < until]


def tallied(stretches: Sequence[Stretch], watched: Sequence[tuple[int, int]], begins: datetime, ends: datetime) -> Tally:
    """The `tally` of one series of many that were *watched* alike: what `watched_in` found of the same time."""
    first, last = _second(begins), _second(ends)
    seconds = dict.fromkeys(State, 0)
    for since, until, state in _clipped(stretches, first, last):
        seen = _overlap(watched, since, until)
        seconds[state] += seen
        seconds[State.UNKNOWN] += until - since - seen
    return Tally(**{state.value: number for state, number in seconds.items()})


def seen_until(presences: Iterable[Presence], at: datetime) -> datetime:
    """Until when it is known *at* a time how things are: when we saw last, if that is no longer ago than `LAG`."""
    return max((each.until for each in presences if at - LAG < each.until < at), default=at)


def _clipped(stretches: Sequence[Stretch], first: int, last: int) -> Iterator[tuple[int, int, State]]:
    """What of each stretch lies between *first* and *last*, without those in which the series was not watched."""
    moments = [*((_second(each.since), each.state) for each in stretches), (last, None)]
    for (since, state), (until, _) in pairwise(moments):
        begins, ends = max(since, first), min(until, last)
        if state is not None and begins < ends:
            yield begins, ends, state


def _overlap(watched: Sequence[tuple[int, int]], since: int, until: int) -> int:
    first, last = bisect_right(watched, since, key=_ends), bisect_left(watched, until, key=_begins)
    return sum(min(ends, until) - max(begins, since) for begins, ends in watched[first:last])


def _second(moment: datetime) -> int:
    """The second since 1970 that *moment* is in."""
    return int(moment.timestamp() // 1)
