"""When a target is looked at again before the schedule does, and when not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from checks.check import all_checks
from checks.model import Failure, Observation, Reason, State
from monitor.correlate import Sight
from monitor.schedule import Rhythm, first_moment
from monitor.second_looks import BLIND_LEAST, BLIND_SHARE, MINUTE, QUARTER, SPREAD, SecondLooks
from monitor.snapshot import Entry
from monitor.state import Held
from tests.support.build import T0, targets, vendor
from tests.support.network import answer
from tests.support.virtual import run_virtually

AFTER, GRACE = 5.0, 60.0
BLIND_SECONDS = GRACE * BLIND_SHARE
HOUR, DAY = 3600.0, 86_400.0
DOWN = Held(State.DOWN, T0, transient=True)
DEGRADED = Held(State.DEGRADED, T0)
UNKNOWN = Held(State.UNKNOWN, T0)
PENDING = Held(State.UP, T0, pending=1, pending_since=T0)
REFUSED, NO_RESOLVER, NO_ENTRY = (Failure(reason, "…") for reason in (Reason.REFUSED, Reason.RESOLVER, Reason.BLOCKED))


def entry(
    held: Held, every: float = HOUR, failure: Failure | None = REFUSED, sight: Sight = Sight.CLEAR, check: str = "endpoint"
) -> Entry:
    """A target in a state, by its newest look."""
    [target] = targets(vendor(page="https://status.acme.test"), check=check, every=every)
    facts = None if failure else answer(b"ok")
    latest: Observation[Any] = Observation(key=target.key, at=T0, seconds=1.0, facts=facts, failure=failure)
    return Entry(target=target, check=all_checks()[check], held=held, latest=latest, sight=sight)


def noting(told: list[float]) -> Callable[[str], bool]:
    """Who begins every look that is due, and adds the moment to *told*."""

    def begin(_key: str) -> bool:
        told.append(asyncio.get_running_loop().time())
        return True

    return begin


def looks(*entries: Entry, within: float = 2 * DAY, is_new: bool = False, grace: float = GRACE) -> list[float]:
    """At how many seconds it is looked again, after the one entry after the other was learned at once."""

    async def story() -> list[float]:
        told = list[float]()
        second_looks = SecondLooks(noting(told))
        second_looks.adopt(entries if is_new else (), AFTER, grace)
        for each in () if is_new else entries:
            second_looks.consider(each)
        await asyncio.sleep(within)
        return told

    return run_virtually(story())


@pytest.mark.parametrize(
    ("known", "seconds"),
    [
        (entry(PENDING), AFTER),
        (entry(PENDING, every=2), 2),
        (entry(DOWN), MINUTE),
        (entry(DOWN, every=300), MINUTE),
        (entry(DOWN, every=6 * HOUR), 6 * MINUTE),
        (entry(DOWN, every=DAY), QUARTER),
        (entry(DOWN, every=7 * DAY), QUARTER),
        (entry(replace(DEGRADED, transient=True)), MINUTE),
        (entry(replace(DEGRADED, flapping=True)), MINUTE),
        (entry(replace(DEGRADED, intermittent=True)), MINUTE),
        (entry(UNKNOWN, sight=Sight.BLIND), BLIND_SECONDS),
        (entry(UNKNOWN, every=7 * DAY, sight=Sight.BLIND), BLIND_SECONDS),
        (entry(UNKNOWN, failure=NO_RESOLVER), BLIND_SECONDS),
        (entry(DOWN, every=DAY, sight=Sight.BLIND), BLIND_SECONDS),
    ],
)
def test_what_may_soon_be_otherwise_is_looked_at_sooner(known: Entry, seconds: float) -> None:
    [at] = looks(known)
    assert seconds <= at <= seconds * (1 + SPREAD)


@pytest.mark.parametrize(
    "known",
    [
        entry(Held(State.UP, T0), failure=None),
        entry(DOWN, every=MINUTE),
        entry(UNKNOWN, every=30, sight=Sight.BLIND),
        entry(DEGRADED, failure=None),
        entry(UNKNOWN, failure=NO_ENTRY),
        entry(PENDING, check="status"),
        entry(DOWN, check="status"),
        entry(UNKNOWN, check="status", sight=Sight.BLIND),
    ],
    ids=[
        "well",
        "soon anyway",
        "blind, soon anyway",
        "lasting",
        "refused to us",
        "page",
        "page that is down",
        "page unseen",
    ],
)
def test_all_else_waits_for_the_schedule(known: Entry) -> None:
    assert looks(known) == []


def test_a_newer_look_takes_the_place_of_what_was_planned() -> None:
    assert looks(entry(DOWN), entry(Held(State.UP, T0), failure=None)) == []
    assert looks(entry(DOWN), entry(PENDING)) == [AFTER]


def test_what_went_down_together_is_looked_at_apart() -> None:
    many = [vendor(f"v{number}", url=f"https://api.v{number}.test/") for number in range(100)]
    down = [replace(entry(DOWN), target=target) for target in targets(*many, check="endpoint", every=HOUR)]
    at = looks(*down)
    assert max(sum(second <= moment < second + 1 for moment in at) for second in range(55, 80)) < 25
    assert at == looks(*down)


@pytest.mark.parametrize("held", [DOWN, UNKNOWN, PENDING])
def test_what_was_bad_before_a_start_waits_no_longer_than_after_it(held: Held) -> None:
    assert len(looks(replace(entry(held, every=DAY), latest=None), is_new=True)) == 1


@pytest.mark.parametrize("every", [300.0, DAY])
def test_the_first_look_by_the_schedule_comes_before_one_at_what_is_not_known(every: float) -> None:
    """Whatever the target's share of the spread; then the timer gives way to what that look saw."""
    many = [vendor(f"v{number}", url=f"https://api.v{number}.test/") for number in range(300)]
    for target in targets(*many, check="endpoint", every=every):
        unseen = replace(entry(UNKNOWN), target=target, latest=None)
        [at] = looks(unseen, within=2 * MINUTE, is_new=True)
        scheduled = first_moment(target.key, Rhythm(every, target.together), T0, T0)
        assert (scheduled - T0).total_seconds() < MINUTE <= at


