"""An address that hears from us while we are well, so that somebody else raises the alarm once it does not.

Silence is the message: nothing is sent while the daemon is not well, and nothing is made up for later.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from checks.network import Network, Request
from monitor.clock import Clock
from monitor.notify.channel import NotTaken
from monitor.notify.posting import post
from monitor.notify.tally import Tally
from monitor.receivers import Heartbeat

ANSWER_SECONDS = 10.0
RETRY_SECONDS = 10.0
"""How soon a beat that was not heard is tried again, where the next one is not due before."""

_log = logging.getLogger(__name__)


class Pulse:
    """Beats through *network* while *healthy* says so. *pause* waits for a number of seconds."""

    def __init__(  # noqa: PLR0913 - where it beats, for whom, and what it does that with
        self,
        settings: Heartbeat,
        network: Network,
        *,
        clock: Clock,
        healthy: Callable[[], bool],
        tally: Tally,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._network = network
        self._clock = clock
        self._healthy = healthy
        self._tally = tally
        self._pause = pause
        self._was_heard = True

    async def run(self) -> None:
        """Beat until cancelled."""
        every = self._settings.every
        while True:
            try:
                is_done = await self.beat()
            except Exception:  # noqa: BLE001 - a bug in the heartbeat is heard elsewhere, as silence, and must end nothing here
                _log.exception("a bug in the heartbeat")
                is_done = False
            await self._pause(every if is_done else min(every, RETRY_SECONDS))

    async def beat(self) -> bool:
        """Beat once if we are well; whether that was heard, or was not to be."""
        if not self._healthy():
            self._note("the daemon is not well, and its heartbeat is left out", "")
            return True
        at = self._clock.now()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await post(self._network, self._settings.url, Request(url=""), at)
        except (NotTaken, TimeoutError) as failure:
            self._note("the heartbeat was not heard", str(failure) or f"no answer within {ANSWER_SECONDS:g} s")
            return False
        self._tally.heartbeat = at
        self._was_heard = True
        return True

    def _note(self, what: str, detail: str) -> None:
        """Log what went wrong, once until it goes well again."""
        if self._was_heard:
            _log.warning("%s", what, extra={"detail": detail} if detail else {})
        self._was_heard = False
