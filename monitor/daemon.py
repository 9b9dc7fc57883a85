"""The daemon: the root that composes everything, and the order in which it starts and stops.

Start: configuration, store (its states are the first memory), network, web server, schedule. Reload: all or nothing, on
SIGHUP or when a file changed. Stop, on SIGTERM or SIGINT: no new probes, running ones get `DRAIN_SECONDS`, the store is
flushed, everything is closed; within ten seconds in all.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from importlib.metadata import version
from pathlib import Path

from checks.check import all_checks
from checks.model import Reason
from monitor.catalogue import Catalogue, fingerprint, load
from monitor.clock import SYSTEM_CLOCK, Clock
from monitor.loading.problem import ConfigError
from monitor.metrics import Exporter, Instruments
from monitor.network.network import LiveNetwork
from monitor.schedule import Due, Schedule
from monitor.state import Held, Transition, severity_of
from monitor.store.sql import open_store
from monitor.store.store import Record, Store
from monitor.store.writer import Writer
from monitor.watch import Learned, Watch
from monitor.web import WebServer

_log = logging.getLogger(__name__)

DRAIN_SECONDS = 5.0
"""How long probes under way may go on after the signal to stop."""
FLUSH_SECONDS = 3.0
"""How long the store may take after that to write what is queued."""
RELOAD_SECONDS = 5.0
"""How often the configuration files are looked at for a change."""
DEAF_SECONDS = 30.0
"""An event loop that has not gone round for this long is not healthy."""


async def run(directory: Path) -> None:
    """Watch what the configuration in *directory* says until a signal to stop.

    Raises `ConfigError`, `StoreUnavailable` or `ListenError` when it cannot start.
    """
    catalogue = load(directory)
    async with AsyncExitStack() as stack:
        store = await asyncio.to_thread(open_store, catalogue.settings.database)
        stack.callback(store.close)
        restored = await asyncio.to_thread(store.states)
        network = await stack.enter_async_context(LiveNetwork(catalogue.settings.network))
        daemon = Daemon(directory, network, store, SYSTEM_CLOCK)
        web = stack.enter_context(daemon.web_server(catalogue))
        _log.info("listening", extra={"address": web.address, "metrics": f"http://{web.address}/metrics"})
        await daemon.watch(catalogue, restored)
    _log.info("stopped")


class Daemon:
    """What runs between start and stop. Lives on the event loop, but for what the web server's threads call."""

    def __init__(self, directory: Path, network: LiveNetwork, store: Store, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock
        self._instruments = Instruments(version("vendorwatch"), all_checks())
        self._writer = Writer(store, clock)
        self._watch = Watch(network, clock, self)
        self._schedule = Schedule(self._due, clock)
        self._exporter = Exporter(self._watch.snapshot, all_checks().values(), self._instruments)
        self._catalogue: Catalogue | None = None
        self._confirm_after = 0.0
        self._beat_at = clock.monotonic()
        self._reload = asyncio.Event()
        self._stop = asyncio.Event()

    def web_server(self, catalogue: Catalogue) -> WebServer:
        """The server of this daemon's pages."""
        return WebServer(catalogue.settings.listen, metrics=self._page, healthy=self._is_healthy, ready=self._is_ready)

    async def watch(self, catalogue: Catalogue, restored: Mapping[str, Held]) -> None:
        """Watch *catalogue*, and what replaces it, until a signal to stop; then stop in order."""
        async with _signals({signal.SIGTERM: self._stop, signal.SIGINT: self._stop, signal.SIGHUP: self._reload}):
            self._adopt(catalogue, restored)
            self._schedule.start(self._beat)
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(act) for act in (self._writer.run(), self._keep_up_to_date())]
                await self._stop.wait()
                await self._wind_down()
                for task in tasks:
                    task.cancel()
            await self._writer.flush(FLUSH_SECONDS)

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
        if entry.held.is_pending:
            soon = min(self._confirm_after, entry.target.every)
            asyncio.get_running_loop().call_later(soon, self._confirm, seen.key)

    def _tell(self, check: str, moved: Transition) -> None:
        self._instruments.moved(check, moved.after)
        states = {"before": moved.before.value, "after": moved.after.value}
        _log.warning("a state changed", extra={"target": moved.key, **states, "cause": moved.cause})

    def overrun(self, key: str) -> None:
        """A target was due while its last probe had not ended."""
        _log.debug("overrun", extra={"target": key})
        self._instruments.missed("overrun")

    def _confirm(self, key: str) -> None:
        if not self._stop.is_set() and not self._watch.is_busy(key):
            self._watch.due(key)

    def _due(self, due: Due) -> None:
        if due.skipped:
            self._instruments.missed("suspend", due.skipped)
        self._watch.due(due.key, due.late)

    def _beat(self) -> None:
        self._beat_at = self._clock.monotonic()
        self._instruments.beat(self._clock.now())

    def _adopt(self, catalogue: Catalogue, restored: Mapping[str, Held]) -> None:
        settings = catalogue.settings
        self._watch.adopt(catalogue.vendors, catalogue.targets, settings.concurrency, settings.confirm, restored)
        self._schedule.replace({target.key: target.every for target in catalogue.targets})
        self._instruments.reloaded(self._clock.now(), len(catalogue.vendors), len(catalogue.targets))
        self._catalogue, self._confirm_after = catalogue, settings.confirm.after
        _log.info("watching", extra={"vendors": len(catalogue.vendors), "targets": len(catalogue.targets)})

    async def _keep_up_to_date(self) -> None:
        """Reload on a signal, or when the files are not what they were."""
        known = await asyncio.to_thread(fingerprint, self._directory)
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._reload.wait(), RELOAD_SECONDS)
            found = await asyncio.to_thread(fingerprint, self._directory)
            if self._reload.is_set() or found != known:
                self._reload.clear()
                known = found
                await self._load_again()

    async def _load_again(self) -> None:
        try:
            catalogue = await asyncio.to_thread(load, self._directory)
        except ConfigError as error:
            self._instruments.reload_refused()
            for problem in error.problems:
                _log.error("configuration not taken over: %s", problem)
            return
        except Exception:  # noqa: BLE001 - a bug in reading files must not end what watches well by the files read before
            self._instruments.reload_refused()
            _log.exception("configuration not taken over, through a bug in reading it")
            return
        self._warn_of_what_needs_a_restart(catalogue)
        self._adopt(catalogue, {})

    def _warn_of_what_needs_a_restart(self, catalogue: Catalogue) -> None:
        for name in ("listen", "database", "network"):
            if self._catalogue and getattr(self._catalogue.settings, name) != getattr(catalogue.settings, name):
                _log.warning("%s: changed in monitor.yaml, takes effect after a restart", name)

    def _page(self) -> Iterable[bytes]:
        self._instruments.in_flight(self._watch.in_flight)
        self._instruments.store_is(self._writer.stats)
        return self._exporter.page()

    def _is_healthy(self) -> bool:
        return self._clock.monotonic() - self._beat_at < DEAF_SECONDS

    def _is_ready(self) -> bool:
        return self._catalogue is not None and not self._stop.is_set()


@asynccontextmanager
async def _signals(events: Mapping[signal.Signals, asyncio.Event]) -> AsyncIterator[None]:
    """Set an event for each signal while the context is open."""
    loop = asyncio.get_running_loop()
    for number, event in events.items():
        loop.add_signal_handler(number, event.set)
    try:
        yield
    finally:
        for number in events:
            loop.remove_signal_handler(number)
