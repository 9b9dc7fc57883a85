"""Whose failure it is, with the watch and its canaries together in virtual time: ours, or the vendors'."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle

import pytest

from checks.check import all_checks
from checks.model import Failure, Finding, Observation, Reason, Severity, State, Unseen
from checks.network import Answer, Request
from monitor.blame import Blame, accusation
from monitor.canaries import Canaries
from monitor.correlate import Sight
from monitor.egress import Egress
from monitor.settings import Canaries as Settings
from monitor.settings import Concurrency, Confirmation
from monitor.snapshot import Entry
from monitor.state import Held, Transition
from monitor.watch import Learned, Watch
from tests.support.build import T0, targets, vendor
from tests.support.canaries import CanaryNetwork, canaries
from tests.support.network import answer
from tests.support.virtual import run_virtually, virtual_clock

EVERY, AFTER = 10.0, 5.0
REFUSED = Unseen(Reason.REFUSED, "nobody listens")
CHECKS = all_checks()


@dataclass
class FatefulNetwork(CanaryNetwork):
    """Vendors that are well, or refused, or meet a fate of their own; each answer takes *seconds*."""

    down: set[str] = field(default_factory=set)
    fates: dict[str, Iterator[bool]] = field(default_factory=dict)
    seconds: float = 0.05

    async def send(self, request: Request) -> Answer:
        await asyncio.sleep(self.seconds)
        slug = request.url.removeprefix("https://api.").partition(".")[0]
        fails = slug in self.down or next(self.fates.get(slug, iter(())), False)
        self.answers[request.url] = REFUSED if fails else answer(b"ok", url=request.url)
        return await super().send(request)


class Scene:
    """A watch over the endpoints of some vendors and its canaries, with everybody looked at as the daemon would."""

    def __init__(self, network: FatefulNetwork, vendors: int, asked: Settings) -> None:
        clock = virtual_clock()
        self.network = network
        self.canaries = Canaries(network, clock)
        self.canaries.adopt(asked)
        self.watch = Watch(network, clock, self, self.canaries)
        self.moved: list[Transition] = []
        self.sights: dict[str, list[Sight]] = {}
        watched = [vendor(f"v{number}", url=f"https://api.v{number}.test/") for number in range(vendors)]
        self.targets = targets(*watched, check="endpoint", every=EVERY)
        self.watch.adopt(watched, self.targets, Concurrency(), Confirmation(fall=4, rise=2), {})

    def learned(self, learned: Learned) -> None:
        if learned.transition:
            self.moved.append(learned.transition)
        if learned.observation.failure:
            self.sights.setdefault(learned.observation.key, []).append(learned.sight)
        if learned.entry.held.is_pending:
            asyncio.get_running_loop().call_later(AFTER, self._again, learned.observation.key)

    def _again(self, key: str) -> None:
        if not self.watch.is_busy(key):
            self.watch.due(key)

    def overrun(self, key: str) -> None:
        """Where a failure waits for canaries that are silent, the next look may come too early."""

    def lapsed(self, entry: Entry, transition: Transition) -> None:
        raise AssertionError(entry, transition)

    async def look(self, seconds: float) -> None:
        """Look at everybody, each at a moment of its own, for so many virtual *seconds*."""
        async with asyncio.TaskGroup() as group:
            for number, target in enumerate(self.targets):
                group.create_task(self._look(target.key, number * EVERY / len(self.targets), seconds))

    async def _look(self, key: str, first: float, seconds: float) -> None:
        await asyncio.sleep(first)
        for _ in range(round(seconds / EVERY)):
            self.watch.due(key)
            await asyncio.sleep(EVERY)

    def states(self) -> set[State]:
        """The states that targets are in."""
        return {entry.held.state for entry in self.watch.snapshot().entries.values()}

    def became(self, state: State) -> list[str]:
        """Targets that came to be in *state*."""
        return [moved.key for moved in self.moved if moved.after is state]


def told(
    story: Callable[[Scene], Awaitable[None]],
    vendors: int = 3,
    asked: Settings | None = None,
    network: FatefulNetwork | None = None,
) -> None:
    async def tell() -> None:
        scene = Scene(network or FatefulNetwork(), vendors, asked or canaries())
        looking = asyncio.create_task(scene.canaries.run())
        try:
            await story(scene)
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking

    run_virtually(tell())


def test_while_we_are_offline_nobody_is_down_however_often_they_fail() -> None:
    async def story(scene: Scene) -> None:
        await scene.look(60)
        assert scene.states() == {State.UP}
        scene.network.is_cut = True
        await scene.look(3600)
        assert scene.states() == {State.UNKNOWN}
        scene.network.is_cut = False
        await scene.look(180)
        assert scene.states() == {State.UP}
        assert not scene.became(State.DOWN)
        assert not scene.became(State.DEGRADED)

    told(story)


def test_when_all_fail_and_the_canaries_are_well_all_are_down() -> None:
    async def story(scene: Scene) -> None:
        await scene.look(30)
        scene.network.down = {f"v{number}" for number in range(200)}
        await scene.look(60)
        assert sorted(scene.became(State.DOWN)) == sorted(target.key for target in scene.targets)
        assert len(scene.network.begun) < 60, "rounds keep their distance, however many fail"

    told(story, vendors=200)


def test_one_vendor_is_down_after_as_many_looks_as_it_takes() -> None:
    async def story(scene: Scene) -> None:
        await scene.look(30)
        scene.network.down = {"v1"}
        await scene.look(60)
        (down,) = (moved for moved in scene.moved if moved.after is State.DOWN)
        assert down.key.startswith("v1/")
        assert set(scene.sights[down.key]) == {Sight.CLEAR}
        assert (down.at - down.since).total_seconds() < 3 * (AFTER + 1)

    told(story)


def test_the_only_vendor_there_is_is_not_down_while_we_are_offline_from_the_start() -> None:
    async def story(scene: Scene) -> None:
        await scene.look(600)
        assert scene.states() == {State.UNKNOWN}
        assert not scene.moved

    told(story, vendors=1, network=FatefulNetwork(is_cut=True))


def test_a_vendor_that_goes_down_while_we_are_offline_is_found_out_after_the_grace() -> None:
    async def story(scene: Scene) -> None:
        await scene.look(30)
        scene.network.down = {"v1"}
        await scene.look(10)
        scene.network.is_cut = True
        await scene.look(300)
        scene.network.is_cut = False
        assert not scene.became(State.DOWN)
        await scene.look(60)
        assert not scene.became(State.DOWN)
        await scene.look(60)
        assert [key.partition("/")[0] for key in scene.became(State.DOWN)] == ["v1"]

    told(story)


def test_while_we_are_offline_what_can_be_seen_counts() -> None:
    async def story(scene: Scene) -> None:
        await scene.look(30)
        scene.network.absent = {"ant", "bee", "cat", "dog"}
        scene.network.down = {"v1", "v2"}
        await scene.look(120)
        assert scene.canaries.view.state is Egress.OFFLINE
        states = {key.partition("/")[0]: entry.held.state for key, entry in scene.watch.snapshot().entries.items()}
        assert states == {"v0": State.UP, "v1": State.UNKNOWN, "v2": State.UNKNOWN}

    told(story)


@pytest.mark.slow
@pytest.mark.parametrize(("period", "seconds"), [(3.0, 0.0), (3.0, 0.05), (3.0, 1.5), (1.0, 1.5), (2.0, 1.5), (7.3, 0.05)])
def test_a_way_out_that_comes_and_goes_takes_nobody_down(period: float, seconds: float) -> None:
    """Half of each *period* nothing is heard, and it takes some *seconds* to notice."""
    random.seed(1)  # of the moments at which rounds are made

    async def story(scene: Scene) -> None:
        await scene.look(60)

        async def flap() -> None:
            while True:
                scene.network.is_cut = not scene.network.is_cut
                await asyncio.sleep(period / 2)

        flapping = asyncio.create_task(flap())
        await scene.look(900)
        flapping.cancel()
        assert not scene.became(State.DOWN)
        assert not scene.became(State.DEGRADED)

    told(story, vendors=10, network=FatefulNetwork(silence=seconds, seconds=min(seconds, 0.05)))


def test_a_vendor_that_fails_now_and_then_is_degraded() -> None:
    async def story(scene: Scene) -> None:
        scene.network.fates["v1"] = cycle([False, False, True])
        await scene.look(900)
        assert {key.partition("/")[0] for key in scene.became(State.DEGRADED)} == {"v1"}
        assert set(scene.sights["v1/endpoint/api.v1.test"]) == {Sight.CLEAR}

    told(story)


def test_without_canaries_the_other_vendors_are_asked() -> None:
    async def story(scene: Scene) -> None:
        await scene.look(30)
        scene.network.is_cut = True
        await scene.look(600)
        assert scene.states() == {State.UNKNOWN}
        scene.network.is_cut = False
        scene.network.down = {"v1"}
        await scene.look(120)
        assert [key.partition("/")[0] for key in scene.became(State.DOWN)] == ["v1"]
        assert not scene.network.begun

    told(story, asked=Settings(ask=()))


def seen(*findings: Finding, failure: Failure | None = None) -> Observation[str]:
    return Observation(key="k", at=T0, seconds=1, facts=None if failure else "facts", failure=failure, findings=findings)


UNTRUSTED = Finding("cert.untrusted_root", Severity.CRITICAL, "nobody trusts it")
BUSY = Finding("endpoint.status", Severity.CRITICAL, "503", transient=True)


def test_what_our_network_may_have_done_is_a_failure_or_a_certificate() -> None:
    measuring, reading = CHECKS["certificate"], CHECKS["status"]
    assert accusation(seen(failure=Failure(Reason.CONNECT, "…")), measuring) is Reason.CONNECT
    assert accusation(seen(failure=Failure(Reason.CONFIG, "…")), measuring) is None
    assert accusation(seen(UNTRUSTED), measuring) is Reason.TLS
    assert accusation(seen(BUSY), measuring) is None
    assert accusation(seen(UNTRUSTED), reading) is None


def test_behind_a_portal_a_certificate_is_not_the_vendors() -> None:
    async def story(scene: Scene) -> None:
        await scene.look(30)
        scene.network.absent = {"untrusted"}
        (target,) = targets(vendor(), check="certificate")
        entry = Entry(target=target, check=CHECKS["certificate"], held=Held(State.UP, T0))
        blame = Blame(scene.canaries)
        blame.adopt(frozenset({target.host}), {target.key})
        look = Observation(key=target.key, at=T0, seconds=1, facts="facts", findings=(UNTRUSTED,))
        now = asyncio.get_running_loop().time()
        await blame.note(entry, look, now, now, is_witness=True)
        assert blame.sight(entry, look, now) is Sight.BLIND

    told(story)
