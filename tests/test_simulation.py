"""Days of watching in virtual time: what fails is told once and in time, and nothing else ever is."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from monitor.settings import Confirmation
from tests.benchmarks.alerting import EVERY_SECONDS, delays, lossy
from tests.support.simulation import Fault, Simulation, World, vendors
from tests.support.virtual import run_virtually, virtual_clock

MINUTE = 60.0
HOUR = 60 * MINUTE
Act = tuple[float, Callable[[], None]]


def live(
    *story: Act, world: World, count: int = 10, until: float = HOUR, every: float = MINUTE
) -> Counter[tuple[str, bool]]:
    """Which alerts opened and ended, by name, while *count* vendors in a *world* went through a *story*."""

    async def main() -> Simulation:
        simulation = Simulation(vendors(count), world, virtual_clock(), every)
        await simulation.run(story, until)
        return simulation

    return Counter((alert.name, alert.is_open) for alert in run_virtually(main()).alerts)


def breaking(world: World, fault: Fault, *slugs: str) -> Callable[[], None]:
    return lambda: world.faults.update({f"api0.{slug}.test": fault for slug in slugs})


def mending(world: World) -> Callable[[], None]:
    return world.faults.clear


def cutting(world: World, *, is_cut: bool) -> Callable[[], None]:
    return lambda: setattr(world, "is_cut", is_cut)


@pytest.mark.slow
@pytest.mark.parametrize("fault", Fault)
def test_each_kind_of_fault_is_told_once_and_within_what_confirming_it_takes(fault: Fault) -> None:
    told, back = run_virtually(delays(fault, 50))
    confirm = Confirmation()
    patience = EVERY_SECONDS / 2 if fault is Fault.SILENT else 0
    looks = 1 if fault in {Fault.BAD_CERTIFICATE, Fault.STATUS_404} else confirm.fall
    # The look that meets it first, the others with their own time, and a round of the canaries, two seconds apart at least.
    assert max(told) <= EVERY_SECONDS + looks * (patience + 0.1) + (looks - 1) * confirm.after + 5
    assert max(back) <= EVERY_SECONDS + confirm.rise * confirm.after


@pytest.mark.slow
def test_looks_that_are_lost_by_chance_are_told_to_nobody() -> None:
    simulation = run_virtually(lossy(days=0.5, vendors_count=20))
    assert simulation.looks[False] > 100
    assert simulation.alerts == []


def test_while_there_is_no_way_out_only_that_is_told() -> None:
    world = World()
    found = live((600, cutting(world, is_cut=True)), (1800, cutting(world, is_cut=False)), world=world)
    assert found == {("VendorwatchEgressSuspect", True): 1, ("VendorwatchEgressSuspect", False): 1}


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [3.0, 11.0, 47.0])
def test_a_way_out_that_comes_and_goes_blames_no_vendor(seconds: float) -> None:
    world = World()
    count = int(HOUR / seconds)
    story = [(600 + number * seconds, cutting(world, is_cut=number % 2 == 0)) for number in range(count)]
    story.append((600 + count * seconds, cutting(world, is_cut=False)))
    found = live(*story, world=world, until=3 * HOUR)
    assert {name for name, _ in found} <= {"VendorwatchEgressSuspect"}


def test_a_vendor_that_fails_while_we_are_offline_is_told_when_we_are_back() -> None:
    world = World()
    story = [
        (600, cutting(world, is_cut=True)),
        (900, breaking(world, Fault.REFUSED, "v003")),
        (1200, cutting(world, is_cut=False)),
    ]
    found = live(*story, world=world, until=1800)
    assert found[("VendorDown", True)] == 1


def test_a_vendor_that_is_down_stays_so_while_we_are_offline() -> None:
    world = World()
    story = [
        (600, breaking(world, Fault.REFUSED, "v003")),
        (900, cutting(world, is_cut=True)),
        (1500, cutting(world, is_cut=False)),
    ]
    found = live(*story, world=world, until=1700)
    assert (found[("VendorDown", True)], found[("VendorDown", False)]) == (1, 0)


@pytest.mark.slow
def test_all_vendors_at_once_are_each_told_while_there_is_a_way_out() -> None:
    world = World()
    everybody = [vendor.slug for vendor in vendors(200)]
    story = [(600, breaking(world, Fault.SILENT, *everybody)), (1800, mending(world))]
    found = live(*story, world=world, count=200, until=2400)
    assert found == {("VendorDown", True): 200, ("VendorDown", False): 200}


@pytest.mark.slow
def test_what_fails_every_other_look_is_told_as_degraded_or_restless_and_not_again_and_again() -> None:
    world = World()

    def toggle() -> None:
        breaking(world, Fault.REFUSED, "v003")() if not world.faults else world.faults.clear()

    story = [(600 + 90 * number, toggle) for number in range(80)]
    found = live(*story, world=world, until=4 * HOUR)
    assert {name for name, _ in found} <= {"VendorDegraded", "VendorFlapping", "VendorDown"}
    assert found[("VendorFlapping", True)] + found[("VendorDegraded", True)] >= 1
    assert found.total() <= 12


def test_time_passes_only_as_far_as_somebody_waits_for_it() -> None:
    async def main() -> tuple[float, float]:
        clock = virtual_clock()
        before = clock.now()
        await asyncio.sleep(86_400)
        return clock.monotonic(), (clock.now() - before).total_seconds()

    assert run_virtually(main()) == (86_400.0, 86_400.0)
