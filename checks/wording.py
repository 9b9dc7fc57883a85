"""Times as they are said to people. Nothing here is parsed again: machines get `checks.plain` instead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def moment(at: datetime) -> str:
    """An aware time in UTC, to the minute: ``2026-11-21 22:50 UTC``."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def span(time: timedelta) -> str:
    """A span of zero or more, in whole units of the largest that fits: ``74 days``, ``1 hour``, ``less than a minute``."""
    seconds = int(time.total_seconds())
    for size, unit in _UNITS:
        count = seconds // size
        if count:
            return f"{count:,} {unit}" if count == 1 else f"{count:,} {unit}s"
    return "less than a minute"


def lasting(time: timedelta) -> str:
    """A duration of zero or more in its two largest units: ``15 s``, ``12 min``, ``1 h 47 min``, ``3 d 4 h``."""
    seconds = int(time.total_seconds())
    minutes, hours, days = seconds // 60, seconds // 3_600, seconds // 86_400
    if days:
        return f"{days:,} d" + (f" {hours % 24} h" if hours % 24 else "")
    if hours:
        return f"{hours} h" + (f" {minutes % 60} min" if minutes % 60 else "")
    return f"{minutes} min" if minutes else f"{seconds} s"
