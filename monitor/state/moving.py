"""How what is held moves: by a verdict (`step`), or because nobody looked (`stale`).

A verdict first moves what is believed, and that is shown, but for a restless target: one whose believed state keeps changing
is *flapping*, one that fails now and then and never often enough in a row is *intermittent*, and both are shown as
``degraded``. A confirmed "down" outranks intermittent failures. It does not outrank flapping, which ends once a state holds.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from checks.model import State
from checks.wording import span
from monitor.settings import Confirmation
from monitor.state.believing import believe, is_worse
from monitor.state.held import Held, Transition
from monitor.state.judging import Verdict
from monitor.state.looks import FEW, FEW_LEFT, bad, changes, is_restless, is_steady, noted, steadied, window

MISSED = 3
"""So many intervals without a look make a target unknown."""

_MILD = frozenset({State.UP, State.MAINTENANCE, State.UNKNOWN})
"""What is believed where intermittent failures are worth telling: the other states say as much, or more."""


def step(held: Held, verdict: Verdict, key: str, at: datetime, confirm: Confirmation) -> tuple[Held, Transition | None]:
    """Move *held* by one *verdict* of the target *key*, seen at *at*; there is a transition when another state is shown."""
    believed = believe(held.beneath(), verdict, at, confirm)
    if verdict.is_sighted:
        believed = _noting(believed, verdict, at)
    return _moved(held, _shown(held, believed, verdict, at), key, at)


def _noting(believed: Held, verdict: Verdict, at: datetime) -> Held:
    """What is *believed*, with one more look remembered, and whether the target is restless by that."""
    is_bad = verdict.transient and verdict.state in {State.DEGRADED, State.DOWN} and is_worse(verdict.state, believed.state)
    looks = noted(believed.looks, believed.state, is_bad=is_bad)
    if looks == believed.looks and looks.islower() and not (believed.flapping or believed.intermittent):
        return believed  # All of them say the same: so it is with most targets most of the time.
    agrees = verdict.state is believed.state
    flapping = not (agrees and is_steady(looks)) if believed.flapping else is_restless(looks)
    if believed.flapping and not flapping:
        looks = steadied(looks)
    failing = bad(looks)
    goes_on = failing > FEW_LEFT if believed.intermittent else is_bad and failing >= FEW
    return replace(
        believed,
        looks=looks,
        flapping=flapping,
        intermittent=goes_on and not flapping and believed.state in _MILD,
        bad_since=(believed.bad_since or at) if failing else None,
    )


def _shown(held: Held, believed: Held, verdict: Verdict, at: datetime) -> Held:
    """What is to be shown for what is *believed* now, after *held*; `_moved` has the last word on since when."""
    has_moved = believed.state is not held.believed
    if believed.state is not State.UNKNOWN and (believed.flapping or believed.intermittent):
        since = believed.since if has_moved else believed.bad_since or at
        cause = _flapping(held, believed, verdict) if believed.flapping else _intermittent(held, believed, verdict)
        return replace(believed, state=State.DEGRADED, since=since, cause=cause, believed_since=believed.since)
    if held.intermittent and not has_moved:
        return replace(believed, since=at)  # What is believed began before the failures, and those end only now.
    return believed


def _flapping(held: Held, believed: Held, verdict: Verdict) -> str:
    """Why a flapping target is degraded, and what it is *believed* to be now; as told before while a change is pending."""
    if verdict.state is not believed.state:
        return held.cause
    counted = f"{changes(believed.looks)} changes in the last {len(believed.looks)} looks"
    why = "" if believed.state is State.UP else f": {verdict.cause}"
    return f"flapping: {counted}, now {believed.state.value}{why}"


def _intermittent(held: Held, believed: Held, verdict: Verdict) -> str:
    """Why a target that fails now and then is degraded: as the last bad look told it."""
    is_bad = verdict.is_sighted and believed.looks[-1:].isupper()
    if held.believed_since and not is_bad:
        return held.cause
    counted = f"{bad(believed.looks)} of the last {window(believed.looks)} looks failed"
    return f"{counted}: {verdict.cause}" if is_bad else counted


def _moved(held: Held, after: Held, key: str, at: datetime) -> tuple[Held, Transition | None]:
    """*after*, and the transition from *held*. No state begins before the one that it follows, nor in the future."""
    if after.state is held.state:
        return (after if after.since == held.since else replace(after, since=held.since)), None
    since = min(max(after.since, held.since), at)
    after = after if after.since == since else replace(after, since=since)
    return after, Transition(key=key, before=held.state, after=after.state, since=since, at=at, cause=after.cause)


def patience(every: float, deadline: float) -> float:
    """How many seconds may pass without a look before a target is `stale`: `MISSED` intervals, and what a look may take."""
    return MISSED * every + deadline


def stale(held: Held, key: str, seconds: float, at: datetime) -> tuple[Held, Transition | None]:
    """*held* of the target *key* when, *at* a time, nobody has looked for so many *seconds*: unknown since the last look.

    Nobody having looked is no recovery: what is believed to be down stays as it is, and what is not confirmed yet stays so.
    """
    if State.DOWN is held.believed or State.UNKNOWN is held.state:
        return held, None
    unseen = timedelta(seconds=seconds)
    cause = f"not looked at for {span(unseen)}"
    after = replace(held, state=State.UNKNOWN, since=at - unseen, cause=cause, transient=False, believed_since=None)
    return _moved(held, after, key, at)
