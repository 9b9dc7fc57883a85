"""When our own network is told of: it is gone, or it comes and goes; and when it is not told of any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial

import pytest

from checks.model import Failure, Reason
from monitor.alert import Alert
from monitor.backdrop import LASTING_SECONDS, OwnNetwork
from monitor.clock import Clock
from monitor.egress import Look, Round, View
from monitor.settings import Canaries as Settings
from monitor.vendors import Past
from tests.support.build import T0
from tests.support.simulation import CANARIES, Fault, Simulation, World, vendors
from tests.support.virtual import run_virtually, virtual_clock

GRACE = 60.0
HOUR = 3600.0
OWN = "VendorwatchEgressSuspect"
SILENT = Failure(Reason.TIMEOUT, "nothing")
Act = tuple[float, Callable[[Simulation], None]]


class Watched:
    """Our own network as rounds have it, at a time that the test says."""

    def __init__(self, grace: float = GRACE) -> None:
        self.view = View(grace=grace, patience=93, heard_at=0)
        self.at = 0.0
        clock = Clock(now=lambda: T0 + timedelta(seconds=self.at), monotonic=lambda: self.at)
        self.own = OwnNetwork(lambda: self.view, clock)

    def look(self, at: float, *, is_out: bool | None) -> bool | None:
        """A round that found a way out, or none, or could not look; and whether the way out is lost then."""
        look = Look("acme", "tcp", "ipv4", None if is_out else SILENT)
        self.at = at
        self.view = self.view.after(Round(at, at, T0 + timedelta(seconds=at), () if is_out is None else (look,)))
        return self.own.is_lost


def test_that_it_is_offline_is_told_after_a_grace_and_ends_when_it_was_well_for_two_graces() -> None:
    watched = Watched()
    assert (watched.own.is_lost, watched.look(1, is_out=True)) == (None, False)
    assert [watched.look(at, is_out=False) for at in (30, 89, 90)] == [None, None, True]
    assert (watched.own.lost_since, watched.own.comes_and_goes) == (T0 + timedelta(seconds=30), False)
    assert [watched.look(at, is_out=True) for at in (600, 719, 720)] == [None, None, False]
    assert (watched.own.lost_since, watched.own.is_doubted) == (None, False)


def test_that_it_comes_and_goes_is_told_after_a_while_though_it_never_is_gone_for_a_grace() -> None:
    watched = Watched()
    found = {}
    for number in range(20):
        found[number * 30.0] = watched.look(number * 30, is_out=number % 2 == 1)
    assert found == {at: True if at >= LASTING_SECONDS else None for at in found}
    assert (watched.own.lost_since, watched.own.comes_and_goes) == (T0, True)
    calm = {at: watched.look(at, is_out=True) for at in (600, 629, 630, 690, 750, 810, 869, 870)}
    assert [at for at, is_lost in calm.items() if is_lost] == [600, 629]
    assert [at for at, is_lost in calm.items() if is_lost is False] == [870]


def test_with_a_long_grace_it_comes_and_goes_for_three_of_them() -> None:
    watched = Watched(grace=200)
    found = [watched.look(number * 50, is_out=number % 2 == 1) for number in range(13)]
    assert found == [None] * 12 + [True]


def test_what_comes_and_goes_and_then_stays_away_is_told_as_gone() -> None:
    watched = Watched()
    for at in range(0, 330, 30):
        watched.look(at, is_out=at % 60 == 30)
    assert watched.own.comes_and_goes
    for at in range(330, 400, 5):
        watched.look(at, is_out=False)
    assert (watched.own.is_lost, watched.own.comes_and_goes, watched.own.lost_since) == (True, False, T0)


def test_who_was_asked_and_never_voted_is_waited_for_as_long_as_his_patience_lasts() -> None:
    watched = Watched()
    assert [watched.look(at, is_out=None) for at in (1, 93, 94)] == [None, None, False]
    gone = Watched()
    assert [gone.look(at, is_out=False) for at in (0, 60)] == [None, True]
    assert [gone.look(at, is_out=None) for at in (65, 153, 154)] == [None, None, False]


def test_without_canaries_it_is_never_lost() -> None:
    watched = Watched()
    watched.view = View(grace=60, patience=93)
    assert (watched.own.is_lost, watched.own.is_doubted, watched.own.lost_since) == (False, False, None)


def lived(*story: Act, world: World, until: float, alerts: Sequence[Alert] = ()) -> list[tuple[str, bool]]:
    """The alerts of ten vendors in a *world* that go through a *story*, with *alerts* open from before the start."""

    async def main() -> list[tuple[str, bool]]:
        simulation = Simulation(vendors(10), world, virtual_clock())
        acts = [(after, partial(act, simulation)) for after, act in story]
        simulation.chronicle.restore(Past(alerts=alerts))
        await simulation.run(acts, until)
        return [(alert.name, alert.is_open) for alert in simulation.alerts]

    return run_virtually(main())


def cutting(world: World, *, is_cut: bool) -> Callable[[Simulation], None]:
    return lambda _: setattr(world, "is_cut", is_cut)


def blinking(world: World, seconds: float, every: float, until: float) -> Iterator[Act]:
    """A way out that is lost for so many *seconds* now and then."""
    for number in range(10, int(until / every)):
        yield number * every, cutting(world, is_cut=True)
        yield number * every + seconds, cutting(world, is_cut=False)


@pytest.mark.slow
@pytest.mark.parametrize("broken", ["api0.v003.test", "nobody.test"])
@pytest.mark.parametrize(("seconds", "every"), [(10, 60), (20, 60), (20, 90), (30, 90)])
def test_a_way_out_that_comes_and_goes_for_hours_is_told_once(seconds: float, every: float, broken: str) -> None:
    world = World(faults={broken: Fault.REFUSED})
    found = lived(*blinking(world, seconds, every, 2 * HOUR), world=world, until=3 * HOUR)
    assert [each for each in found if each[0] == OWN] == [(OWN, True), (OWN, False)]
    assert ("VendorDown", True) not in found[found.index((OWN, True)) :]


@pytest.mark.slow
def test_a_vendor_that_fails_while_our_way_out_comes_and_goes_is_told_once_it_stays() -> None:
    world = World()
    breaking: Act = (HOUR, lambda _: world.faults.update({"api0.v003.test": Fault.REFUSED}))
    story = [*blinking(world, 20, 60, 2 * HOUR), breaking]
    found = lived(*story, world=world, until=3 * HOUR)
    assert found[0] == (OWN, True)
    assert {each: found.count(each) for each in found if each[0] != "VendorUnknown"} == {
        (OWN, True): 1,
        (OWN, False): 1,
        ("VendorDown", True): 1,
    }


def stop_asking(simulation: Simulation) -> None:
    simulation.canaries.adopt(Settings(ask=()))


def test_when_the_canaries_are_given_up_our_own_alert_ends() -> None:
    world = World(faults={f"192.0.2.{each}": Fault.RESET for each in (1, 2, 3, 4)})
    assert lived((600, stop_asking), world=world, until=700) == [(OWN, True), (OWN, False)]


@pytest.mark.parametrize("asked", [Settings(ask=()), CANARIES])
def test_what_was_open_before_the_start_ends_when_nothing_speaks_for_it(asked: Settings) -> None:
    before = Alert(labels={"alertname": OWN, "severity": "page"}, starts_at=T0 - timedelta(hours=1))
    adopting: Act = (0, lambda simulation: simulation.canaries.adopt(asked))
    assert lived(adopting, world=World(), until=60, alerts=(before,)) == [(OWN, False)]
