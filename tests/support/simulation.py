"""Vendors that fail on purpose, watched by the daemon's own parts in virtual time.

What is real: checks, watch, state, canaries, standings, alerts. What is not: the clock, the network, and who says when a
target is due. The world is a table of faults by host that a simulation changes as it goes.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import Enum

from checks.endpoint import CHECK
from checks.model import Reason, Target, Unseen
from checks.network import Answer, Connection, Peer, Request
from checks.values import Address, Seconds, Url
from checks.vendor import Endpoint, Tier, Vendor
from monitor.alert import Alert
from monitor.backdrop import LiveBackdrop, OwnNetwork
from monitor.canaries import Canaries
from monitor.chronicle import Chronicle
from monitor.clock import Clock
from monitor.outbox import Route
from monitor.second_looks import SecondLooks
from monitor.settings import Canaries as CanarySettings
from monitor.settings import Canary, Concurrency, Confirmation
from monitor.snapshot import Entry
from monitor.state import Transition
from monitor.store.store import Written
from monitor.watch import Learned, Watch
from tests.support.build import targets
from tests.support.network import FakeNetwork, answer

BEAT_SECONDS = 5.0
LATENCY_SECONDS = 0.05
CANARIES = CanarySettings(
    every=Seconds(30),
    grace=Seconds(60),
    ask=tuple(Canary(operator=f"op-{each}", tcp=(Address(f"192.0.2.{each}", 53),)) for each in (1, 2, 3, 4)),
)


class Fault(Enum):
    """A way of failing, as an endpoint's request meets it."""

    REFUSED = Reason.REFUSED
    RESET = Reason.CONNECT
    SILENT = Reason.TIMEOUT
    NO_NAME = Reason.DNS
    NO_TLS = Reason.TLS
    NOT_HTTP = Reason.HTTP
    BAD_CERTIFICATE = "certificate"
    STATUS_503 = 503
    STATUS_404 = 404


@dataclass
class World:
    """Which hosts fail how, how many looks in a hundred are lost by chance, and whether there is a way out at all."""

    faults: dict[str, Fault] = field(default_factory=dict)
    lost_percent: float = 0.0
    is_cut: bool = False
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - the same each time

    def meets(self, host: str) -> Fault | None:
        """What a request to *host* comes to now."""
        if self.is_cut or self.chance.random() * 100 < self.lost_percent:
            return self.chance.choice((Fault.SILENT, Fault.RESET))
        return self.faults.get(host)


class SimulatedNetwork(FakeNetwork):
    """Answers as the *world* is."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    async def send(self, request: Request) -> Answer:
        """Answer after a while, or fail."""
        url = Url(request.url)
        await asyncio.sleep(LATENCY_SECONDS)
        match self._world.meets(url.host):
            case None:
                return answer(b"ok", url=request.url)
            case Fault.STATUS_503 | Fault.STATUS_404 as status:
                return answer(b"no", url=request.url, status=int(str(status.value)))
            case Fault.SILENT:
                await asyncio.sleep(3600)
            case Fault.BAD_CERTIFICATE:
                raise Unseen(Reason.TLS, "the certificate has expired", lasting=True)
            case fault:
                raise Unseen(Reason(fault.value), "simulated")
        raise AssertionError

    async def reach(self, address: Address) -> Connection:
        """A canary."""
        await asyncio.sleep(LATENCY_SECONDS)
        if self._world.meets(address.host):
            raise Unseen(Reason.CONNECT, "simulated")
        return answer().connection

    async def look_up(self, name: str) -> tuple[str, ...]:
        """No canary of these simulations asks for names."""
        raise Unseen(Reason.RESOLVER, name)

    async def handshake(self, peer: Peer, *, fresh: bool = False) -> Connection:
        """Nor for handshakes."""
        del fresh
        raise Unseen(Reason.TLS, str(peer))


def vendors(count: int, endpoints: int = 1, seldom: float | None = None) -> list[Vendor]:
    """So many vendors with so many endpoints each; the last one is looked at every *seldom* seconds, if that is given."""
    last = Seconds(seldom) if seldom else None
    return [
        Vendor(
            slug=f"v{number:03}",
            name=f"V{number:03}",
            owner="sre",
            tier=Tier.CRITICAL,
            endpoints=tuple(
                Endpoint(url=Url(f"https://api{each}.v{number:03}.test/"), every=last if each == endpoints - 1 else None)
                for each in range(endpoints)
            ),
        )
        for number in range(count)
    ]


class Simulation:
    """*watched* vendors in a *world*, each target looked at every so many seconds, if its vendor says nothing else.

    All settings are the shipped ones. Belongs to a running `VirtualLoop`.
    """

    def __init__(self, watched: list[Vendor], world: World, clock: Clock, every: float = 60.0) -> None:
        self.world = world
        self.alerts: list[Alert] = []
        self.looks: Counter[bool] = Counter()
        self.heard: Callable[[Alert], None] = self.alerts.append
        self._clock = clock
        self._every = every
        network = SimulatedNetwork(world)
        self.canaries = Canaries(network, clock)
        self.watch = Watch(network, clock, self, self.canaries)
        own = OwnNetwork(lambda: self.canaries.view, clock)
        backdrop = LiveBackdrop(self.watch.entries_of, lambda _vendor: "", own)
        backdrop.adopt(watched)
        self.chronicle = Chronicle(self._put, clock, backdrop, own)
        self._second_looks = SecondLooks(self._look_again)
        confirm = Confirmation()
        deadline = min(CHECK.deadline, every / 2)
        derived = targets(*watched, check=CHECK.name, every=every, deadline=deadline)
        self.targets = [replace(each, every=each.settings.every or every) for each in derived]
        self.watch.adopt(watched, self.targets, Concurrency(), confirm, {})
        self._second_looks.adopt(self.watch.snapshot().entries.values(), confirm.after, CANARIES.grace)
        self.canaries.adopt(CANARIES)
        self.chronicle.adopt(watched, [Route(channel="pager", severities=("page",))], confirm.apart)

    def learned(self, learned: Learned) -> None:
        """See `monitor.watch.Listener`; what the daemon does but for metrics and logs."""
        self.looks[learned.observation.failure is None] += 1
        self.chronicle.learned(learned)
        self._second_looks.consider(learned.entry)

    def overrun(self, key: str) -> None:
        """See `monitor.watch.Listener`."""

    def lapsed(self, entry: Entry, transition: Transition) -> None:
        """See `monitor.watch.Listener`."""
        self.chronicle.lapsed(entry, transition)

    def _put(self, written: Written) -> None:
        for alert in written.consequences.alerts:
            self.heard(alert)

    def _look_again(self, key: str) -> bool:
        if self.watch.is_busy(key):
            return False
        self.watch.due(key)
        return True

    async def run(self, story: Iterable[tuple[float, Callable[[], None]]], until: float) -> None:
        """Live through a *story*, acts at seconds from now, and end after *until* seconds."""
        loop = asyncio.get_running_loop()
        for number, target in enumerate(self.targets):
            loop.call_later(self._every * number / len(self.targets), self._due, target)
        for after, act in story:
            loop.call_later(after, act)
        canaries = asyncio.ensure_future(self.canaries.run())
        beats = asyncio.ensure_future(self._beat())
        await asyncio.sleep(until)
        await self.watch.drain(0)
        for task in (canaries, beats):
            task.cancel()
        await asyncio.gather(canaries, beats, return_exceptions=True)

    def _due(self, target: Target[Endpoint]) -> None:
        asyncio.get_running_loop().call_later(target.every, self._due, target)
        self.watch.due(target.key)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            self.watch.age()
            self.chronicle.passed()
