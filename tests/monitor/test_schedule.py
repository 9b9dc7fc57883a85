"""When targets are due. Real time and short intervals: the library underneath has a clock of its own."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.clock import SYSTEM_CLOCK, Clock
from monitor.schedule import FIRST_LOOK_SECONDS, Due, Rhythm, Schedule, first_moment, spread
from tests.support.build import T0

Runs = asyncio.Queue[Due]


def rhythms(intervals: dict[str, float]) -> dict[str, Rhythm]:
    """Targets with these intervals, each for itself."""
    return {key: Rhythm(every) for key, every in intervals.items()}


@asynccontextmanager
async def running(intervals: dict[str, float]) -> AsyncIterator[tuple[Schedule, Runs]]:
    """A schedule under way, and the runs that are due."""
    runs: Runs = asyncio.Queue()
    schedule = Schedule(runs.put_nowait, SYSTEM_CLOCK)
    schedule.start()
    schedule.replace(rhythms(intervals))
    try:
        async with asyncio.timeout(10):
            yield schedule, runs
    finally:
        schedule.stop()


async def until_due(runs: Runs, *keys: str) -> None:
    """Wait until each of *keys* was due once."""
    missing = set(keys)
    while missing:
        missing.discard((await runs.get()).key)


def test_each_target_is_due_again_and_again_and_says_how_late_it_is() -> None:
    async def first_runs() -> list[Due]:
        async with running({"a": 0.1, "b": 0.2}) as (_, runs):
            return [await runs.get() for _ in range(9)]

    got = asyncio.run(first_runs())
    assert {run.key for run in got} == {"a", "b"}
    assert all(0 <= run.late < 0.2 for run in got)


def test_a_stalled_loop_counts_the_runs_that_never_happened_and_does_not_make_them_up() -> None:
    async def after_a_stall() -> Due:
        async with running({"a": 0.05}) as (_, runs):
            await until_due(runs, "a")
            threading.Event().wait(0.5)  # Holds the event loop up, as a suspended machine would.
            while (run := await runs.get()).skipped == 0:
                pass
            return run

    assert asyncio.run(after_a_stall()).skipped >= 5


def test_replacing_drops_what_is_gone_and_keeps_the_rhythm_of_the_rest() -> None:
    async def replaced() -> set[str]:
        async with running({"old": 0.05, "kept": 0.05}) as (schedule, runs):
            await until_due(runs, "old", "kept")
            schedule.replace(rhythms({"kept": 0.05, "new": 0.05}))
            while not runs.empty():
                runs.get_nowait()
            return {(await runs.get()).key for _ in range(8)}

    assert asyncio.run(replaced()) == {"kept", "new"}


def test_what_begins_anew_is_due_soon_however_long_its_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.schedule.FIRST_LOOK_SECONDS", 0.1)

    async def again() -> list[str]:
        async with running({"a": 3600.0, "b": 3600.0}) as (schedule, runs):
            await until_due(runs, "a", "b")
            schedule.replace(rhythms({"a": 3600.0, "b": 3600.0}), anew={"a"})
            await until_due(runs, "a")
            return [runs.get_nowait().key for _ in range(runs.qsize())]

    assert asyncio.run(again()) == []


def test_a_changed_interval_takes_effect() -> None:
    async def quickened() -> None:
        async with running({"a": 3600.0}) as (schedule, runs):
            schedule.replace(rhythms({"a": 0.05}))
            await until_due(runs, "a")
            await until_due(runs, "a")

    asyncio.run(quickened())


@pytest.mark.parametrize("hours", [-1, 3])
def test_a_clock_that_is_set_is_noticed_and_what_fell_into_the_gap_is_counted(
    monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    monkeypatch.setattr("monitor.schedule.TICK_SECONDS", 0.05)

    async def story() -> tuple[float, int]:
        shift = timedelta()
        heard: asyncio.Queue[tuple[float, int]] = asyncio.Queue()
        clock = Clock(now=lambda: SYSTEM_CLOCK.now() + shift)
        schedule = Schedule(lambda _: None, clock, jumped=lambda *jump: heard.put_nowait(jump))
        schedule.start()
        schedule.replace(rhythms({"a": 3600.0, "b": 60.0}))
        shift = timedelta(hours=hours)
        async with asyncio.timeout(10):
            jump = await heard.get()
        schedule.stop()
        return jump

    seconds, missed = asyncio.run(story())
    assert seconds == pytest.approx(hours * 3600, abs=1)
    assert missed == pytest.approx(3 + 3 * 60 if hours > 0 else 0, abs=2)


def test_it_beats_for_as_long_as_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.schedule.TICK_SECONDS", 0.01)

    async def story() -> None:
        beats: asyncio.Queue[None] = asyncio.Queue()
        schedule = Schedule(lambda _: None, SYSTEM_CLOCK, beat=lambda: beats.put_nowait(None))
        schedule.start()
        async with asyncio.timeout(10):
            for _ in range(5):
                await beats.get()
        schedule.stop()

    asyncio.run(story())


def first(rhythm: Rhythm, *, after: float, key: str = "acme/status/page") -> float:
    """When a target that is added so many seconds after the start is first due, in seconds from the start."""
    return (first_moment(key, rhythm, T0, T0 + timedelta(seconds=after)) - T0).total_seconds()


@pytest.mark.parametrize(("every", "is_known", "within"), [(604_800, True, 3600), (604_800, False, 60), (3600, True, 60)])
def test_what_asks_a_lot_is_not_looked_at_anew_with_each_restart(every: float, within: float, *, is_known: bool) -> None:
    moments = [first(Rhythm(every, is_known=is_known), after=0, key=f"acme/tls/{number}") for number in range(200)]
    assert within * 0.95 < max(moments) < within
    assert min(moments) < within * 0.05


def test_that_a_target_becomes_known_does_not_change_its_rhythm() -> None:
    assert Rhythm(60.0, is_known=True) == Rhythm(60.0)


@given(st.text(), st.floats(0.3, 90_000), st.floats(0, 90_000))
def test_the_first_look_comes_soon_whenever_a_target_is_added(key: str, every: float, after: float) -> None:
    assert 0 <= first(Rhythm(every), after=after, key=key) - after + 1e-5 <= min(every, FIRST_LOOK_SECONDS) + 2e-5


@given(st.text(min_size=1), st.sampled_from([10.0, 30.0, 45.0, 60.0]), st.floats(0, 5000), st.floats(0, 5000))
def test_what_belongs_together_keeps_together_whenever_it_was_added(
    together: str, every: float, after: float, later: float
) -> None:
    rhythm = Rhythm(every, together)
    apart = first(rhythm, after=after) - first(rhythm, after=later, key="bolt/status/page")
    assert (apart + 0.001) % every < 0.002


@given(st.text(min_size=1), st.sampled_from([60.0, 90.0, 120.0, 300.0, 3600.0]), st.floats(0, 5000))
def test_intervals_that_are_multiples_of_half_a_minute_fall_on_the_same_half_minutes(
    together: str, every: float, later: float
) -> None:
    apart = first(Rhythm(every, together), after=later) - first(Rhythm(30.0, together), after=0)
    assert (apart + 0.001) % 30 < 0.002


def test_what_is_together_is_due_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.schedule.FIRST_LOOK_SECONDS", 0.2)

    async def story() -> list[str]:
        async with running({}) as (schedule, runs):
            schedule.replace({name: Rhythm(0.2, "page" if name in "abc" else "") for name in "abcxyz"})
            return [(await runs.get()).key for _ in range(24)]

    due = "".join(asyncio.run(story()))
    assert due.count("a") >= 3
    assert {"".join(sorted(part)) for part in re.findall("[abc]+", due[due.index("a") :][:18])} == {"abc"}


def test_the_spread_is_even_and_the_same_after_each_restart() -> None:
    places = sorted(spread(f"vendor-{n}/endpoint/api.test") for n in range(2000))
    assert spread("github/status/page") == spread("github/status/page")
    assert places[0] >= 0
    assert places[-1] < 1
    assert all(abs(place - n / 2000) < 0.05 for n, place in enumerate(places))
