"""What no single target can know: whether it is the vendor that failed, or our own view of the world.

Pure functions and values. A failed look blames a vendor only when something else could be seen since that failure
began: then the way out of here works. While everything else fails too, we are the suspect and nobody is down.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Any

from checks.model import Claim, Observation, Reason, State

_ANSWERED = frozenset({Reason.PARSE, Reason.MOVED, Reason.PRIVATE, Reason.BLOCKED, Reason.TOO_LARGE})
"""Failures that begin with an answer: the network carried it."""
_NOT_THE_NETWORK = frozenset({Reason.CONFIG, Reason.INTERNAL})
"""Failures that say nothing about the network, because nothing was sent."""


class Sight(Enum):
    """Whether we could see anything else while a look failed."""

    CLEAR = "clear"
    UNSURE = "unsure"
    BLIND = "blind"


@dataclass(slots=True)
class Horizon:
    """When each host was last seen, and last failed to be."""

    seen: dict[str, datetime] = field(default_factory=dict)
    missed: dict[str, datetime] = field(default_factory=dict)

    def note(self, host: str, observation: Observation[Any]) -> None:
        """Take in one look at *host*; a look that never touched the network is none."""
        end = observation.at + timedelta(seconds=observation.seconds)
        failure = observation.failure
        if not host or (failure and failure.reason in _NOT_THE_NETWORK):
            return
        if failure is None or failure.reason in _ANSWERED:
            self.seen[host] = end
        else:
            self.missed[host] = end

    def sight(self, host: str, since: datetime, hosts: Iterable[str]) -> Sight:
        """What was seen elsewhere since *since*, when *host* began to fail.

        *hosts* is everything that is watched: with nothing else to look at, the one host's word has to do.
        """
        others = [other for other in hosts if other and other != host]
        if not others or any(self.seen.get(other, since) > since for other in others):
            return Sight.CLEAR
        return Sight.BLIND if any(self.missed.get(other, since) > since for other in others) else Sight.UNSURE


class Disagreement(StrEnum):
    """Where a vendor's word and our measurement part. A metric label."""

    PROBE_DOWN_CLAIM_OK = "probe_down_claim_ok"
    PROBE_OK_CLAIM_DOWN = "probe_ok_claim_down"


def disagreement(measured: State, claimed: Claim) -> Disagreement | None:
    """Whether *claimed* and *measured* cannot both be the whole truth. What is unknown disagrees with nothing."""
    if measured is State.DOWN and claimed is Claim.OPERATIONAL:
        return Disagreement.PROBE_DOWN_CLAIM_OK
    if measured is State.UP and claimed in {Claim.PARTIAL_OUTAGE, Claim.MAJOR_OUTAGE}:
        return Disagreement.PROBE_OK_CLAIM_DOWN
    return None
