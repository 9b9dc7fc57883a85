"""The daemon: the root that composes everything, and the order in which it starts and stops.

Start: configuration, store (its states are the first memory), network, web server, schedule. Reload: all or nothing, on
SIGHUP or when a file changed. Stop, on SIGTERM or SIGINT: no new probes, running ones get `DRAIN_SECONDS`, the store is
flushed, everything is closed; within ten seconds in all.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from checks.check import all_checks
from checks.model import Reason, State
from monitor.catalogue import Catalogue, load
from monitor.clock import SYSTEM_CLOCK, Clock
from monitor.correlate import platforms_in
from monitor.garbage import FullRounds, settle
from monitor.metrics import Exporter, Instruments
from monitor.network.network import LiveNetwork
from monitor.platforms import Platforms
from monitor.reloads import Reloads, Wishes
from monitor.schedule import Due, Rhythm, Schedule
from monitor.snapshot import Entry, page_looks
from monitor.state import Held, Transition, severity_of
from monitor.store.sql import open_store
from monitor.store.store import Record, Store
from monitor.store.writer import Writer
from monitor.threads import in_thread
from monitor.watch import Learned, Watch
from monitor.web import WebServer

T = TypeVar("T")

_log = logging.getLogger(__name__)

DRAIN_SECONDS = 5.0
"""How long probes under way may go on after the signal to stop."""
FLUSH_SECONDS = 3.0
"""How long the store may take after that to write what is queued."""
DEAF_SECONDS = 30.0
"""An event loop that has not gone round for this long is not healthy."""


async def run(directory: Path) -> None:
    """Watch what the configuration in *directory* says until a signal to stop.

    Raises `ConfigError`, `RootsUnavailable`, `StoreUnavailable` or `ListenError` when it cannot start.
    """
    wishes = Wishes()
    with _signals({signal.SIGTERM: wishes.stop, signal.SIGINT: wishes.stop, signal.SIGHUP: wishes.reload}):
        catalogue = load(directory)
        async with AsyncExitStack() as stack:
            store = await _unless(wishes.stop, in_thread(open_store, catalogue.settings.database))
            if store is None:
                return
            stack.callback(store.close)
            restored = await in_thread(store.states)
            network = await stack.enter_async_context(LiveNetwork(catalogue.settings.network))
            daemon = Daemon(directory, network, store, SYSTEM_CLOCK, wishes)
            web = stack.enter_context(daemon.web_server(catalogue))
            _log.info("listening", extra={"address": web.address, "metrics": f"http://{web.address}/metrics"})
            await daemon.watch(catalogue, restored)
    _log.info("stopped")


async def _unless(stop: asyncio.Event, work: Awaitable[T]) -> T | None:
    """What *work* comes to, or None as soon as *stop* is set."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if working.done():
        return working.result()
    working.cancel()
    return None


