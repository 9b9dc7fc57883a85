"""What lies in the outbox and no sender sends: of channels that are not configured any more, given up, or told long ago.

- What waits for a channel that nobody sends for is named in the log when telling begins, and given up after `LAPSE`: a
  channel that is back in the configuration by then, under the same name, has lost nothing.
- What was given up and goes on still is tried once more when telling begins: the receiver may be another by now.
- What was told or given up long ago is removed, in small portions, whether or not anything is sent meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from monitor.clock import Clock
from monitor.outbox import Outbox
from monitor.store.store import StoreUnavailable
from monitor.threads import in_thread

TIDY_SECONDS = 600.0
LAPSE = timedelta(days=1)
NOBODY = "nobody sends for this channel: it is not in monitor.yaml"

_log = logging.getLogger(__name__)


class Leftovers:
    """Looks after what is left in the *outbox* beside the channels that are *known*. *pause* waits for some seconds."""

    def __init__(
        self,
        known: Sequence[str],
        outbox: Outbox,
        clock: Clock,
        *,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._known = tuple(known)
        self._outbox = outbox
        self._clock = clock
        self._pause = pause
        self._has_begun = False

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                await in_thread(self.tidy)
            except StoreUnavailable as unavailable:
                _log.debug("the outbox cannot be tidied", extra={"detail": unavailable.detail})
            except Exception:  # noqa: BLE001 - what is not tidied can be tidied later, and must end nothing
                _log.exception("a bug in tidying the outbox")
            await self._pause(TIDY_SECONDS)

    def tidy(self) -> None:
        """Do all of it once. It blocks. Raises `StoreUnavailable`."""
        if not self._has_begun:
            self._begin()
        at = self._clock.now()
        if lapsed := self._outbox.abandon(self._known, at, before=at - LAPSE, detail=NOBODY):
            _log.error("messages were given up: nobody sends for their channel", extra={"messages": lapsed})
        self._outbox.prune(at)

    def _begin(self) -> None:
        for channel in self._known:
            self._outbox.revive(channel, self._clock.now())
        waiting = {name: queue.waiting for name, queue in sorted(self._outbox.queues().items()) if queue.waiting}
        for channel in waiting.keys() - self._known:
            about = {"channel": channel, "messages": waiting[channel], "given_up_after": str(LAPSE)}
            _log.warning("messages wait for a channel that is not in monitor.yaml", extra=about)
        self._has_begun = True
