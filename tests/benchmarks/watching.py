"""The daemon without sockets: real checks, watch, instruments and writer over a network that answers from a table."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from checks.check import all_checks
from checks.network import Answer, Phases, Request
from checks.values import Url
from checks.vendor import Endpoint, StatusPage, Vendor
from monitor.backdrop import LiveBackdrop, OwnNetwork
from monitor.chronicle import Chronicle
from monitor.clock import SYSTEM_CLOCK
from monitor.egress import View
from monitor.garbage import settle
from monitor.metrics import Instruments
from monitor.settings import Concurrency, Confirmation
from monitor.snapshot import Entry
from monitor.state import Transition
from monitor.store.store import Store
from monitor.store.writer import Writer
from monitor.watch import Learned, Watch
from tests.benchmarks.nginx import PAGES, statuspage
from tests.support.build import targets
from tests.support.network import FakeNetwork, answer

ENDPOINTS = 9
"""Endpoints of a vendor beside its status page."""
BURST = 500
"""Targets that are made due at once where nothing is measured."""
DEADLINE_SECONDS = 60.0


def vendors(count: int) -> list[Vendor]:
    """So many vendors, with ten targets each."""
    return [_vendor(f"vendor-{number:04d}") for number in range(count)]


def _vendor(slug: str) -> Vendor:
    urls = [Url(f"https://api{number}.{slug}.test/v1/health") for number in range(ENDPOINTS)]
    page = StatusPage(url=Url(f"https://status.{slug}.test"), platform="statuspage")
    return Vendor(slug=slug, name=slug, owner="sre", endpoints=tuple(Endpoint(url=url) for url in urls), status=page)


class Distant(FakeNetwork):
    """The fake network at a distance of *seconds*, that does not remember what it was sent."""

    seconds = 0.0

    async def send(self, request: Request) -> Answer:
        """Answer after a while."""
        self.sent.clear()
        await asyncio.sleep(self.seconds)
        return await super().send(request)


def _network(watched: Iterable[Vendor]) -> Distant:
    phases = Phases(resolve=0.001, connect=0.004, tls=0.011, first_byte=0.013, transfer=0.0004)
    well = answer(b'{"status": "ok"}', headers={"content-type": "application/json"}, phases=phases)
    page = answer(statuspage(PAGES["20 kB"]), headers={"content-type": "application/json"}, phases=phases)
    network = Distant()
    for vendor in watched:
        network.answers |= {str(endpoint.url): well for endpoint in vendor.endpoints}
        if vendor.status:
            network.answers[f"{vendor.status.url}/api/v2/summary.json"] = page
    return network


class Watching:
    """A watch over *count* vendors that tells whom the daemon tells; *waited* has how late each probe began, in seconds."""

    def __init__(self, count: int, store: Store) -> None:
        watched = vendors(count)
        self.network = _network(watched)
        self.targets = [each for kind in ("endpoint", "status") for each in targets(*watched, check=kind)]
        self.instruments = Instruments("0", all_checks())
        self.writer = Writer(store, SYSTEM_CLOCK)
        self.watch = Watch(self.network, SYSTEM_CLOCK, self)
        self.watch.adopt(watched, self.targets, Concurrency(), Confirmation(), {})
        own = OwnNetwork(lambda: View(grace=60, patience=90), SYSTEM_CLOCK)
        backdrop = LiveBackdrop(self.watch.entries_of, lambda _vendor: "", own)
        self.chronicle = Chronicle(self.writer.put, SYSTEM_CLOCK, backdrop, own)
        self.chronicle.adopt(watched, (), 300.0)
        settle()  # as the daemon does at this point
        self.waited = list[float]()
        self.missed = 0

    def learned(self, learned: Learned) -> None:
        """Pass on what the daemon passes on."""
        seen = learned.observation
        self.chronicle.learned(learned)
        self.instruments.probed(learned.entry.check.name, seen.seconds, learned.waited)
        self.waited.append(learned.waited)
        self.missed += seen.failure is not None

    def overrun(self, key: str) -> None:
        """Nothing here takes as long as its interval."""
        msg = f"{key} was still under way"
        raise AssertionError(msg)

    def lapsed(self, entry: Entry, transition: Transition) -> None:
        """Nothing here is forgotten."""
        raise AssertionError((entry, transition))

    async def look(self, share: float = 1.0) -> None:
        """Probe that share of the targets now, evenly chosen, and write what was seen before more is looked at."""
        chosen = [self.targets[int(number / share)].key for number in range(int(len(self.targets) * share))]
        for first in range(0, len(chosen), BURST):
            burst = chosen[first : first + BURST]
            for key in burst:
                self.watch.due(key)
            while any(map(self.watch.is_busy, burst)):  # noqa: ASYNC110 - the watch tells who is busy, not when that ends
                await asyncio.sleep(0.001)
            assert not await self.writer.flush(DEADLINE_SECONDS), "some were not written"
        assert not self.missed, f"{self.missed} looks failed"
