"""Whose failure a failure is: since when each target fails, and who is asked what could be seen meanwhile.

A lookout that looks at canaries is asked first, and the other vendors (`monitor.correlate.Horizon`) where it has nothing to
say. A failure that is to be confirmed is not judged before the lookout has looked, and while a target is confirmed it looks
at the same time. Belongs to the event loop.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

from checks.check import AnyCheck
from checks.model import Observation, Reason, State
from monitor.correlate import Horizon, Sight
from monitor.snapshot import Entry


class Lookout(Protocol):
    """Looks whether our own network works. Times are seconds of the monotonic clock."""

    @property
    def abstains(self) -> bool:
        """Whether it has nothing to say, so that others are to be asked."""

    def call(self, since: float) -> None:
        """Have it look soon, no earlier than *since*. Returns at once."""

    async def settle(self, since: float) -> None:
        """Have it look, no earlier than *since*, and wait a few seconds at most until it has."""

    def sight(self, since: float, until: float, reason: Reason) -> Sight | None:
        """What could be seen while a target failed for *reason*, as `monitor.egress.View.sight` has it; None to abstain."""


class Nobody:
    """The lookout where there are no canaries."""

    abstains = True

    def call(self, since: float) -> None:
        """Look at nothing."""

    async def settle(self, since: float) -> None:
        """Look at nothing, and wait for nothing."""

    def sight(self, since: float, until: float, reason: Reason) -> None:
        """Nothing."""


def accusation(observation: Observation[Any], check: AnyCheck) -> Reason | None:
    """What *observation* holds against its vendor that our own network may have done; None for nothing.

    A failure has its reason. A finding that takes the target down and is no chance is one of certificates: it may be that of
    a box between us and the vendor, as the failure of a request would be. A vendor's word against itself is none.
    """
    if observation.failure:
        return observation.failure.reason if observation.failure.reason.blames_vendor else None
    is_grave = any(finding.state is State.DOWN and not finding.transient for finding in observation.findings)
    return Reason.TLS if is_grave and not check.reads_claim else None


class Blame:
    """What speaks for and against the vendors, by target. Times are seconds of the monotonic clock."""

    def __init__(self, lookout: Lookout) -> None:
        self._lookout = lookout
        self._horizon = Horizon()
        self._hosts: frozenset[str] = frozenset()
        self._failing_since: dict[str, float] = {}

    def adopt(self, hosts: frozenset[str], looked_at: Collection[str]) -> None:
        """Know of these *hosts* from now on, and of the targets that were *looked_at* as they are now."""
        self._hosts = hosts
        self._horizon.forget_all_but(hosts)
        self._failing_since = {key: since for key, since in self._failing_since.items() if key in looked_at}

    @property
    def lacks_witnesses(self) -> bool:
        """Whether other vendors have to tell what can be seen."""
        return self._lookout.abstains

    def begin(self, entry: Entry, began: float) -> None:
        """A look at *entry* begins: where it is to confirm a failure, the lookout looks with it."""
        if entry.held.is_pending and entry.target.key in self._failing_since:
            self._lookout.call(began)

    async def note(self, entry: Entry, observation: Observation[Any], began: float, end: float, *, is_witness: bool) -> None:
        """Take in what came of a look; where it fails and that is to be confirmed, wait until the lookout has looked.

        A look that *is_witness* brought something from the world.
        """
        accused = accusation(observation, entry.check)
        if is_witness and (observation.failure or not accused):
            self._horizon.note(entry.target.host, observation, end)
        if accused is None:
            self._failing_since.pop(observation.key, None)
            return
        since = self._failing_since.setdefault(observation.key, end)
        if entry.held.believed is not State.DOWN and not entry.check.reads_claim:
            await self._lookout.settle(max(since, began))

    def sight(self, entry: Entry, observation: Observation[Any], began: float) -> Sight:
        """What could be seen of our own network, or else of others, since this target began to fail."""
        since, accused = self._failing_since.get(observation.key), accusation(observation, entry.check)
        if since is None or accused is None:
            return Sight.CLEAR
        told = self._lookout.sight(since, began, accused)
        if told is None and observation.failure:
            return self._horizon.sight(entry.target.host, since, began, self._hosts)
        return told or Sight.CLEAR
