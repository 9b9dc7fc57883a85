"""How soon an outage is told, and how often none is: the daemon's own parts in virtual time.

What is measured is seconds of the simulated clock, which are the same on every machine.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median

from monitor.alert import Alert
from tests.benchmarks.measuring import Number, percentile
from tests.support.simulation import Fault, Simulation, World, vendors
from tests.support.virtual import run_virtually, virtual_clock

EVERY_SECONDS = 10.0
LASTS_SECONDS = 300.0
ROUND_SECONDS = 900.0
VENDORS = 50
FAULTS = 500
DAYS, QUICK_DAYS = 30.0, 0.5
LOST_PERCENT = 1.0


def measure(*, quick: bool) -> Iterator[Number]:
    """Delays of each kind of fault, then false alerts of a long time in which looks are lost by chance."""
    logging.disable(logging.CRITICAL)
    count = FAULTS // 10 if quick else FAULTS
    for fault in Fault:
        told, back = run_virtually(delays(fault, count))
        how = f"{count} outages, each target looked at every {EVERY_SECONDS:g} s"
        for what, each in (("told", told), ("told well again", back)):
            for name, value in (("median", median(each)), ("95 %", percentile(each, 95)), ("worst", max(each))):
                yield Number(what=f"{fault.name.lower()}, {what}: {name}", value=value, unit="s", n=len(each), how=how)
    days = QUICK_DAYS if quick else DAYS
    watched = run_virtually(lossy(days, vendors_count=2 * VENDORS))
    how = f"{2 * VENDORS} vendors, every 60 s, {days:g} days, {LOST_PERCENT:g} % of all looks lost"
    yield Number(what="false alerts", value=len(watched.alerts), unit="alerts", n=watched.looks.total(), how=how)
    yield Number(what="looks that failed", value=watched.looks[False], unit="looks", n=watched.looks.total(), how=how)


async def delays(fault: Fault, count: int) -> tuple[list[float], list[float]]:
    """Seconds from the beginning of each of *count* outages to its alert, and from its end to that of the alert.

    Raises `AssertionError` for an outage that was not told, or not as one.
    """
    now, world = asyncio.get_running_loop().time, World()
    watched, chance = vendors(VENDORS), random.Random(1)  # noqa: S311 - chance that is the same each time
    simulation = Simulation(watched, world, virtual_clock(), EVERY_SECONDS)
    changed: dict[str, float] = {}
    told: dict[bool, list[float]] = {True: [], False: []}

    def hear(alert: Alert) -> None:
        assert alert.name == "VendorDown", alert
        told[alert.is_open].append(now() - changed[alert.labels["vendor"]])

    def change(slug: str, to: Fault | None) -> None:
        changed[slug] = now()
        world.faults.pop(f"api0.{slug}.test", None)
        if to:
            world.faults[f"api0.{slug}.test"] = to

    simulation.heard = hear
    story: list[tuple[float, Callable[[], None]]] = []
    rounds = count // len(watched)
    for number in range(rounds):
        for vendor in watched:
            begins = 100 + number * ROUND_SECONDS + chance.uniform(0, LASTS_SECONDS)
            story.append((begins, partial(change, vendor.slug, fault)))
            story.append((begins + LASTS_SECONDS, partial(change, vendor.slug, None)))
    await simulation.run(story, 100 + rounds * ROUND_SECONDS)
    assert len(told[True]) == len(told[False]) == rounds * len(watched), (fault, len(told[True]), len(told[False]))
    return told[True], told[False]


async def lossy(days: float, vendors_count: int, seed: int = 1) -> Simulation:
    """What came of so many days in which nothing was wrong but that looks were lost by chance."""
    world = World(lost_percent=LOST_PERCENT, chance=random.Random(seed))  # noqa: S311 - as above
    simulation = Simulation(vendors(vendors_count), world, virtual_clock())
    await simulation.run([], days * 86_400)
    return simulation
