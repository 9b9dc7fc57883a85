"""Everybody who is told, as one: what the daemon makes of the settings, runs, and wakes when something was written."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine

from monitor.clock import Clock
from monitor.notify.alertmanager import Peer
from monitor.notify.channels import every_channel
from monitor.notify.heartbeat import Pulse
from monitor.notify.leftovers import Leftovers
from monitor.notify.sender import Sender
from monitor.notify.tally import Tally
from monitor.notify.ways import Ways
from monitor.outbox import Route
from monitor.receivers import NotifySettings
from monitor.store.store import Store, StoreUnavailable
from monitor.threads import in_thread

COUNT_SECONDS = 5.0
"""How often the queues are counted, for the exporter."""

_log = logging.getLogger(__name__)


class Notifier:
    """Tells whom *settings* name, through *ways*, of what is in the *store*; the heartbeat beats while *healthy* says so.

    *tally* is where it counts: another notifier after a reload goes on with it. All of it lives on the event loop.
    """

    def __init__(  # noqa: PLR0913 - whom it tells, of what, and what it does that with
        self,
        settings: NotifySettings,
        ways: Ways,
        store: Store,
        *,
        clock: Clock,
        tally: Tally,
        healthy: Callable[[], bool],
    ) -> None:
        channels = every_channel(settings, ways)
        told, beat = settings.alertmanager, settings.heartbeat
        senders = [Sender(channel, store, clock=clock, tally=tally) for channel in channels]
        named = told.peers if told else {}
        peers = [Peer(name, told, ways.direct, store=store, clock=clock, tally=tally) for name in named if told]
        pulses = [Pulse(beat, ways.outward, clock=clock, healthy=healthy, tally=tally)] if beat else []
        self._store = store
        self._clock = clock
        self._tally = tally
        self._routes = tuple(channel.route for channel in channels)
        self._wakes = [*(sender.wake for sender in senders), *(peer.wake for peer in peers)]
        self._acts: list[Callable[[], Coroutine[None, None, None]]] = [
            *(sender.run for sender in senders),
            *(peer.run for peer in peers),
            *(pulse.run for pulse in pulses),
            *([self._count] if senders else []),
            Leftovers([route.channel for route in self._routes], store, clock).run,
        ]
        tally.begin([*(route.channel for route in self._routes), *named], has_heartbeat=beat is not None)

    @property
    def routes(self) -> tuple[Route, ...]:
        """Which alerts are to be put down for which channel of the outbox."""
        return self._routes

    async def run(self) -> None:
        """Tell, until cancelled; a delivery under way then gets a moment to end."""
        async with asyncio.TaskGroup() as group:
            for act in self._acts:
                group.create_task(act())

    def wake(self) -> None:
        """Something was written that may be of interest: look now."""
        for wake in self._wakes:
            wake()

    async def _count(self) -> None:
        """Keep the numbers of the queues up to date, those of channels that are still there."""
        while True:
            try:
                queues = await in_thread(self._store.queues)
            except StoreUnavailable as unavailable:
                _log.debug("the queues cannot be counted", extra={"detail": unavailable.detail})
            except Exception:  # noqa: BLE001 - a number that is missing must end nothing
                _log.exception("a bug in counting the queues")
            else:
                at = self._clock.now()
                channels = [route.channel for route in self._routes]
                self._tally.queues = {channel: queues[channel].seen(at) for channel in channels if channel in queues}
            await asyncio.sleep(COUNT_SECONDS)
