"""When a verdict is believed: looks in a row are counted, for the worse and for the better apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from checks.model import State
from monitor.settings import Confirmation
from monitor.state.held import Held
from monitor.state.judging import Verdict


def believe(held: Held, verdict: Verdict, at: datetime, confirm: Confirmation) -> Held:
    """*held*, in which what is believed is shown, after one more *verdict*, seen at *at*."""
    if verdict.blind and held.state is State.DOWN:
        return held.settled()
    if verdict.state is held.state:
        return _told(held, verdict, held.since)
    falls = is_worse(verdict.state, held.state)
    goes_on = held.pending > 0 and held.pending_falls == falls
    is_down = verdict.state is State.DOWN
    looks, downs = (held.pending + 1, held.pending_down + is_down) if goes_on else (1, int(is_down))
    since = held.pending_since if goes_on and held.pending_since else at
    # What blames nobody confirms no "down": that takes as many looks that say it.
    if verdict.unsure or (downs if is_down else looks) < _needed(held, verdict, confirm, falls=falls):
        return replace(held, pending=looks, pending_down=downs, pending_since=since, pending_falls=falls)
    return _told(held, verdict, since)


def _told(held: Held, verdict: Verdict, since: datetime) -> Held:
    """*held* as the *verdict* says, believed and with nothing pending."""
    return replace(
        held,
        state=verdict.state,
        since=since,
        cause=verdict.cause,
        transient=verdict.transient,
        pending=0,
        pending_down=0,
        pending_since=None,
    )


_RANK = {State.UP: 0, State.MAINTENANCE: 1, State.DEGRADED: 2, State.DOWN: 3, State.UNKNOWN: 0}


def is_worse(after: State, before: State) -> bool:
    """Whether the change is for the worse. Going blind always is; what comes after blindness is measured against up."""
    return after is State.UNKNOWN or _RANK[after] > _RANK[before]


def _needed(held: Held, verdict: Verdict, confirm: Confirmation, *, falls: bool) -> int:
    """How many looks the change needs: one where chance had no part in it."""
    if falls:
        return confirm.fall if verdict.transient else 1
    return confirm.rise if held.transient and held.state is not State.UNKNOWN else 1
