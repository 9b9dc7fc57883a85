"""What one look means: a verdict, and how severe it is. Nothing here knows what was believed before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from checks.model import Observation, Reason, Severity, State
from monitor.correlate import Sight


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

    @property
    def is_sighted(self) -> bool:
        """Whether the target was seen, well or not."""
        return not self.blind and not self.unsure and self.state is not State.UNKNOWN


_BLINDING = frozenset({Reason.RESOLVER, Reason.OFFLINE})
"""Failures in which nothing was seen, whoever is to blame."""


def severity_of(observation: Observation[Any], *, reads_claim: bool, sight: Sight = Sight.CLEAR) -> Severity:
    """How bad one observation is: the worst finding, or what a failed look amounts to; unknown where it was blind."""
    if observation.failure is None:
        is_blind = _found(observation, Sight.CLEAR if reads_claim else sight).blind
        return Severity.UNKNOWN if is_blind else Severity.worst(finding.severity for finding in observation.findings)
    blamed = _blames(observation.failure.reason, reads_claim=reads_claim, sight=sight)
    return Severity.CRITICAL if blamed else Severity.UNKNOWN


def _blames(reason: Reason, *, reads_claim: bool, sight: Sight) -> bool:
    """Whether a failed look counts against the vendor: not when it was only to hear a claim, nor while we are blind."""
    return reason.blames_vendor and sight is not Sight.BLIND and not reads_claim


def verdict(observation: Observation[Any], *, reads_claim: bool, sight: Sight = Sight.CLEAR) -> Verdict:
    """What *observation* says of its target, given what else could be seen since it began to fail."""
    failure = observation.failure
    if failure is None:
        return _found(observation, Sight.CLEAR if reads_claim else sight)
    blamed = _blames(failure.reason, reads_claim=reads_claim, sight=sight)
    return Verdict(
        State.DOWN if blamed else State.UNKNOWN,
        str(failure),
        transient=failure.reason.is_transient and not (failure.lasting and blamed),
        unsure=blamed and sight is Sight.UNSURE,
        blind=not blamed and not reads_claim and (failure.reason.blames_vendor or failure.reason in _BLINDING),
    )


def _found(observation: Observation[Any], sight: Sight) -> Verdict:
    """What the findings say. A "down" among them may be that of a portal between us and the vendor, as a failure may."""
    state = State.worst(finding.state for finding in observation.findings)
    deciding = [finding for finding in observation.findings if finding.state is state]
    cause = "; ".join(finding.message for finding in deciding)
    if state is State.DOWN and sight is Sight.BLIND:
        return Verdict(State.UNKNOWN, cause, transient=True, blind=True)
    # One finding that lasts is enough for the state to last, whatever else was found beside it.
    by_chance = bool(deciding) and all(finding.transient for finding in deciding)
    return Verdict(state, cause, transient=by_chance, unsure=state is State.DOWN and sight is Sight.UNSURE)
