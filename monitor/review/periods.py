"""Arithmetic of times, in whole seconds as `monitor.history` has it: who was in which state when, and where two part.

A time that nobody watched is `State.UNKNOWN` here, so the spans of a series add up to its `monitor.history.tally`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TypeVar

from checks.model import State
from monitor.history import Presence, Stretch, Tally
from monitor.review.values import Period, Span, Why

T = TypeVar("T", int, datetime)
"""A moment."""
M = TypeVar("M")
"""A mark."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """That a series was in *state* from *since* until *until*, in seconds since 1970; where it is not *seen*, nobody saw."""

    since: int
    until: int
    state: State
    seen: bool


def within(stretches: Sequence[Stretch], begins: datetime, ends: datetime) -> Sequence[Stretch]:
    """Those of one series' *stretches*, oldest first, that say how it was from *begins* to *ends*."""
    first = bisect_right(stretches, begins, key=lambda each: each.since) - 1
    return stretches[max(first, 0) : bisect_left(stretches, ends, key=lambda each: each.since)]


def seen_within(presences: Iterable[Presence], begins: datetime, ends: datetime) -> list[Presence]:
    """Those that overlap with this time."""
    return [each for each in presences if each.until > begins and each.since < ends]


def spans(stretches: Sequence[Stretch], presences: Sequence[Presence], begins: datetime, ends: datetime) -> tuple[Span, ...]:
    """How one series was from *begins* to *ends*, as far as it was watched; arguments as of `monitor.history.tally`."""
    pieces = _pieces(stretches, presences, begins, ends)
    found = _joined((each.since, each.until, each.state if each.seen else State.UNKNOWN) for each in pieces)
    return tuple(Span(_moment(since), _moment(until), state) for since, until, state in found)


def excused(
    stretches: Sequence[Stretch], presences: Sequence[Presence], begins: datetime, ends: datetime
) -> tuple[Period, ...]:
    """The times of one series that do not count, oldest first, and why not."""
    pieces = _pieces(stretches, presences, begins, ends)
    found = _joined((each.since, each.until, _why(each)) for each in pieces)
    return tuple(Period(why=why, begins=_moment(since), ends=_moment(until)) for since, until, why in found if why)


def worst(series: Sequence[Sequence[Span]]) -> tuple[Span, ...]:
    """Several series as one that is in the worst state of theirs."""
    if len(series) == 1:
        return tuple(series[0])
    edges = sorted({edge for each in series for span in each for edge in (span.begins, span.ends)})
    found = ((*edge, [state for each in series if (state := _state_at(each, edge[0]))]) for edge in pairwise(edges))
    joined = _joined((since, until, State.worst(states) if states else None) for since, until, states in found)
    return tuple(Span(since, until, state) for since, until, state in joined if state)


def both(one: Sequence[Span], other: Sequence[Span]) -> Iterator[tuple[datetime, datetime, State, State]]:
    """When both series were watched: from, until, and the state of each."""
    first = second = 0
    while first < len(one) and second < len(other):
        mine, theirs = one[first], other[second]
        since, until = max(mine.begins, theirs.begins), min(mine.ends, theirs.ends)
        if since < until:
            yield since, until, mine.state, theirs.state
        first, second = first + (mine.ends <= theirs.ends), second + (theirs.ends <= mine.ends)


def counted(series: Sequence[Span], begins: datetime, ends: datetime) -> Tally:
    """The seconds of *series* by state, from *begins* to *ends*, each moment taken for the second that it is in."""
    seconds = dict.fromkeys(State, 0)
    first = bisect_right(series, begins, key=lambda span: span.ends)
    for span in series[first:]:
        if span.begins >= ends:
            break
        seconds[span.state] += seconds_between(span, begins, ends)
    return Tally(**{state.value: number for state, number in seconds.items()})


def seconds_between(span: Span, begins: datetime, ends: datetime) -> int:
    """How many seconds of *span* lie between the two."""
    return max(0, min(second(span.ends), second(ends)) - max(second(span.begins), second(begins)))


def second(moment: datetime) -> int:
    """The second since 1970 that *moment* is in."""
    return int(moment.timestamp() // 1)


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _why(piece: _Piece) -> Why | None:
    if not piece.seen:
        return Why.UNSEEN
    return {State.UNKNOWN: Why.UNKNOWN, State.MAINTENANCE: Why.MAINTENANCE}.get(piece.state)


def _state_at(series: Sequence[Span], at: datetime) -> State | None:
    place = bisect_right(series, at, key=lambda span: span.begins) - 1
    return series[place].state if place >= 0 and at < series[place].ends else None


def _pieces(
    stretches: Sequence[Stretch], presences: Sequence[Presence], begins: datetime, ends: datetime
) -> Iterator[_Piece]:
    """What lies between *begins* and *ends*, in order: cut wherever the state or the watching changes."""
    first, last = second(begins), second(ends)
    watched = [(second(each.since), second(each.until)) for each in presences]
    moments = [*((second(each.since), each.state) for each in stretches), (last, None)]
    place = 0
    for (since, state), (until, _) in pairwise(moments):
        since, until = max(since, first), min(until, last)  # noqa: PLW2901 - the stretch, cut to what is asked for
        if state is None or since >= until:
            continue
        while place < len(watched) and watched[place][1] <= since:
            place += 1
        yield from _cut(watched, place, since, until, state)


def _cut(watched: Sequence[tuple[int, int]], place: int, since: int, until: int, state: State) -> Iterator[_Piece]:
    """One stretch in pieces by who watched; *place* is that of the first in *watched* that ends later than *since*."""
    while place < len(watched) and watched[place][0] < until:
        seen_from, seen_until = max(watched[place][0], since), min(watched[place][1], until)
        if since < seen_from:
            yield _Piece(since, seen_from, state, seen=False)
        if seen_from < seen_until:
            yield _Piece(seen_from, seen_until, state, seen=True)
        since, place = max(since, seen_until), place + 1
    if since < until:
        yield _Piece(since, until, state, seen=False)


def _joined(parts: Iterable[tuple[T, T, M]]) -> list[tuple[T, T, M]]:
    """Parts of time, each with its mark, where those that follow each other at once and have the same mark are one."""
    found: list[tuple[T, T, M]] = []
    for since, until, mark in parts:
        if found and found[-1][1:] == (since, mark):
            found[-1] = (found[-1][0], until, mark)
        else:
            found.append((since, until, mark))
    return found
