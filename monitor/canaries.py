"""Looking at the canaries: rounds from time to time, and one more when a vendor begins to fail.

- A look is a fresh connection, a certificate that is judged, or a question that our name servers are asked past our memory
  of names. All of a round are made at once, each within `LOOK_SECONDS`.
- Canaries are no vendors: nothing of this is counted, stored or judged as one. The guard decides where we may go, as ever.
- A round that breaks is a bug of ours, and a vote for nothing.

What that costs others, with the four operators of the default: a round is 8 connections by TCP (3 packets there, 2 or 3
back, no data), 4 TLS handshakes (some 6 packets each way) and 8 questions to our own name servers. At every 30 s each
operator has 6 connections and some 24 packets a minute of us. While a vendor's failure waits to be confirmed there may be a
round every two or three seconds, for as long as that takes; for some graces after we were offline there is one every ten.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Collection, Coroutine, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from ipaddress import IPv6Address, ip_address
from typing import Any, Protocol

from checks.model import Failure, Reason, Unseen
from checks.network import Connection, Peer
from checks.values import Address
from checks.x509 import refusal
from monitor.clock import Clock
from monitor.correlate import Sight
from monitor.egress import Egress, Look, Round, View
from monitor.settings import Canaries as Settings
from monitor.settings import Canary
from monitor.tidings import Tidings

LOOK_SECONDS = 3.0
"""How long a look may take: time for a lost packet to be sent again, and less than the time until a failure is confirmed."""
ABSENT_SECONDS = 1.0
"""The same in a family of addresses that we seem not to have: many a host sends such packets nowhere."""
GAP_SECONDS = 2.0
"""From the beginning of one round to that of the next, at least."""
SETTLE_SECONDS = 1.5 * GAP_SECONDS + 2 * LOOK_SECONDS
"""How long a round is waited for: a round that is under way, the gap, and the one that was asked for."""
OFFLINE_SECONDS = 5.0
"""How often at least a round is made while we are offline: it reaches nobody, and the way back should be seen soon."""
UNSETTLED_SECONDS = 10.0
"""The same when we were offline a moment ago: a way out that comes and goes should not do so unseen."""
_SPREAD = 0.1
"""The share of its interval by which a round may come sooner or later, so that not all who watch look at once."""
_LAG = 0.5
"""The share of the gap by which it may be longer, so that no way out that comes and goes is met at its good moments only."""
_MISSED = 3
"""After how many intervals without a round the last one says nothing any more."""

_log = logging.getLogger(__name__)


class Surroundings(Protocol):
    """What looking takes of the network. All raise `Unseen` when there is nothing to be seen."""

    async def reach(self, address: Address) -> Connection:
        """Connect to *address*, and hang up."""

    async def handshake(self, peer: Peer, *, fresh: bool = False) -> Connection:
        """See `checks.network.Network.handshake`."""

    async def look_up(self, name: str) -> tuple[str, ...]:
        """The addresses of *name* by our name servers, asked now."""


async def look_around(asked: Sequence[Canary], network: Surroundings, clock: Clock, families: Collection[str] = ()) -> Round:
    """One round of looks at all that are *asked*, by a host with these *families*, where it is known that it has any."""
    began, at = clock.monotonic(), clock.now()
    try:
        async with asyncio.TaskGroup() as group:
            looks = [group.create_task(look) for canary in asked for look in _looks(canary, network, clock, families)]
    except Exception:  # noqa: BLE001 - what guards the vendors' states must not break them
        _log.exception("a round of canaries broke")
        return Round(began, clock.monotonic(), at)
    return Round(began, clock.monotonic(), at, tuple(look.result() for look in looks))


def _looks(
    canary: Canary, network: Surroundings, clock: Clock, families: Collection[str]
) -> Iterator[Coroutine[Any, Any, Look]]:
    """The looks at one operator, to be made."""
    for address in canary.tcp:
        look = Look(canary.operator, "tcp", "ipv6" if isinstance(ip_address(address.host), IPv6Address) else "ipv4")
        is_absent = families and look.ip_family not in families
        yield _look(look, network.reach(address), ABSENT_SECONDS if is_absent else LOOK_SECONDS)
    if canary.tls:
        yield _look(Look(canary.operator, "tls"), _shake(canary.tls, network, clock))
    if canary.dns:
        yield _look(Look(canary.operator, "dns"), network.look_up(canary.dns))


async def _look(seen: Look, looking: Awaitable[object], seconds: float = LOOK_SECONDS) -> Look:
    """*seen*, or that look with the reason why it was not; it takes so many *seconds* at most."""
    failure = None
    try:
        async with asyncio.timeout(seconds):
            await looking
    except Unseen as unseen:
        failure = unseen.failure
    except TimeoutError:
        failure = Failure(Reason.TIMEOUT, f"nothing within {seconds:g} s")
    return Look(seen.operator, seen.kind, seen.ip_family, failure)


async def _shake(address: Address, network: Surroundings, clock: Clock) -> None:
    """Shake hands, and see that the certificate is good: what it would be for a vendor, it is for a canary."""
    connection = await network.handshake(Peer(address), fresh=True)
    session = connection.session
    if session and (why := refusal(session.chain, session.trust, address.host, clock.now())):
        raise Unseen(Reason.TLS, why)


class Canaries:
    """A lookout that looks while `run` runs. It belongs to one event loop; only `view` is for any thread.

    *gap* is the least time from round to round.
    """

    def __init__(self, network: Surroundings, clock: Clock, gap: float = GAP_SECONDS) -> None:
        self._network = network
        self._clock = clock
        self._gap = gap
        self._settings = Settings(ask=())
        self._view = _nothing_seen(self._settings, clock)
        self._tidings = Tidings()
        self._began = float("-inf")
        self._called = asyncio.Event()
        self._ended = asyncio.Event()

    @property
    def view(self) -> View:
        """What is known of our network."""
        return self._view

    def adopt(self, settings: Settings) -> None:
        """Look as *settings* say from now on. With others than before nothing is known, and there is a round soon."""
        if settings != self._settings:
            self._settings, self._view, self._tidings = settings, _nothing_seen(settings, self._clock), Tidings()
            self._began = float("-inf")
            self._called.set()

    async def run(self) -> None:
        """Look, until cancelled."""
        while True:
            self._called.clear()
            if self._settings.ask:
                await self._go_round(self._settings)
                await self._rest()
            else:
                _log.info("no canaries are asked: nobody can tell when we are offline, the vendors are judged by each other")
                await self._called.wait()

    async def _go_round(self, settings: Settings) -> None:
        """Look once; it is for nothing when other *settings* come meanwhile."""
        self._began = self._clock.monotonic()
        seen = await look_around(settings.ask, self._network, self._clock, self._view.families)
        if settings is self._settings:
            self._take_in(seen)
        self._ended.set()
        self._ended = asyncio.Event()

    async def _rest(self) -> None:
        """Wait until the next round is due or called for."""
        await asyncio.sleep(self._left(self._gap, 0, _LAG))
        with suppress(TimeoutError):
            async with asyncio.timeout(self._left(self._every, -_SPREAD, _SPREAD)):
                await self._called.wait()

    @property
    def _every(self) -> float:
        """How often there is a round, as things are."""
        if self._view.state is Egress.OFFLINE:
            return min(self._settings.every, OFFLINE_SECONDS)
        is_unsettled = self._view.spell_at(self._clock.monotonic())
        return min(self._settings.every, UNSETTLED_SECONDS) if is_unsettled else self._settings.every

    def _left(self, pause: float, sooner: float, later: float) -> float:
        """What is left of a *pause* since the last round began, when it may be *sooner* or *later* by such a share."""
        wanted = pause * (1 + random.uniform(sooner, later))  # noqa: S311 - it spreads load and guards nothing
        return max(self._began + wanted - self._clock.monotonic(), 0)

    def _take_in(self, seen: Round) -> None:
        self._view = self._view.after(seen)
        self._tidings.bring(self._view)

    @property
    def abstains(self) -> bool:
        """Whether there are no canaries, or none of them could be looked at."""
        return not self._settings.ask or self._view.abstains

    def sight(self, since: float, until: float, reason: Reason) -> Sight | None:
        """See `View.sight`."""
        return self._view.sight(since, until, reason) if self._settings.ask else None

    def call(self, since: float) -> None:
        """Have a round that begins no earlier than *since*, soon; there may be one."""
        if self._began < since:
            self._called.set()

    async def settle(self, since: float) -> None:
        """Wait for such a round to end: `SETTLE_SECONDS` at most, and not while we are offline as it is."""
        self.call(since)
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                while self._may_learn(since):
                    await self._ended.wait()

    def _may_learn(self, since: float) -> bool:
        """Whether a round from *since* on may tell what is not known yet."""
        latest, is_offline = self._view.latest, self._view.state is Egress.OFFLINE
        return not self.abstains and not is_offline and (latest is None or latest.began < since)


def _nothing_seen(settings: Settings, clock: Clock) -> View:
    view = View(grace=settings.grace, patience=_MISSED * settings.every + LOOK_SECONDS)
    return replace(view, heard_at=clock.monotonic()) if settings.ask else view
