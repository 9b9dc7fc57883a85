"""Who gets a place next, and for how long it counts."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from monitor.limits import BUSY_SECONDS, FAIR, PATIENT, Limits
from monitor.settings import Concurrency
from tests.support.virtual import run_virtually

ONE = Concurrency(overall=1, per_host=1)


async def stay(limits: Limits, host: str, seconds: float, told: list[str], *, urgent: bool = False) -> None:
    """Take a place, say so, and keep it for so many seconds."""
    async with AsyncExitStack() as places:
        await limits.enter(places, host, urgent=urgent)
        told.append(host)
        await asyncio.sleep(seconds)


def began(hosts: list[tuple[str, bool]], seconds: float, within: float, concurrency: Concurrency = ONE) -> list[str]:
    """The *hosts*, each urgent or not, that have a place *within* a time, in the order in which they got it."""

    async def story() -> list[str]:
        limits, told = Limits(concurrency), list[str]()
        guests = [asyncio.create_task(stay(limits, host, seconds, told, urgent=urgent)) for host, urgent in hosts]
        await asyncio.sleep(within)
        so_far = list(told)
        await asyncio.wait(guests)
        assert len(told) == len(hosts)
        assert len(limits) == 0
        return so_far

    return run_virtually(story())


def test_urgent_ones_go_first_and_every_so_often_another() -> None:
    waiting = [
        ("first", False),
        *((f"a{number}", False) for number in range(2)),
        *((f"u{number}", True) for number in range(5)),
    ]
    assert began(waiting, 0.1, 10) == ["first", "u0", "u1", "u2", "a0", "u3", "u4", "a1"]
    assert FAIR == 4


def test_at_one_host_urgent_ones_go_first_too() -> None:
    async def story() -> list[str]:
        limits, told = Limits(ONE), list[str]()

        async def visit(name: str, *, urgent: bool) -> None:
            async with AsyncExitStack() as places:
                await limits.enter(places, "host.test", urgent=urgent)
                told.append(name)
                await asyncio.sleep(0.1)

        await asyncio.gather(visit("first", urgent=False), visit("other", urgent=False), visit("urgent", urgent=True))
        return told

    assert run_virtually(story()) == ["first", "urgent", "other"]


def test_who_waits_for_a_vendor_keeps_nobody_waiting() -> None:
    hosts = [(f"host-{number}.test", False) for number in range(30)]
    assert len(began(hosts, 60.0, BUSY_SECONDS / 2)) == 1
    assert len(began(hosts, 60.0, 3.5 * BUSY_SECONDS)) == 4
    assert len(began(hosts, 60.0, 59.0)) == PATIENT
    assert len(began(hosts, BUSY_SECONDS / 2, 4 * BUSY_SECONDS + 0.1)) == 9


def test_a_place_that_counts_no_more_is_given_back_once() -> None:
    hosts = [(f"host-{number}.test", False) for number in range(6)]
    assert len(began(hosts, 1.5 * BUSY_SECONDS, 2.1 * BUSY_SECONDS)) == 3
    assert len(began(hosts, 1.5 * BUSY_SECONDS, 4.1 * BUSY_SECONDS)) == 5


def test_a_place_given_to_who_just_gave_up_goes_to_the_next() -> None:
    async def story() -> list[str]:
        limits, told = Limits(ONE), list[str]()
        async with AsyncExitStack() as places:
            await limits.enter(places, "first.test")
            quitter = asyncio.create_task(stay(limits, "second.test", 0.1, told))
            patient = asyncio.create_task(stay(limits, "third.test", 0.1, told))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        quitter.cancel()
        await asyncio.wait([quitter, patient])
        await stay(limits, "fourth.test", 0.1, told)
        return told

    assert run_virtually(story()) == ["third.test", "fourth.test"]
