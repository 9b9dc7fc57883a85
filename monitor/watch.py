"""What is watched, while it is watched: the entry of every target, and the turns of probes under way.

Lives on the event loop; only `Watch.snapshot` and `Watch.in_flight` may be used from another thread. A target that is due
gets one turn at a time, within the limits per host and overall; the wait for a place is counted apart and never taken for
the vendor's latency. Nothing here knows the store, the exporter or the schedule: who is told comes as a `Listener`.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

from checks.check import all_checks
from checks.model import Observation, Target
from checks.network import Network
from checks.vendor import Vendor
from monitor.ages import Ages
from monitor.blame import Blame, Lookout, Nobody
from monitor.clock import Clock, Leaps
from monitor.correlate import Sight
from monitor.learned import Learned, Listener, remembering
from monitor.limits import Limits
from monitor.overheard import Overheard, other_family
from monitor.probe import Before, probe
from monitor.settings import Concurrency, Confirmation
from monitor.snapshot import Entry, Snapshot
from monitor.state import Held, patience, stale, step, verdict

__all__ = ["Learned", "Listener", "Watch"]

WITNESSES = 3
"""Other hosts that are looked at out of turn when a failure could be ours and nothing else was looked at since."""

_NOBODY = Nobody()

_log = logging.getLogger(__name__)


class Watch:
    """The targets of one catalogue after another, and the newest of each."""

    def __init__(self, network: Network, clock: Clock, listener: Listener, lookout: Lookout = _NOBODY) -> None:
        self._network = network
        self._clock = clock
        self._listener = listener
        self._blame = Blame(lookout)
        self._vendors: tuple[Vendor, ...] = ()
        self._entries: dict[str, Entry] = {}
        self._keys_of: dict[str, list[str]] = {}
        self._concurrency = Concurrency()
        self._limits = Limits(self._concurrency)
        self._confirm = Confirmation()
        self._ages = Ages(clock)
        self._leaps = Leaps(clock)
        self._woke = -math.inf
        self._turns: dict[str, asyncio.Task[None]] = {}
        self._running = 0
        self._closing = False

    def adopt(
        self,
        vendors: Iterable[Vendor],
        targets: Iterable[Target[Any]],
        concurrency: Concurrency,
        confirm: Confirmation,
        restored: Mapping[str, Held],
    ) -> None:
        """Watch exactly *targets* from now on. Known ones keep what is known; others start from *restored*, if there."""
        self._entries = {target.key: self._entry(target, confirm, restored) for target in targets}
        self._keys_of = defaultdict(list)
        for key, entry in self._entries.items():
            self._keys_of[entry.target.vendor].append(key)
        self._ages.forget_all_but(self._entries.keys())
        self._vendors, self._confirm = tuple(vendors), confirm
        hosts = frozenset(entry.target.host for entry in self._entries.values() if entry.target.host)
        self._blame.adopt(hosts, {key for key, entry in self._entries.items() if entry.latest})
        if concurrency != self._concurrency:
            self._concurrency, self._limits = concurrency, Limits(concurrency)

    def _entry(self, target: Target[Any], confirm: Confirmation, restored: Mapping[str, Held]) -> Entry:
        """What is known of *target*; what was seen under other settings is not known under these."""
        known = self._entries.get(target.key)
        if known is None or known.target != target:
            self._ages.renew(target.key, patience(target.every, target.deadline))
        if known and known.target.settings == target.settings:
            return replace(known, target=target)
        if known:
            return replace(known, target=target, held=known.held.anew(), latest=None, good=None)
        now = self._clock.now()
        held = restored.get(target.key) or Held.initial(now)
        return Entry(target=target, check=all_checks()[target.check], held=held.awake(now, 2 * target.every + confirm.after))

    def snapshot(self) -> Snapshot:
        """Everything at this moment. Safe on any thread: copying a dict of text keys is one step of the interpreter."""
        return Snapshot(self._vendors, dict(self._entries), self._clock.now())

    def entries_of(self, vendor: str) -> list[Entry]:
        """The newest of each target of *vendor*, in the catalogue's order."""
        return [self._entries[key] for key in self._keys_of.get(vendor, ())]

    @property
    def in_flight(self) -> int:
        """Probes under way; those that wait for a place are not."""
        return self._running

    def unseen(self) -> frozenset[str]:
        """The targets that were not looked at yet as they are watched now."""
        return frozenset(key for key, entry in self._entries.items() if entry.latest is None)

    def is_busy(self, key: str) -> bool:
        """Whether the target has a turn under way."""
        return key in self._turns

    def due(self, key: str, late: float = 0.0, *, fresh: bool = False) -> None:
        """Give the target a turn, *late* seconds after its time; not while its last one is under way.

        A *fresh* one looks for itself: nothing of it may come from an earlier look.
        """
        if key in self._turns:
            self._listener.overrun(key)
        elif key in self._entries and not self._closing:
            turn = asyncio.get_running_loop().create_task(self._turn(key, late, fresh=fresh), name=key)
            self._turns[key] = turn
            turn.add_done_callback(self._ended)

    def age(self) -> None:
        """Make unknown what nobody looks at for too long. To be called as often as the schedule beats."""
        self._mind_the_gap()
        for key, seconds in self._ages.late(self._turns.keys()):
            held, transition = stale(self._entries[key].held, key, seconds, self._clock.now())
            entry = self._entries[key] = replace(self._entries[key], held=held)
            if transition:
                self._listener.lapsed(entry, transition)

    def _mind_the_gap(self) -> None:
        """After a sleep of the machine no look from before confirms anything, and everything is looked at anew."""
        if self._leaps.newest() <= 0:
            return
        self._woke = self._clock.monotonic()
        self._ages.renew_all()
        pending = {key: entry for key, entry in self._entries.items() if entry.held.is_pending}
        self._entries |= {key: replace(entry, held=entry.held.settled()) for key, entry in pending.items()}

    async def drain(self, seconds: float) -> int:
        """Begin nothing more and let the probes under way end; cancel those that have not after *seconds*.

        Returns how many those were.
        """
        self._closing = True
        if not self._turns:
            return 0
        _, late = await asyncio.wait(set(self._turns.values()), timeout=seconds)
        for turn in late:
            turn.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return len(late)

    def _ended(self, turn: asyncio.Task[None]) -> None:
        """Forget a turn. One that broke is a bug outside the checks: it is told, and the others go on."""
        self._turns.pop(turn.get_name(), None)
        if not turn.cancelled() and (error := turn.exception()):
            _log.error("a turn broke", extra={"target": turn.get_name()}, exc_info=error)

    async def _turn(self, key: str, late: float, *, fresh: bool) -> None:
        due, known = self._clock.monotonic(), self._entries.get(key)
        if known is None:
            return
        async with AsyncExitStack() as places:
            target, confirms = known.target, fresh or known.held.is_pending
            await self._limits.enter(places, target.host, target.together, urgent=confirms)
            began = self._clock.monotonic()
            entry = self._entries.get(key)
            if entry is None or self._closing:
                return
            self._blame.begin(entry, began)
            network = Overheard(self._network, fresh or entry.held.is_pending, other_family(entry.held.pending))
            observation = await self._look(entry, network)
        if self._known(entry):
            end = self._clock.monotonic()
            await self._blame.note(entry, observation, began, end, is_witness=network.is_witness)
        if now := self._known(entry):
            self._learn(now, observation, began, waited=late + began - due)

    def _known(self, entry: Entry) -> Entry | None:
        """What is known by now of the target of *entry*, if it is still watched in the same way."""
        now = self._entries.get(entry.target.key)
        return now if now and now.target.settings == entry.target.settings else None

    async def _look(self, entry: Entry, network: Network) -> Observation[Any]:
        before = Before(entry.good.facts if entry.good else None, entry.held.memo)
        self._running += 1
        try:
            return await probe(entry.check, entry.target, network, self._clock, before)
        finally:
            self._running -= 1
            self._mind_the_gap()

    def _learn(self, entry: Entry, observation: Observation[Any], began: float, waited: float) -> None:
        sight = self._blame.sight(entry, observation, began)
        if observation.failure and began <= self._woke:
            sight = Sight.BLIND  # The machine may have slept during the look, and that is why it failed.
        said = verdict(observation, reads_claim=entry.check.reads_claim, sight=sight)
        held, transition = step(remembering(entry, observation), said, observation.key, observation.at, self._confirm)
        if observation.failure and not entry.runs:
            _log.warning("the first look failed", extra={"target": observation.key, "cause": str(observation.failure)})
        if said.unsure and entry.held.is_pending and self._blame.lacks_witnesses:
            self._call_witnesses(entry.target.host)
        entry = entry.after(observation, held, sight)
        self._entries[observation.key] = entry
        self._ages.renew(observation.key, patience(entry.target.every, entry.target.deadline))
        self._listener.learned(
            Learned(entry=entry, observation=observation, transition=transition, sight=sight, waited=waited)
        )

    def _call_witnesses(self, host: str) -> None:
        """Look now at a few other hosts whose newest look, if there was one, did not fail."""
        others: dict[str, str] = {}
        for key, entry in self._entries.items():
            if entry.target.host not in {"", host} and entry.latest is entry.good and key not in self._turns:
                others.setdefault(entry.target.host, key)
            if len(others) == WITNESSES:
                break
        for key in others.values():
            self.due(key, fresh=True)
