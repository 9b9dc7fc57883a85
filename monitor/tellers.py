"""Whoever tells people, from one configuration to the next: the notifier of now, and what outlives it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection

from monitor.clock import Clock
from monitor.notify.notifier import Notifier
from monitor.notify.tally import Tally
from monitor.notify.ways import Ways
from monitor.outbox import Route
from monitor.receivers import NotifySettings, idle_teams
from monitor.store.store import Store

AGAIN_SECONDS = 30.0
"""How long after it broke a notifier begins anew."""

_log = logging.getLogger(__name__)


class Tellers:
    """Runs the notifier of the newest settings. Lives on the event loop."""

    def __init__(self, ways: Ways, store: Store, clock: Clock, healthy: Callable[[], bool]) -> None:
        self.tally = Tally()
        self._ways, self._store, self._clock, self._healthy = ways, store, clock, healthy
        self._settings = NotifySettings()
        self._notifier = self._make(self._settings)
        self._changed = asyncio.Event()

    def _make(self, settings: NotifySettings) -> Notifier:
        return Notifier(settings, self._ways, self._store, clock=self._clock, tally=self.tally, healthy=self._healthy)

    def adopt(self, settings: NotifySettings, owners: Collection[str]) -> None:
        """Tell whom *settings* name from now on. A team that is none of the *owners* of vendors is misspelt, or early."""
        for channel, teams in idle_teams(settings, owners).items():
            about = {"channel": channel, "teams": ", ".join(teams)}
            _log.warning("a channel names teams that own no vendor, and is told of nothing for them", extra=about)
        if settings != self._settings:
            self._settings, self._notifier = settings, self._make(settings)
            self._changed.set()

    @property
    def routes(self) -> tuple[Route, ...]:
        """Which alerts go where."""
        return self._notifier.routes

    def wake(self) -> None:
        """Something was written that may be of interest."""
        self._notifier.wake()

    async def run(self) -> None:
        """Tell, until cancelled. A notifier that breaks is a bug of ours: it is logged, and begins anew after a while."""
        while True:
            self._changed.clear()
            running = asyncio.ensure_future(self._notifier.run())
            waiting = asyncio.ensure_future(self._changed.wait())
            try:
                await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
                if running.done() and (error := running.exception()):
                    _log.error("telling people broke", exc_info=error)
                    await asyncio.wait({waiting}, timeout=AGAIN_SECONDS)
                elif running.done():
                    await waiting  # nobody is to be told
            finally:
                for task in (running, waiting):
                    task.cancel()
                await asyncio.gather(running, waiting, return_exceptions=True)