@pytest.mark.parametrize(("grace", "seconds"), [(10.0, 7.5), (600.0, 450.0), (0.0, BLIND_LEAST)])
def test_what_was_not_seen_is_looked_at_before_the_grace_is_over(grace: float, seconds: float) -> None:
    [at] = looks(entry(UNKNOWN, sight=Sight.BLIND), grace=grace)
    assert seconds <= at <= seconds * (1 + SPREAD)
    assert at < grace or grace < BLIND_LEAST


@pytest.mark.parametrize("began", [True, False])
def test_a_second_look_under_way_stands_in_for_one_run_that_is_due(*, began: bool) -> None:
    """Not so where the timer met a look by the schedule, and began none."""

    async def story() -> list[bool]:
        known = entry(DOWN)
        second_looks, key = SecondLooks(lambda _key: began), known.target.key
        second_looks.adopt([known], AFTER, GRACE)
        before = second_looks.stands_in(key)
        await asyncio.sleep(2 * MINUTE)
        return [before, second_looks.stands_in(key), second_looks.stands_in(key)]

    assert run_virtually(story()) == [False, began, False]


def test_a_second_look_that_ended_stands_in_for_nothing() -> None:
    async def story() -> bool:
        known = entry(DOWN)
        second_looks = SecondLooks(noting([]))
        second_looks.adopt([known], AFTER, GRACE)
        await asyncio.sleep(2 * MINUTE)
        second_looks.consider(known)
        return second_looks.stands_in(known.target.key)

    assert not run_virtually(story())


def test_a_reload_neither_puts_off_nor_keeps_what_is_gone() -> None:
    async def story() -> list[float]:
        told = list[float]()
        second_looks = SecondLooks(noting(told))
        second_looks.adopt([entry(DOWN)], AFTER, GRACE)
        await asyncio.sleep(MINUTE / 2)
        second_looks.adopt([entry(DOWN)], AFTER, GRACE)
        await asyncio.sleep(MINUTE * SPREAD + MINUTE / 2)
        second_looks.adopt([entry(DOWN)], AFTER, GRACE)
        second_looks.adopt([], AFTER, GRACE)
        await asyncio.sleep(DAY)
        return told

    assert len(run_virtually(story())) == 1
