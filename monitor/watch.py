"""What is watched, while it is watched: the entry of every target, and the turns of probes under way.

Lives on the event loop; only `Watch.snapshot` may be called from another thread. A target that is due gets one turn at a
time, within the limits per host and overall; the wait for a place is counted apart and never taken for the vendor's
latency. Nothing here knows the store, the exporter or the schedule: who is told comes as a `Listener`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any, Protocol

from checks.check import all_checks
from checks.model import Observation, Target
from checks.network import Answer, Connection, Network, Request
from checks.values import Address
from checks.vendor import Vendor
from monitor.clock import Clock
from monitor.correlate import Horizon, Sight
from monitor.limits import Limits
from monitor.probe import probe
from monitor.settings import Concurrency, Confirmation
from monitor.snapshot import Entry, Snapshot
from monitor.state import Held, Transition, step, verdict

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What came of one turn. *waited* is the seconds between being due and being started."""

    entry: Entry
    observation: Observation[Any]
    transition: Transition | None
    sight: Sight
    waited: float


class Listener(Protocol):
    """Who hears what a turn came to. Neither call may block or raise."""

    def learned(self, learned: Learned) -> None:
        """A probe ended."""

    def overrun(self, key: str) -> None:
        """A target was due while its last probe was still under way."""


@dataclass(frozen=True, slots=True)
class Unshared:
    """A network for second looks: nothing over it comes from a kept connection or a page read before."""

    network: Network

    async def send(self, request: Request) -> Answer:
        """Send over a connection of its own."""
        return await self.network.send(replace(request, fresh=True))

    async def handshake(self, address: Address) -> Connection:
        """Shake hands."""
        return await self.network.handshake(address)


class Watch:
    """The targets of one catalogue after another, and the newest of each."""

    def __init__(self, network: Network, clock: Clock, listener: Listener) -> None:
        self._network = network
        self._clock = clock
        self._listener = listener
        self._vendors: tuple[Vendor, ...] = ()
        self._entries: dict[str, Entry] = {}
        self._hosts: frozenset[str] = frozenset()
        self._horizon = Horizon()
        self._limits = Limits(Concurrency())
        self._confirm = Confirmation()
        self._turns: dict[str, asyncio.Task[None]] = {}

    def adopt(
        self,
        vendors: Iterable[Vendor],
        targets: Iterable[Target[Any]],
        concurrency: Concurrency,
        confirm: Confirmation,
        restored: Mapping[str, Held],
    ) -> None:
        """Watch exactly *targets* from now on. Known ones keep what is known; others start from *restored*, if there."""
        checks, now = all_checks(), self._clock.now()
        entries: dict[str, Entry] = {}
        for target in targets:
            known = self._entries.get(target.key)
            held = restored.get(target.key) or Held.initial(now)
            fresh = Entry(target=target, check=checks[target.check], held=held)
            entries[target.key] = replace(known, target=target) if known else fresh
        self._vendors, self._entries = tuple(vendors), entries
        self._hosts = frozenset(entry.target.host for entry in entries.values() if entry.target.host)
        self._limits, self._confirm = Limits(concurrency), confirm

    def snapshot(self) -> Snapshot:
        """Everything at this moment. Safe on any thread: copying a dict of text keys is one step of the interpreter."""
        return Snapshot(self._vendors, dict(self._entries), self._clock.now())

    @property
    def in_flight(self) -> int:
        """Turns under way, those waiting for a place included."""
        return len(self._turns)

    def is_busy(self, key: str) -> bool:
        """Whether the target has a turn under way."""
        return key in self._turns

    def due(self, key: str, late: float = 0.0) -> None:
        """Give the target a turn, *late* seconds after its time; not while its last one is under way."""
        if key in self._turns:
            self._listener.overrun(key)
        elif key in self._entries:
            turn = asyncio.get_running_loop().create_task(self._turn(key, late), name=key)
            self._turns[key] = turn
            turn.add_done_callback(self._ended)

    async def drain(self, seconds: float) -> int:
        """Let the turns under way end; cancel those that have not after *seconds*, and return how many they were."""
        turns = set(self._turns.values())
        if not turns:
            return 0
        _, late = await asyncio.wait(turns, timeout=seconds)
        for turn in late:
            turn.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return len(late)

    def _ended(self, turn: asyncio.Task[None]) -> None:
        """Forget a turn. One that broke is a bug outside the checks: it is told, and the others go on."""
        self._turns.pop(turn.get_name(), None)
        if not turn.cancelled() and (error := turn.exception()):
            _log.error("a turn broke", extra={"target": turn.get_name()}, exc_info=error)

    async def _turn(self, key: str, late: float) -> None:
        due = self._clock.monotonic()
        target = self._entries[key].target
        async with AsyncExitStack() as places:
            await self._limits.enter(places, target.host)
            waited = late + self._clock.monotonic() - due
            entry = self._entries.get(key)
            if entry is None:
                return
            previous = entry.good.facts if entry.good else None
            network = Unshared(self._network) if entry.held.is_pending else self._network
            observation = await probe(entry.check, entry.target, network, self._clock, previous)
        self._learn(observation, waited)

    def _learn(self, observation: Observation[Any], waited: float) -> None:
        entry = self._entries.get(observation.key)
        if entry is None:  # The catalogue changed meanwhile; nobody asks for this target any more.
            return
        self._horizon.note(entry.target.host, observation)
        sight = self._sight(entry, observation)
        said = verdict(observation, reads_claim=entry.check.reads_claim, sight=sight)
        held, transition = step(entry.held, said, observation.key, observation.at, self._confirm)
        entry = entry.after(observation, held)
        self._entries[observation.key] = entry
        self._listener.learned(
            Learned(entry=entry, observation=observation, transition=transition, sight=sight, waited=waited)
        )

    def _sight(self, entry: Entry, observation: Observation[Any]) -> Sight:
        """What else could be seen since this target began to fail."""
        if observation.failure is None:
            return Sight.CLEAR
        since = entry.held.pending_since if entry.held.is_pending else None
        return self._horizon.sight(entry.target.host, since or observation.at, self._hosts)
