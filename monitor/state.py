"""How a state moves: pure functions over immutable values.

A look that may end otherwise a second later moves nothing until it is confirmed; a verdict that would be the same again
(an expired certificate, a vendor's own word) moves the state at once. A state that falls is dated back to the first look
that said so. Nothing here knows the time of day, the store or who is told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from checks.model import Observation, Reason, Severity, State
from monitor.correlate import Sight
from monitor.settings import Confirmation


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one observation says of its target.

    *transient*: another look may well say otherwise. *unsure*: it must not be believed yet, however often it is repeated.
    *blind*: nothing was seen, and so it ends no "down": only seeing does.
    """

    state: State
    cause: str
    transient: bool = False
    unsure: bool = False
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """The state a target is in, why, and the change that is not believed yet.

    *transient* is that of the verdict behind the state. *pending* looks in a row said something else, all in one direction,
    *pending_down* of them "down", the first of them at *pending_since*. *memo* is the word that the last good look left for
    the next one (`checks.check.Check.remember`).
    """

    state: State
    since: datetime
    cause: str = ""
    transient: bool = False
    pending: int = 0
    pending_down: int = 0
    pending_since: datetime | None = None
    pending_falls: bool = False
    memo: str = ""

    @classmethod
    def initial(cls, at: datetime) -> Held:
        """The state of a target nobody has looked at yet."""
        return cls(State.UNKNOWN, at, "not probed yet")

    def awake(self, at: datetime, seconds: float) -> Held:
        """This state as it is taken up again *at* a later time: a look longer ago than *seconds* confirms nothing now."""
        if self.pending_since and (at - self.pending_since).total_seconds() > seconds:
            return self.settled()
        return self

    def settled(self) -> Held:
        """This state without the change that is not believed yet."""
        return replace(self, pending=0, pending_down=0, pending_since=None)

    @property
    def is_pending(self) -> bool:
        """Whether the next look should come soon."""
        return self.pending > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A change of state: it began at *since* and was believed at *at*."""

    key: str
    before: State
    after: State
    since: datetime
    at: datetime
    cause: str


_BLINDING = frozenset({Reason.RESOLVER, Reason.OFFLINE})
"""Failures in which nothing was seen, whoever is to blame."""


def severity_of(observation: Observation[Any], *, reads_claim: bool, sight: Sight = Sight.CLEAR) -> Severity:
    """How bad one observation is: the worst finding, or what a failed look amounts to."""
    if observation.failure is None:
        return Severity.worst(finding.severity for finding in observation.findings)
    blamed = _blames(observation.failure.reason, reads_claim=reads_claim, sight=sight)
    return Severity.CRITICAL if blamed else Severity.UNKNOWN


def _blames(reason: Reason, *, reads_claim: bool, sight: Sight) -> bool:
    """Whether a failed look counts against the vendor: not when it was only to hear a claim, nor while we are blind."""
    return reason.blames_vendor and sight is not Sight.BLIND and not reads_claim


def verdict(observation: Observation[Any], *, reads_claim: bool, sight: Sight = Sight.CLEAR) -> Verdict:
    """What *observation* says of its target, given what else could be seen since it began to fail."""
    failure = observation.failure
    if failure is None:
        state = State.worst(finding.state for finding in observation.findings)
        deciding = [finding for finding in observation.findings if finding.state is state]
        cause = "; ".join(finding.message for finding in deciding)
        return Verdict(state, cause, transient=any(finding.transient for finding in deciding))
    blamed = _blames(failure.reason, reads_claim=reads_claim, sight=sight)
    return Verdict(
        State.DOWN if blamed else State.UNKNOWN,
        str(failure),
        transient=failure.reason.is_transient and not (failure.lasting and blamed),
        unsure=blamed and sight is Sight.UNSURE,
        blind=not blamed and not reads_claim and (failure.reason.blames_vendor or failure.reason in _BLINDING),
    )


def step(held: Held, verdict: Verdict, key: str, at: datetime, confirm: Confirmation) -> tuple[Held, Transition | None]:
    """Move *held* by one *verdict* of the target *key*, seen at *at*; the transition is there when the state changed."""
    if verdict.blind and held.state is State.DOWN:
        return held.settled(), None
    if verdict.state is held.state:
        return replace(held.settled(), cause=verdict.cause, transient=verdict.transient), None
    falls = _falls(held.state, verdict.state)
    goes_on = held.pending > 0 and held.pending_falls == falls
    is_down = verdict.state is State.DOWN
    looks, downs = (held.pending + 1, held.pending_down + is_down) if goes_on else (1, int(is_down))
    since = held.pending_since if goes_on and held.pending_since else at
    # What blames nobody confirms no "down": that takes as many looks that say it.
    if verdict.unsure or (downs if is_down else looks) < _needed(held, verdict, confirm, falls=falls):
        return replace(held, pending=looks, pending_down=downs, pending_since=since, pending_falls=falls), None
    moved = Held(verdict.state, since, verdict.cause, transient=verdict.transient, memo=held.memo)
    return moved, Transition(key=key, before=held.state, after=verdict.state, since=since, at=at, cause=verdict.cause)


_RANK = {State.UP: 0, State.MAINTENANCE: 1, State.DEGRADED: 2, State.DOWN: 3, State.UNKNOWN: 0}


def _falls(before: State, after: State) -> bool:
    """Whether the change is for the worse. Going blind always is; what comes after blindness is measured against up."""
    return after is State.UNKNOWN or _RANK[after] > _RANK[before]


def _needed(held: Held, verdict: Verdict, confirm: Confirmation, *, falls: bool) -> int:
    """How many looks the change needs: one where chance had no part in it."""
    if falls:
        return confirm.fall if verdict.transient else 1
    return confirm.rise if held.transient and held.state is not State.UNKNOWN else 1