class Daemon:
    """What runs between start and stop. Lives on the event loop, but for what the web server's threads call."""

    def __init__(self, directory: Path, network: LiveNetwork, store: Store, clock: Clock, wishes: Wishes) -> None:
        self._directory = directory
        self._clock = clock
        self._store = store
        self._wishes = wishes
        self._network = network
        self._instruments = Instruments(version("vendorwatch"), all_checks())
        self._writer = Writer(store, clock)
        self._watch = Watch(network, clock, self)
        self._schedule = Schedule(self._due, clock, beat=self._beat, jumped=self._jumped)
        self._exporter = Exporter(self._watch.snapshot, all_checks().values(), self._instruments)
        self._catalogue: Catalogue | None = None
        self._confirm_after = 0.0
        self._confirmations: dict[str, asyncio.TimerHandle] = {}
        self._beat_at = clock.monotonic()
        self._full_rounds = FullRounds(clock.monotonic())
        self._platforms = Platforms()

    def web_server(self, catalogue: Catalogue) -> WebServer:
        """The server of this daemon's pages."""
        return WebServer(catalogue.settings.listen, metrics=self._page, healthy=self._is_healthy, ready=self._is_ready)

    async def watch(self, catalogue: Catalogue, restored: Mapping[str, Held]) -> None:
        """Watch *catalogue*, and what replaces it, until a signal to stop; then stop in order."""
        self.adopt(catalogue, restored)
        settle()
        self._schedule.start()
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(act) for act in (self._writer.run(), self._reloads(catalogue).keep_up())]
                await self._wishes.stop.wait()
                await self._wind_down()
                for task in tasks:
                    task.cancel()
        finally:
            await self._writer.flush(FLUSH_SECONDS)

    def _reloads(self, catalogue: Catalogue) -> Reloads:
        return Reloads(catalogue, self._directory, self._store, self._wishes, self)

    async def _wind_down(self) -> None:
        """Begin no new probe, and end those under way."""
        _log.info("stopping", extra={"in_flight": self._watch.in_flight})
        self._schedule.stop()
        self._instruments.missed("shutdown", await self._watch.drain(DRAIN_SECONDS))

    def learned(self, learned: Learned) -> None:
        """Pass on what a probe came to: to the store, the instruments, the log, and the clock when it wants confirming."""
        entry, seen, moved = learned.entry, learned.observation, learned.transition
        severity = severity_of(seen, reads_claim=entry.check.reads_claim, sight=learned.sight)
        self._writer.put(Record(target=entry.target, observation=seen, severity=severity, held=entry.held, transition=moved))
        self._instruments.probed(entry.check.name, seen.seconds, learned.waited)
        if seen.failure and seen.failure.reason is Reason.INTERNAL:
            self._instruments.erred(entry.check.name)
        if moved:
            self._tell(entry.check.name, moved)
        self._look_again(seen.key, entry)

    def _look_again(self, key: str, entry: Entry) -> None:
        """Look soon at what is not confirmed yet; there is never more than one such look to come.

        Not at what only tells its vendor's word: the page is somebody else's, and failing makes it unknown at worst.
        """
        if timer := self._confirmations.pop(key, None):
            timer.cancel()
        if entry.held.is_pending and not entry.check.reads_claim:
            soon = min(self._confirm_after, entry.target.every)
            self._confirmations[key] = asyncio.get_running_loop().call_later(soon, self._confirm, key)

    def _tell(self, check: str, moved: Transition) -> None:
        self._instruments.moved(check, moved.after)
        states = {"before": moved.before.value, "after": moved.after.value}
        level = logging.INFO if moved.after in {State.UP, State.MAINTENANCE} else logging.WARNING
        _log.log(level, "a state changed", extra={"target": moved.key, **states, "cause": moved.cause})

    def overrun(self, key: str) -> None:
        """A target was due while its last probe had not ended."""
        _log.debug("overrun", extra={"target": key})
        self._instruments.missed("overrun")

    def _confirm(self, key: str) -> None:
        self._confirmations.pop(key, None)
        if not self._watch.is_busy(key):
            self._watch.due(key)

    def _due(self, due: Due) -> None:
        if due.skipped:
            self._instruments.missed("suspend", due.skipped)
        self._watch.due(due.key, due.late)

    def _jumped(self, seconds: float, runs: int) -> None:
        """The clock was set, or the machine slept: what was due meanwhile is missed, and never becomes a verdict."""
        _log.warning("the clock jumped", extra={"seconds": round(seconds, 1), "runs_missed": runs})
        self._instruments.jumped()
        self._instruments.missed("suspend", runs)

    def _beat(self) -> None:
        self._beat_at = self._clock.monotonic()
        self._instruments.beat(self._clock.now())
        self._full_rounds.pass_by(self._beat_at)
        self._look_at_platforms()

    def _look_at_platforms(self) -> None:
        """What many pages have in common is seen from all of them together, and soon enough from time to time."""
        found = platforms_in(page_looks(self._watch.snapshot().entries.values()))
        self._platforms.take_in(found)
        self._instruments.platforms_are({name: unreadable is not None for name, unreadable in found.items()})

    def adopt(self, catalogue: Catalogue, restored: Mapping[str, Held]) -> None:
        """Watch what *catalogue* says from now on; what is new to it starts from *restored*."""
        settings = catalogue.settings
        self._watch.adopt(catalogue.vendors, catalogue.targets, settings.concurrency, settings.confirm, restored)
        rhythms = {
            target.key: Rhythm(target.every, target.together, is_known=target.key in restored)
            for target in catalogue.targets
        }
        self._schedule.replace(rhythms, anew=self._watch.unseen())
        self._instruments.reloaded(self._clock.now(), len(catalogue.vendors), len(catalogue.targets))
        self._catalogue, self._confirm_after = catalogue, settings.confirm.after
        _log.info("watching", extra={"vendors": len(catalogue.vendors), "targets": len(catalogue.targets)})

    def refused(self) -> None:
        """A configuration was read and had mistakes."""
        self._instruments.reload_refused()

    def _page(self) -> Iterable[bytes]:
        self._instruments.in_flight(self._watch.in_flight)
        self._instruments.resting(self._network.resting)
        self._instruments.store_is(self._writer.stats)
        return self._exporter.page()

    def _is_healthy(self) -> bool:
        return self._clock.monotonic() - self._beat_at < DEAF_SECONDS

    def _is_ready(self) -> bool:
        return self._catalogue is not None and not self._wishes.stop.is_set()


@contextmanager
def _signals(events: Mapping[signal.Signals, asyncio.Event]) -> Iterator[None]:
    """Set an event for each signal while the context is open."""
    loop = asyncio.get_running_loop()
    for number, event in events.items():
        loop.add_signal_handler(number, event.set)
    try:
        yield
    finally:
        for number in events:
            loop.remove_signal_handler(number)
            # The process is about to end by itself; another signal now must not make it end as if it had been killed.
            signal.signal(number, signal.SIG_IGN)
