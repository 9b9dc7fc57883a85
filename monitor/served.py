"""What the daemon serves: its metrics, the board, and whether it is well; made on the web server's threads.

All that is asked of the daemon's parts here may be asked from any thread. What is counted is written down where it is shown:
when somebody asks for the metrics.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib.metadata import version

from checks.check import all_checks
from checks.values import Address
from monitor.backdrop import OwnNetwork
from monitor.board.gathering import Gathering, Present
from monitor.board.memory import Memory
from monitor.board.site import PLACES, BoardSite
from monitor.canaries import Canaries
from monitor.chronicle import Chronicle
from monitor.clock import Clock
from monitor.compactor import Compactor
from monitor.metrics import Exporter, Instruments
from monitor.network.network import LiveNetwork
from monitor.settings import Settings
from monitor.store.store import Store
from monitor.store.writer import Writer
from monitor.tellers import Tellers
from monitor.watch import Watch
from monitor.web import Pages, WebServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of a daemon that its pages tell of."""

    watch: Watch
    chronicle: Chronicle
    network: LiveNetwork
    own_network: OwnNetwork
    canaries: Canaries
    writer: Writer
    compactor: Compactor
    tellers: Tellers
    instruments: Instruments


class Served:
    """The pages of one daemon, and the server that serves them; it has *begun* once it knows what to watch."""

    def __init__(self, parts: Parts, store: Store, clock: Clock, *, begun: Callable[[], bool]) -> None:
        vendors, snapshot = parts.chronicle.vendors, parts.watch.snapshot
        self._parts = parts
        self._clock = clock
        self._exporter = Exporter(snapshot, lambda: vendors.standings, all_checks().values(), parts.instruments)
        self._memory = Memory(store, clock)
        network = parts.own_network
        present = Present(
            snapshot, lambda: vendors.standings, lambda: network.is_doubted, begun=begun, troubles=lambda: network.troubles
        )
        self._site = BoardSite(Gathering(present, self._memory, clock), version("vendorwatch"))
        self._web: WebServer | None = None

    def server(
        self, listen: Address, settings: Settings, *, healthy: Callable[[], bool], ready: Callable[[], bool]
    ) -> WebServer:
        """The server, on *listen*, for whom *settings* let in. Raises `ListenError`."""
        pages = Pages(metrics=self._metrics, healthy=healthy, ready=ready, site=self._site, places=PLACES)
        self._web = WebServer(listen, pages, settings.access)
        return self._web

    def adopt(self, settings: Settings) -> None:
        """Let in who may see what is there from now on."""
        if self._web:
            self._web.adopt(settings.access)

    def _metrics(self) -> Iterable[bytes]:
        parts = self._parts
        parts.instruments.in_flight(parts.watch.in_flight)
        parts.instruments.clock_is(behind=parts.chronicle.is_behind)
        parts.instruments.resting(parts.network.resting)
        stats = parts.writer.stats
        parts.instruments.store_is(replace(stats, errors=Counter(stats.errors) + Counter(self._memory.errors)))
        parts.instruments.compaction_is(parts.compactor.stats)
        parts.instruments.egress_is(parts.canaries.view, self._clock.monotonic())
        parts.instruments.notifications_are(parts.tellers.tally)
        return self._exporter.page()
