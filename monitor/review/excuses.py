"""The times of a vendor that do not count, each with what was said of it then. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from checks.foreign import one_line
from checks.model import State
from checks.vendor.window import Window
from monitor.maintenance import open_at
from monitor.review.details import Change, Period, Why

_STATES = {Why.UNKNOWN: State.UNKNOWN, Why.MAINTENANCE: State.MAINTENANCE}
_SLACK = timedelta(minutes=15)
"""How much earlier than the vendor's time a target's change may have been believed that explains it."""


def explained(periods: Iterable[Period], changes: Sequence[Change], windows: Sequence[Window]) -> Iterator[Period]:
    """*periods*, each with its cause if one is known.

    *changes* are those of the vendor's targets, oldest first, and *windows* are those of work that its file has.
    """
    return (replace(each, cause=_cause(each, changes, windows)) for each in periods)


def _cause(period: Period, changes: Sequence[Change], windows: Sequence[Window]) -> str:
    """What the first target said that came into such a state then; else why the file has a window there."""
    state = _STATES.get(period.why)
    if state is None:
        return ""
    for change in changes:
        if change.after is state and change.since < period.ends and change.at >= period.begins - _SLACK:
            return f"{change.series}: {change.cause}"
    window = open_at(windows, period.begins) if period.why is Why.MAINTENANCE else None
    return f"a window of our own: {one_line(window.why) or 'no reason given'}" if window else ""
