"""One channel's queue in the outbox, emptied: claim, deliver, write down what came of it; then the next.

- Messages are gathered for `GATHER_SECONDS`: ten alerts of one outage are one message, and a page is still no slower than
  the looks that confirmed it.
- What a receiver did not take is tried again, at growing intervals with some jitter, and holds up what came after it: a
  "resolved" must not overtake its "firing". It is given up once it has been waited for `LONGEST_WAIT` in all; the time in
  which the daemon did not run is none of the receiver's and does not count.
- What a receiver calls wrong in itself is sent again in halves, so that only what is refused alone is given up.
- What may have arrived is tried `MOST_DOUBTS` times, at intervals that grow faster.
- While the store is unavailable nothing is claimed, and what came of the last delivery is kept until it is written down.
- Cancelled, a delivery under way gets `STOP_SECONDS`. What came of it is not known then; its claim runs out, and the batch
  is sent again under its id.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from monitor.clock import Clock
from monitor.notify.channel import Channel, NotTaken
from monitor.notify.tally import Tally
from monitor.notify.wording import named
from monitor.outbox import Batch, Outbox
from monitor.store.store import StoreUnavailable
from monitor.threads import in_thread

GATHER_SECONDS = 10.0
"""How long the first message waits for others to go with it."""
MOST_MESSAGES = 100
"""How many messages are sent as one."""
POLL_SECONDS = 2.0
"""How often the queue is looked at when nobody says that there is something in it."""
DELIVERY_SECONDS = 25.0
"""How long a receiver may take, whatever it is told by: by HTTP it is a little less."""
CLAIM_SECONDS = 45.0
"""How long a claim holds: longer than a delivery and its writing down, and no longer than a page may wait for a restart."""
STOP_SECONDS = 2.0
FIRST_RETRY_SECONDS = 5.0
LAST_RETRY_SECONDS = 120.0
"""Between these the time from one try to the next doubles. One request in two minutes harms nobody, and since later messages
wait as well, the last interval is what a page may be late once the receiver is back."""
LONGEST_WAIT = 86_400.0
MOST_TRIES = 2_000
"""More than come about in that time, if not each of them ends the daemon."""
MOST_DOUBTS = 5
"""How often something is sent of which nobody knows whether it arrived: it most likely did, and not every receiver knows a
message again by its id."""
DOUBTS_GROW = 4
"""By what the interval grows with each doubt: five tries take ten minutes, which is longer than most receivers hang."""
_JITTER = 0.2

_log = logging.getLogger(__name__)


def _unequal() -> float:
    return random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - it spreads load and guards nothing


class Sender:
    """Sends what waits for one *channel* in the *outbox*. Lives on the event loop; only the outbox is asked in threads.

    *pause* waits for a number of seconds; *jitter* is what an interval is multiplied by.
    """

    def __init__(  # noqa: PLR0913 - what it empties, into what, and what it does that with
        self,
        channel: Channel,
        outbox: Outbox,
        *,
        clock: Clock,
        tally: Tally,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = _unequal,
    ) -> None:
        self._channel = channel
        self._name = channel.route.channel
        self._outbox = outbox
        self._clock = clock
        self._tally = tally
        self._pause = pause
        self._jitter = jitter
        self._woken = asyncio.Event()
        self._rests_until = 0.0
        self._can_write = True

    def wake(self) -> None:
        """There may be something in the queue."""
        self._woken.set()

    async def run(self) -> None:
        """Send what comes, until cancelled."""
        while True:
            turn = asyncio.ensure_future(self._guarded_turn())
            try:
                was_busy = await asyncio.shield(turn)
            finally:
                await asyncio.wait({turn}, timeout=STOP_SECONDS)
                turn.cancel()
            if not was_busy:
                await self._rest()

    async def _rest(self) -> None:
        """Wait until there may be something to do."""
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._woken.wait()
        self._woken.clear()

    async def _guarded_turn(self) -> bool:
        try:
            return await self.turn()
        except Exception:  # noqa: BLE001 - a bug in telling people must not end the watching
            _log.exception("a bug in telling people", extra={"channel": self._name})
            return False

    async def turn(self) -> bool:
        """Send one batch, if there is one to send; whether there was."""
        if self._clock.monotonic() < self._rests_until:
            return False
        batch = await self._claim()
        if batch is None:
            return False
        failure = await self._deliver(batch)
        await self._settle(batch, failure)
        return True

    async def _claim(self) -> Batch | None:
        at = self._clock.now()
        gathered, until = at - timedelta(seconds=GATHER_SECONDS), at + timedelta(seconds=CLAIM_SECONDS)
        claim = partial(self._outbox.claim, self._name, at, gathered=gathered, until=until, most=MOST_MESSAGES)
        try:
            return await in_thread(claim)
        except StoreUnavailable as unavailable:
            _log.debug("the outbox cannot be read", extra={"channel": self._name, "detail": unavailable.detail})
            return None

    async def _deliver(self, batch: Batch) -> NotTaken | None:
        """Why the receiver did not take *batch*; None when it did."""
        try:
            async with asyncio.timeout(DELIVERY_SECONDS):
                await self._channel.deliver(batch, self._clock.now())
        except NotTaken as failure:
            return failure
        except TimeoutError:
            return NotTaken(f"no answer within {DELIVERY_SECONDS:g} s")
        except Exception:  # noqa: BLE001 - a message that cannot be written must not hold up those after it
            _log.exception("a bug in writing a message", extra={"channel": self._name, "batch": batch.id})
            return NotTaken("a bug of ours, see the log", is_final=True)
        return None

    async def _settle(self, batch: Batch, failure: NotTaken | None) -> None:
        """Write down what came of *batch*, for as long as that takes: forgotten, it would be sent twice."""
        at = self._clock.now()
        if failure is None:
            self._tally.took(self._name)
            settle = partial(self._outbox.sent, batch, at)
            _log.info("told", extra={"channel": self._name, "alerts": named(batch.messages), "batch": batch.id})
        elif failure.is_final and not failure.is_over:
            self._tally.refused(self._name)
            settle = partial(self._outbox.refused, batch, at, detail=failure.detail)
            _tell(batch, failure, is_given_up=len(batch.messages) == 1)
        else:
            self._tally.refused(self._name)
            again, is_doubtful = self._again(batch, failure, at), failure.is_doubtful
            settle = partial(self._outbox.failed, batch, at, again=again, detail=failure.detail, is_doubtful=is_doubtful)
            _tell(batch, failure, is_given_up=again is None)
        while not await self._is_written(settle):
            await self._pause(POLL_SECONDS)

    def _again(self, batch: Batch, failure: NotTaken, at: datetime) -> datetime | None:
        """When *batch* is to be tried again; None when it is given up."""
        doubts = batch.doubts + failure.is_doubtful
        if failure.is_over or doubts >= MOST_DOUBTS or batch.waited >= LONGEST_WAIT or batch.tries + 1 >= MOST_TRIES:
            return None
        interval = min(FIRST_RETRY_SECONDS * 2 ** min(batch.tries, 10), LAST_RETRY_SECONDS)
        if failure.is_doubtful:
            interval = FIRST_RETRY_SECONDS * DOUBTS_GROW**batch.doubts
        seconds = max(interval * self._jitter(), failure.after or 0.0)
        self._rests_until = self._clock.monotonic() + seconds
        return at + timedelta(seconds=seconds)

    async def _is_written(self, settle: Callable[[], None]) -> bool:
        try:
            await in_thread(settle)
        except StoreUnavailable as unavailable:
            if self._can_write:
                about = {"channel": self._name, "detail": unavailable.detail}
                _log.warning("what was sent cannot be written down yet", extra=about)
            self._can_write = False
            return False
        if not self._can_write:
            _log.info("what was sent is written down again", extra={"channel": self._name})
        self._can_write = True
        return True


def _tell(batch: Batch, failure: NotTaken, *, is_given_up: bool) -> None:
    """Log that a receiver did not take *batch*: at its first try, and when it is given up."""
    told = {"channel": batch.channel, "alerts": named(batch.messages), "batch": batch.id}
    about = {**told, "tries": batch.tries + 1, "detail": failure.detail}
    if is_given_up:
        _log.error("messages were given up", extra=about)
    elif not batch.tries:
        _log.warning("a receiver did not take a message, it is tried again", extra=about)
    else:
        _log.debug("a receiver did not take a message again", extra=about)
