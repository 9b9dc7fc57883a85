"""Arithmetic of times, in whole seconds as `monitor.history` has it: who was in which state when, and where two part.

A time that nobody watched is `State.UNKNOWN` here, so the runs of a series add up to its `monitor.history.tally`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from operator import itemgetter
from typing import TypeVar

from checks.model import State
from monitor.history import Presence, Stretch, Tally
from monitor.review.details import Period, Rest, Run, Why

Piece = tuple[int, int, State, bool]
"""The same of what was said of a series, and whether anybody saw it."""

M = TypeVar("M")
"""What is said of a time."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SINCE, _UNTIL = itemgetter(0), itemgetter(1)


def seen_within(presences: Iterable[Presence], begins: datetime, ends: datetime) -> list[Presence]:
    """Those that overlap with this time."""
    return [each for each in presences if each.until > begins and each.since < ends]


def runs(pieces: Iterable[Piece]) -> Sequence[Run]:
    """The *pieces* of one series, as unknown where nobody saw."""
    return _joined((since, until, state if seen else State.UNKNOWN) for since, until, state, seen in pieces)


def excused(
    pieces: Iterable[Piece], unwatched: Iterable[tuple[int, int]], most: int
) -> tuple[tuple[Period, ...], tuple[Rest, ...]]:
    """The times of one series that do not count and why not, in their order: the *most* longest of each kind, and the rest.

    *pieces* are of when it was watched, *unwatched* the times in between at which it was not.
    """
    joined = _joined((since, until, _why(state) if seen else Why.UNSEEN) for since, until, state, seen in pieces)
    found = [(since, until, why) for since, until, why in joined if why]
    found += [(since, until, Why.UNWATCHED) for since, until in unwatched]
    by_why = {why: sorted((each for each in found if each[2] is why), key=_length, reverse=True) for why in Why}
    listed = sorted(each for some in by_why.values() for each in some[:most])
    left = {why: [_length(each) for each in some[most:]] for why, some in by_why.items()}
    return (
        tuple(Period(why=why, begins=moment(since), ends=moment(until)) for since, until, why in listed),
        tuple(Rest(why, len(lengths), sum(lengths)) for why, lengths in left.items() if lengths),
    )


def unwatched(stretches: Sequence[Stretch], begins: datetime, ends: datetime) -> Iterator[tuple[int, int]]:
    """When one series was not watched from *begins* to *ends*, between times at which it was.

    *stretches* are its own, oldest first, and may reach beyond that time: so it is known that it was watched again.
    """
    first, last = second(begins), second(ends)
    living = (place for place in range(len(stretches) - 1, -1, -1) if stretches[place].state)
    for one, following in pairwise(stretches[: next(living, -1) + 1]):
        since, until = max(second(one.since), first), min(second(following.since), last)
        if one.state is None and since < until:
            yield since, until


def worst(series: Sequence[Sequence[Run]]) -> Sequence[Run]:
    """Several series as one that is in the worst state of theirs."""
    if len(series) == 1:
        return series[0]
    edges = sorted({edge for each in series for since, until, _ in each for edge in (since, until)})
    found = ((*edge, [state for each in series if (state := _state_at(each, edge[0]))]) for edge in pairwise(edges))
    joined = _joined((since, until, State.worst(states) if states else None) for since, until, states in found)
    return [(since, until, state) for since, until, state in joined if state]


def both(one: Sequence[Run], other: Sequence[Run]) -> Iterator[tuple[int, int, State, State]]:
    """When both series were watched: from, until, and the state of each."""
    first = second = 0
    while first < len(one) and second < len(other):
        my_since, my_until, mine = one[first]
        their_since, their_until, theirs = other[second]
        since, until = max(my_since, their_since), min(my_until, their_until)
        if since < until:
            yield since, until, mine, theirs
        first, second = first + (my_until <= their_until), second + (their_until <= my_until)


def counted(series: Sequence[Run], begins: datetime, ends: datetime) -> Tally:
    """The seconds of *series* by state, from *begins* to *ends*."""
    seconds = dict.fromkeys(State, 0)
    for since, until, state in clipped(series, begins, ends):
        seconds[state] += until - since
    return Tally(**{state.value: number for state, number in seconds.items()})


def clipped(series: Sequence[Run], begins: datetime, ends: datetime) -> Iterator[Run]:
    """What of *series* lies between *begins* and *ends*."""
    first, last = second(begins), second(ends)
    place, behind = bisect_right(series, first, key=_UNTIL), bisect_left(series, last, key=_SINCE)
    for since, until, state in series[place:behind]:
        yield max(since, first), min(until, last), state


def second(at: datetime) -> int:
    """The second since 1970 that *at* is in."""
    return int(at.timestamp() // 1)


def moment(second: int) -> datetime:
    """When a *second* since 1970 begins."""
    return _EPOCH + timedelta(seconds=second)


def _length(part: tuple[int, int, Why]) -> int:
    return part[1] - part[0]


def _why(state: State) -> Why | None:
    """Why a time does not count in which a series was seen to be in *state*; None of one that does."""
    return {State.UNKNOWN: Why.UNKNOWN, State.MAINTENANCE: Why.MAINTENANCE}.get(state)


def _state_at(series: Sequence[Run], at: int) -> State | None:
    place = bisect_right(series, at, key=_SINCE) - 1
    return series[place][2] if place >= 0 and at < series[place][1] else None


def pieces(
    stretches: Sequence[Stretch], watched: Sequence[tuple[int, int]], begins: datetime, ends: datetime
) -> Iterator[Piece]:
    """How one series was from *begins* to *ends*: cut wherever the state or the watching changes.

    Arguments as of `monitor.history.tallied`.
    """
    first, last = second(begins), second(ends)
    moments = [*((second(each.since), each.state) for each in stretches), (last, None)]
    place = 0
    for (since, state), (until, _) in pairwise(moments):
        since, until = max(since, first), min(until, last)  # noqa: PLW2901 - the stretch, cut to what is asked for
        if state is None or since >= until:
            continue
        while place < len(watched) and watched[place][1] <= since:
            place += 1
        yield from _cut(watched, place, since, until, state)


def _cut(watched: Sequence[tuple[int, int]], place: int, since: int, until: int, state: State) -> Iterator[Piece]:
    """One stretch in pieces by who watched; *place* is that of the first in *watched* that ends later than *since*."""
    while place < len(watched) and watched[place][0] < until:
        seen_from, seen_until = max(watched[place][0], since), min(watched[place][1], until)
        if since < seen_from:
            yield since, seen_from, state, False
        if seen_from < seen_until:
            yield seen_from, seen_until, state, True
        since, place = max(since, seen_until), place + 1
    if since < until:
        yield since, until, state, False


def _joined(parts: Iterable[tuple[int, int, M]]) -> list[tuple[int, int, M]]:
    """Parts of time, each with what is said of it, where those that follow each other and say the same are one."""
    found: list[tuple[int, int, M]] = []
    for since, until, said in parts:
        if found and found[-1][1:] == (since, said):
            found[-1] = (found[-1][0], until, said)
        else:
            found.append((since, until, said))
    return found
